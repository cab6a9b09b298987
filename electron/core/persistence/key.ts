/** Keys are `kind:id`; backends store them as category and id, as the design's folders and tables do. */
import { categoryOfKind, kindOfCategory } from '../sources/categories.ts';
import { SourceError } from '../sources/source-error.ts';

export interface StateKey {
  /** Folder or column: `agents` for `agent`. */
  readonly category: string;
  /** Anything, also empty. */
  readonly id: string;
}

/**
 * Every state has one key: `agents:planner`, with the folder's name for a kind, would be a second one for `agent:planner`.
 * @throws SourceError `invalid-key` for a text without a colon, without a kind, or with a folder's name for one.
 */
export function parseKey(key: string): StateKey {
  const colon = key.indexOf(':');
  if (colon <= 0) {
    throw new SourceError('invalid-key', `${JSON.stringify(key)} is no key: write KIND:ID, such as agent:planner.`, {
      key,
    });
  }
  const parsed = { category: categoryOfKind(key.slice(0, colon)), id: key.slice(colon + 1) };
  const proper = formatKey(parsed);
  if (proper !== key) {
    throw new SourceError('invalid-key', `${JSON.stringify(key)} is no key: write ${JSON.stringify(proper)}.`, { key });
  }
  return parsed;
}

export function formatKey({ category, id }: StateKey): string {
  return `${kindOfCategory(category)}:${id}`;
}
