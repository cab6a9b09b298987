/**
 * The language of the explorer's filter. A plain word stands somewhere in the key, the type or the status. A field
 * word asks one of them: `kind:agent`, `status:busy`, `key:session:42` are the whole of it, `type:memory` a part of it.
 * Words of one field are alternatives; everything else must hold at once. Quotes keep spaces (`key:"session:my trip"`)
 * and make a word plain (`"key:1"`); `status:""` asks for states without a status. Case matters in `key:` only.
 */
import type { StateEntry } from '../sources/source.ts';

const FIELDS = ['kind', 'status', 'type', 'key'] as const;
type Field = (typeof FIELDS)[number];

/** As many characters as the contract lets a filter have. */
export const LONGEST_FILTER = 20_000;

const WORD = /(?:(kind|status|type|key):)?(?:"((?:[^"\\]|\\.)*)"?|(\S+))|\S+/gi;

/** @returns whether a state fits; for an empty filter every one does. */
export function filterOf(text: string): (entry: StateEntry) => boolean {
  const plain: string[] = [];
  const fields = new Map<Field, Set<string>>();
  for (const [all, name, quoted, bare] of text.matchAll(WORD)) {
    const field = FIELDS.find((each) => each === name?.toLowerCase());
    const written = quoted === undefined ? (bare ?? all) : quoted.replaceAll(/\\(.)/g, '$1');
    const value = field === 'key' ? written : written.toLowerCase();
    // A field without a value is still being typed.
    if (field === undefined && FIELDS.some((each) => all.toLowerCase() === `${each}:`)) continue;
    if (field === undefined) plain.push(value);
    else fields.set(field, (fields.get(field) ?? new Set()).add(value));
  }
  return (entry) => [...fields].every(([field, values]) => fits(entry, field, values)) && hasWords(entry, plain);
}

function fits(entry: StateEntry, field: Field, values: ReadonlySet<string>): boolean {
  if (field === 'key') return values.has(entry.key);
  const value = (entry[field] ?? '').toLowerCase();
  if (field !== 'type') return values.has(value);
  return [...values].some((part) => (part === '' ? value === '' : value.includes(part)));
}

function hasWords(entry: StateEntry, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = `${entry.key} ${entry.type ?? ''} ${entry.status ?? ''}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** A field word that `filterOf` reads back. */
export function fieldWord(field: Field, value: string): string {
  const quotes = value === '' || /[\s"\\]/.test(value);
  return quotes ? `${field}:"${value.replaceAll(/["\\]/g, '\\$&')}"` : `${field}:${value}`;
}
