import { create } from 'zustand';
import type { PersistenceEdit, PersistenceSettings } from '../../shared/ipc/persistence.ts';
import type { HostError } from '../../shared/ipc/result.ts';
import { withEdit } from './persistence-edits.ts';

/** What the engine says the edits would lead to. */
export interface PersistencePreview {
  readonly edits: readonly PersistenceEdit[];
  readonly settings: PersistenceSettings;
  /** States that lie elsewhere than where the rules put them. */
  readonly misplaced: number;
}

/** The open persistence.yaml and what a person is changing in it. The engine's answers are written by host/persistence.ts only. */
interface PersistenceState {
  readonly workspace: string | null;
  /** Reading of the source that was asked about last. */
  readonly generation: number;
  /** The file as it was when the first edit was staged; null before it was read, and for any other source. */
  readonly saved: PersistenceSettings | null;
  /** False: the open source is no persistence.yaml. */
  readonly isPersistence: boolean | null;
  readonly edits: readonly PersistenceEdit[];
  readonly preview: PersistencePreview | null;
  readonly error: HostError | null;
  /** Somebody else has changed the file since editing began. */
  readonly conflict: boolean;
  readonly saving: boolean;
}

/** One and the same, so that a preview of no edits stays the one of no edits. */
const NO_EDITS: readonly PersistenceEdit[] = [];

const NONE: PersistenceState = {
  workspace: null,
  generation: 0,
  saved: null,
  isPersistence: null,
  edits: NO_EDITS,
  preview: null,
  error: null,
  conflict: false,
  saving: false,
};

export const usePersistence = create<PersistenceState>(() => NONE);

/** Another source is looked at: what was staged in an earlier one is gone. */
export function persistenceAsked(workspace: string, generation: number): void {
  usePersistence.setState((before) =>
    before.workspace === workspace ? { generation } : { ...NONE, workspace, generation },
  );
}

/** The file as it is now. What is staged stays with the text that it was meant for; what is being saved is in the new one. */
export function persistenceRead(settings: PersistenceSettings | null): void {
  usePersistence.setState(({ saved, edits, saving }) => {
    if (settings === null) return { isPersistence: false };
    const another = saved !== null && saved.revision !== settings.revision;
    if (another && edits.length > 0 && !saving) return { conflict: true };
    return { isPersistence: true, saved: settings, edits: another ? NO_EDITS : edits, conflict: false, error: null };
  });
}

export function persistenceFailed(error: HostError): void {
  usePersistence.setState({ error });
}

export function persistencePreviewed(preview: PersistencePreview): void {
  usePersistence.setState({ preview, error: null });
}

export function persistenceEdited(edit: PersistenceEdit): void {
  usePersistence.setState(({ saved, edits }) => (saved ? { edits: withEdit(saved, edits, edit) } : {}));
}

export function persistenceSaving(saving: boolean): void {
  usePersistence.setState({ saving });
}

export function persistenceConflict(): void {
  usePersistence.setState({ conflict: true });
}

/** What was staged is saved, or is not wanted any more. */
export function persistenceSettled(): void {
  usePersistence.setState({ edits: NO_EDITS, conflict: false, error: null });
}
