/** What a path selects in a state, as rows with named cells. */
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { parseJsonPointer, resolvePath } from '../../../shared/json/path.ts';
import { formatJson } from '../../../shared/json/print.ts';
import { queryJsonPath } from '../../../shared/json/query.ts';
import { SourceError } from '../sources/source-error.ts';
import { safeText } from './csv.ts';

/** Name of the column that holds what is no object, and of the one that says which state a row is from. */
export const VALUE_COLUMN = 'value';
export const STATE_COLUMN = 'state';

/**
 * The rows: the items of an array, else what was selected. None where the path leads nowhere.
 * @param path a JSONPath of RFC 9535 or, beginning with `/`, a JSON Pointer.
 * @throws SourceError `bad-path`
 */
export function rowsOf(document: JsonDocument, path: string): readonly NodeId[] {
  const selected = selectedBy(document, path);
  const [only] = selected;
  if (selected.length !== 1 || only === undefined || document.kind(only) !== 'array') return selected;
  return [...document.children(only)];
}

function selectedBy(document: JsonDocument, path: string): readonly NodeId[] {
  if (path.startsWith('/')) {
    const steps = parseJsonPointer(path);
    if (steps === undefined) throw badPath(path, 'it is no JSON Pointer');
    const node = resolvePath(document, steps);
    return node === undefined ? [] : [node];
  }
  const result = queryJsonPath(document, path);
  if (!result.ok) throw badPath(path, result.message);
  return result.nodes;
}

function badPath(path: string, reason: string): SourceError {
  return new SourceError('bad-path', `${path} cannot be followed: ${reason}. Mend the path.`, { path, reason });
}

/** The columns of one row, in the order in which they stand in it. */
export function columnsOf(document: JsonDocument, row: NodeId): readonly string[] {
  if (document.kind(row) !== 'object') return [VALUE_COLUMN];
  return [...document.children(row)].map((member) => document.key(member) ?? '');
}

/** The text of each cell; of members of one name the last one counts, as everywhere. */
export function cellsOf(document: JsonDocument, row: NodeId, columns: readonly string[]): readonly string[] {
  const isObject = document.kind(row) === 'object';
  return columns.map((column) => {
    const cell = isObject ? document.member(row, column) : column === VALUE_COLUMN ? row : undefined;
    return cell === undefined ? '' : cellText(document, cell);
  });
}

function cellText(document: JsonDocument, cell: NodeId): string {
  const kind = document.kind(cell);
  if (kind === 'null') return '';
  if (kind === 'string') return safeText(document.string(cell));
  // A number may begin with a minus, and remains a number.
  return formatJson(document, cell, { indent: 0 });
}
