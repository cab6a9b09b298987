/** Reads the open persistence.yaml, has the engine say what edits would lead to, and saves them. */
import type { PersistenceEdit } from '../../shared/ipc/persistence.ts';
import { showNotice } from '../stores/notice-store.ts';
import { staged } from '../stores/persistence-edits.ts';
import {
  persistenceAsked,
  persistenceConflict,
  persistenceEdited,
  persistenceFailed,
  persistencePreviewed,
  persistenceRead,
  persistenceSaving,
  persistenceSettled,
  usePersistence,
} from '../stores/persistence-store.ts';
import { useWorkspace } from '../stores/workspace-store.ts';
import { call } from './client.ts';
import { openSource, reloadSource } from './opening.ts';
import { wrote } from './writing.ts';

const PREVIEW_DELAY_MS = 150;

/** Counts questions: answers to earlier ones are dropped. */
let asked = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Each reading of the source may find another file. */
export async function readPersistence(workspace: string, generation: number): Promise<void> {
  persistenceAsked(workspace, generation);
  const answer = await call('persistence.settings', { workspace, edits: [] });
  const now = usePersistence.getState();
  if (now.workspace !== workspace || now.generation !== generation) return;
  if (!answer.ok) {
    persistenceFailed(answer.error);
    return;
  }
  persistenceRead(answer.value);
  if (answer.value) await lookAhead();
}

export function stageEdit(edit: PersistenceEdit): void {
  persistenceEdited(edit);
  clearTimeout(timer);
  timer = setTimeout(() => void lookAhead(), PREVIEW_DELAY_MS);
}

export function discardEdits(): void {
  persistenceSettled();
  void lookAhead();
}

/** What the file says now counts; what was staged is gone. */
export async function reloadPersistence(): Promise<void> {
  persistenceSettled();
  await reloadSource(false);
}

async function lookAhead(): Promise<void> {
  const { workspace, saved, edits } = usePersistence.getState();
  asked += 1;
  const mine = asked;
  // The engine takes no rule without a pattern, as there is one while it is typed.
  if (workspace === null || !saved || staged(saved, edits).rules.some(({ pattern }) => pattern === '')) return;
  const query = { workspace, edits: [...edits] };
  const [settings, misplaced] = await Promise.all([
    call('persistence.settings', query),
    call('persistence.keys', { ...query, misplaced: true, offset: 0, limit: 1 }),
  ]);
  if (asked !== mine) return;
  if (!settings.ok) persistenceFailed(settings.error);
  else if (!misplaced.ok) persistenceFailed(misplaced.error);
  else if (settings.value) {
    persistencePreviewed({ edits, settings: settings.value, misplaced: misplaced.value.total });
    if (edits.length > 0 && settings.value.revision !== saved.revision) persistenceConflict();
  }
}

/** Writes what is staged into the file, if nobody else has changed it meanwhile. */
export async function savePersistence(): Promise<void> {
  const { workspace, saved, edits, saving } = usePersistence.getState();
  if (workspace === null || !saved || edits.length === 0 || saving) return;
  persistenceSaving(true);
  const answer = await call('persistence.save', { workspace, edits: [...edits], revision: saved.revision });
  if (!answer.ok) {
    showNotice({ kind: 'write-failed', error: answer.error });
  } else if (answer.value.status === 'written') {
    const now = useWorkspace.getState().workspace;
    if (now?.workspace === workspace) await readPersistence(workspace, now.generation);
    persistenceSettled();
    wrote('saved', now?.name ?? saved.file, answer.value.undo);
  } else {
    persistenceConflict();
  }
  persistenceSaving(false);
}

/** Writes a first persistence.yaml for the open source where a person wants it, and opens it. */
export async function createPersistence(): Promise<void> {
  const { workspace } = useWorkspace.getState();
  if (!workspace) return;
  const answer = await call('persistence.create', { workspace: workspace.workspace });
  if (!answer.ok) showNotice({ kind: 'write-failed', error: answer.error });
  else if (answer.value) await openSource({ location: answer.value.location, followLinks: false });
}
