/** Keys are `kind:id`; backends store them as category and id, as the design's folders and tables do. */
import { categoryOfKind, kindOfCategory } from '../sources/categories.ts';
import { SourceError } from '../sources/source-error.ts';

export interface StateKey {
  /** Folder or column: `agents` for `agent`. */
  readonly category: string;
  /** Anything, also empty. */
  readonly id: string;
}

/** @throws SourceError `invalid-key` for a text without a colon or without a kind. */
export function parseKey(key: string): StateKey {
  const colon = key.indexOf(':');
  if (colon <= 0) {
    throw new SourceError('invalid-key', `${JSON.stringify(key)} is no key: write KIND:ID, such as agent:planner.`, {
      key,
    });
  }
  return { category: categoryOfKind(key.slice(0, colon)), id: key.slice(colon + 1) };
}

export function formatKey({ category, id }: StateKey): string {
  return `${kindOfCategory(category)}:${id}`;
}
