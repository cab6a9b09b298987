/**
 * After a state has changed its nodes are counted anew: finds which of them are what was open, selected and being typed
 * before.
 */
import type { StateSummary } from '../../shared/ipc/model.ts';
import { type Draft, draftCarried, draftDropped, useDraft } from '../stores/draft-store.ts';
import { showNotice } from '../stores/notice-store.ts';
import { changeView, FIRST_VIEW, type StateView, useSelection, viewOf } from '../stores/selection-store.ts';
import { call } from './client.ts';

/** Asks the engine; what it gives is done at once with showing the new text, so that no row is shown for another. */
export async function carry(workspace: string, before: StateSummary | null, now: StateSummary): Promise<() => void> {
  const [showView, showDraft] = await Promise.all([carryView(workspace, before, now), carryDraft(workspace, now)]);
  return () => {
    showView();
    showDraft();
  };
}

const nothing = () => undefined;

async function carryView(
  workspace: string,
  before: StateSummary | null,
  { key, revision, conversations }: StateSummary,
): Promise<() => void> {
  const view = viewOf(useSelection.getState().views, key);
  if (view.revision === revision) return nothing;
  if (view.revision === null) return () => changeView(key, { revision });
  const { expansion, node } = view;
  const answer = await call('tree.carry', { workspace, key, expansion, node });
  if (!answer.ok) return () => changeView(key, { ...FIRST_VIEW, revision });
  const chosen = before?.key === key ? before.conversations.findIndex((each) => each.node === view.conversation) : -1;
  const conversation = chosen === -1 ? null : (conversations[chosen]?.node ?? null);
  const carried: StateView = { ...answer.value, conversation, revision };
  const lost = node !== 0 && carried.node === 0;
  const next = lost ? await nodeAt(workspace, key, carried.expansion, view.row) : null;
  return () => changeView(key, { ...carried, ...next });
}

/** What stands in the row of a node that has gone, or in the last one. */
async function nodeAt(
  workspace: string,
  key: string,
  expansion: StateView['expansion'],
  row: number,
): Promise<Pick<StateView, 'node' | 'row'> | null> {
  const ask = (offset: number) => call('tree.rows', { workspace, key, expansion, offset, limit: 1 });
  const first = await ask(row);
  if (!first.ok) return null;
  const last = first.value.total - 1;
  const answer = row > last ? await ask(last) : first;
  const node = answer.ok ? answer.value.rows[0]?.node : undefined;
  return node === undefined ? null : { node, row: Math.min(row, last) };
}

async function carryDraft(workspace: string, { key, revision }: StateSummary): Promise<() => void> {
  const { draft, saving } = useDraft.getState();
  if (saving || draft?.key !== key || draft.revision === revision) return nothing;
  const nowhere = { depth: 0, toggled: [] };
  const carried = await call('tree.carry', { workspace, key, expansion: nowhere, node: draft.node });
  const { node } = carried.ok ? carried.value : { node: 0 };
  const found = await call('value.get', { workspace, key, node });
  if (!found.ok || found.value.paths.jsonpath !== draft.path) return () => loseDraft(draft);
  const { children } = found.value;
  return () => draftCarried({ revision, node, children });
}

/** Its place is gone: the person is told, and can still have the text. */
export function loseDraft({ path, typed, place }: Draft): void {
  draftDropped();
  showNotice({ kind: 'draft-lost', path, text: place === 'rename' ? typed.name : typed.text });
}
