import { VisibleTree } from '../../electron/core/workspace/tree-rows.ts';
import type { JsonDocument } from '../../shared/json/document.ts';
import { parseJson } from '../../shared/json/parse.ts';
import type { GroupContext, GroupResult } from './group.ts';
import { alternate, expectEqual, rowOf, type Samples } from './measure.ts';
import { MILLION_ITEMS, THOUSAND_ITEMS, treeJson, treeRows } from './rows-file.ts';

const ALL_OPEN = { depth: 99, toggled: [] };
const PAGE = 100;
const STEP = 7919;

export async function runGroup({ say }: GroupContext): Promise<GroupResult> {
  say('a million rows');
  const million = documentOf(MILLION_ITEMS);
  const thousand = documentOf(THOUSAND_ITEMS);
  const laidOut = await alternate(
    () => layOut(million, MILLION_ITEMS),
    () => {
      for (let i = 0; i < MILLION_ITEMS / THOUSAND_ITEMS; i += 1) layOut(thousand, THOUSAND_ITEMS);
    },
    { pairs: 11, warmUps: 3 },
  );
  const pages = await alternate(pager(million, MILLION_ITEMS), pager(thousand, THOUSAND_ITEMS), {
    pairs: 11,
    warmUps: 3,
    runs: 500,
  });
  const parsing: Samples = await alternate(
    () => layOut(million, MILLION_ITEMS),
    () => JSON.parse(Buffer.from(million.bytes.buffer).toString('utf8')) as unknown,
  );
  return {
    rows: [
      rowOf('a page of 100 rows out of 1,000,000, against out of 1,000', pages),
      rowOf('laying out 1,000,000 rows, against 1,000 rows 1,000 times', laidOut),
      rowOf('laying out 1,000,000 rows, against JSON.parse of their text', parsing),
    ],
    notes: [],
  };
}

function documentOf(items: number): JsonDocument {
  const { document } = parseJson(new TextEncoder().encode(treeJson(items)));
  if (document === null) throw new Error('nothing was parsed');
  return document;
}

function layOut(document: JsonDocument, items: number): void {
  expectEqual('rows', new VisibleTree(document).rows(ALL_OPEN, 0, 1).total, treeRows(items));
}

/** Pages all over the tree, one at each call. */
function pager(document: JsonDocument, items: number): () => void {
  const tree = new VisibleTree(document);
  const last = treeRows(items) - PAGE;
  let offset = 0;
  return () => {
    offset = (offset + STEP) % last;
    expectEqual('rows of a page', tree.rows(ALL_OPEN, offset, PAGE).rows.length, PAGE);
  };
}
