/** Begins changes of the selected state: reads the whole value that is to be changed, and says where it is typed. */
import type { ValueDetail } from '../../shared/ipc/model.ts';
import type { Result } from '../../shared/ipc/result.ts';
import { LONGEST_EDIT } from '../../shared/ipc/writing.ts';
import { type Draft, type DraftPlace, draftDropped, draftStarted, isChanged, useDraft } from '../stores/draft-store.ts';
import { changeLayout } from '../stores/layout-store.ts';
import { showNotice } from '../stores/notice-store.ts';
import { revealNode, selectState, selectTab } from '../stores/selection-store.ts';
import { useOpenState } from '../stores/state-store.ts';
import { call, startStream } from './client.ts';
import { mayWrite } from './writing.ts';

/** Longest text that is changed in its row. */
const LONGEST_IN_ROW = 200;
const NOTHING = { text: '', asText: false, name: '' };

/** Changes a value: a short scalar in its row, everything else in the value pane; there as well when that is asked for. */
export async function editValue(node: number, where: 'row' | 'pane'): Promise<void> {
  const at = await begin(node);
  if (!at) return;
  const { detail } = at;
  if (detail.bytes > LONGEST_EDIT) {
    showNotice({ kind: 'too-long' });
    return;
  }
  const asText = detail.kind === 'string';
  const read = await wholeText(at.workspace, at.key, node, asText ? 'text' : 'json');
  if (!read.ok) {
    showNotice({ kind: 'write-failed', error: read.error });
    return;
  }
  const text = read.value;
  const container = detail.kind === 'object' || detail.kind === 'array';
  const inRow = where === 'row' && !container && text.length <= LONGEST_IN_ROW && !/[\n\r]/.test(text);
  start(at, inRow ? 'row' : 'pane', { ...NOTHING, text, asText });
  if (!inRow) changeLayout({ inspector: true });
}

export async function renameMember(node: number): Promise<void> {
  const at = await begin(node);
  if (at && at.detail.name !== null) start(at, 'rename', { ...NOTHING, name: at.detail.name });
}

/** Adds to the end of an object or array. */
export async function addTo(node: number): Promise<void> {
  const at = await begin(node);
  if (at) start(at, 'add', { ...NOTHING, text: 'null' });
}

interface EditPlace {
  readonly workspace: string;
  readonly key: string;
  readonly revision: string;
  readonly detail: ValueDetail;
}

async function begin(node: number): Promise<EditPlace | null> {
  if (!mayWrite() || returnToDraft()) return null;
  const { workspace, key, summary } = useOpenState.getState();
  if (workspace === null || key === null || !summary) return null;
  const answer = await call('value.get', { workspace, key, node });
  if (!answer.ok) {
    showNotice({ kind: 'write-failed', error: answer.error });
    return null;
  }
  return { workspace, key, revision: summary.revision, detail: answer.value };
}

function start({ key, revision, detail }: EditPlace, place: DraftPlace, typed: Draft['typed']): void {
  const { node, kind, children, paths } = detail;
  draftStarted({ place, key, revision, node, path: paths.jsonpath, kind, children, typed, original: typed });
}

/** What has been typed elsewhere is not thrown away for another edit: it is shown instead. */
function returnToDraft(): boolean {
  const { draft } = useDraft.getState();
  if (!draft) return false;
  if (!isChanged(draft)) {
    draftDropped();
    return false;
  }
  if (useOpenState.getState().key !== draft.key) selectState(draft.key);
  selectTab('tree');
  revealNode(draft.key, draft.node);
  return true;
}

async function wholeText(workspace: string, key: string, node: number, form: 'json' | 'text'): Promise<Result<string>> {
  const pieces: string[] = [];
  const stream = startStream('value.text', { workspace, key, node, form }, (chunk) => {
    pieces.push(chunk);
    stream.grant(1);
  });
  stream.grant(1);
  const answer = await stream.done;
  return answer.ok ? { ok: true, value: pieces.join('') } : answer;
}
