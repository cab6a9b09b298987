/** Finds the node at a path of a change, for which history has only its text. */
import type { TreeRow } from '../../shared/ipc/model.ts';
import { call } from './client.ts';

const PAGE = 1000;
/** Members of one object that are looked through. */
const MOST_SEARCHED = 50_000;

/** The segments of a path in dot notation, as history writes it. What does not fit is one segment. */
export function segmentsOf(path: string): readonly (string | number)[] {
  const segments: (string | number)[] = [];
  const piece = /\.?([^.[\]"]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/gy;
  while (piece.lastIndex < path.length) {
    const at = piece.lastIndex;
    const found = piece.exec(path);
    if (!found) return [...segments, path.slice(at)];
    const [, name, index, quoted] = found;
    if (name !== undefined) segments.push(name);
    else if (index !== undefined) segments.push(Number(index));
    else segments.push(JSON.parse(quoted ?? '""') as string);
  }
  return segments;
}

/** The node at the path, or the deepest one above it that is there. */
export async function findNode(workspace: string, key: string, path: string): Promise<number> {
  const opened = await call('state.open', { workspace, key });
  if (!opened.ok) return 0;
  const toggled: number[] = [];
  let parent = 0;
  let row = 0;
  for (const segment of segmentsOf(path)) {
    toggled.push(parent);
    const expansion = { depth: 0, toggled: [...toggled] };
    const found = await childOf(workspace, key, expansion, row, segment);
    if (!found) return parent;
    parent = found.child.node;
    row = found.row;
  }
  return parent;
}

/** Only the way to the parent is open, so that its children are the rows below it. */
async function childOf(
  workspace: string,
  key: string,
  expansion: { depth: number; toggled: number[] },
  parentRow: number,
  segment: string | number,
): Promise<{ readonly child: TreeRow; readonly row: number } | null> {
  const first = parentRow + 1;
  if (typeof segment === 'number') {
    const offset = first + segment;
    const answer = await call('tree.rows', { workspace, key, expansion, offset, limit: 1 });
    const child = answer.ok ? answer.value.rows[0] : undefined;
    return child?.index === segment && child.depth === expansion.toggled.length ? { child, row: offset } : null;
  }
  for (let offset = first; offset < first + MOST_SEARCHED; offset += PAGE) {
    const answer = await call('tree.rows', { workspace, key, expansion, offset, limit: PAGE });
    if (!answer.ok) return null;
    const { rows } = answer.value;
    const end = rows.findIndex(({ depth }) => depth < expansion.toggled.length);
    const at = rows.findIndex(({ name, depth }) => name === segment && depth === expansion.toggled.length);
    const child = rows[at];
    if (child && (end === -1 || at < end)) return { child, row: offset + at };
    if (end !== -1 || rows.length < PAGE) return null;
  }
  return null;
}
