/** Where a state belongs that is not there any more: what is known of it, else where others of its kind lie. */
import { encodeName } from '../persistence/file-names.ts';
import { parseKey } from '../persistence/key.ts';
import type { StateEntry } from '../sources/source.ts';

/**
 * As an entry's `location`; null where it cannot be told.
 * @param known its location at the moment; a journal does not keep it, and tells the key instead, and in a file of many states it is
 * that file.
 */
export function placeOf(key: string, known: string | null, entries: readonly StateEntry[]): string | null {
  const isPlace = known !== '.' || entries.some(({ location }) => location === '.');
  if (known !== null && known !== key && isPlace) return known;
  const { id } = parseKey(key);
  const kind = key.slice(0, key.indexOf(':'));
  for (const other of entries) {
    if (other.kind !== kind) continue;
    const name = encodeName(other.id);
    const at = other.location.lastIndexOf(name);
    const [before, after] = [other.location.slice(0, at), other.location.slice(at + name.length)];
    if (at >= 0 && (before === '' || before.endsWith('/')) && /^\.json(?:\.gz)?$/i.test(after)) {
      return before + encodeName(id) + after;
    }
  }
  return null;
}
