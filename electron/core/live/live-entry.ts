/** States that lie in no file or table of their own, those of the past and of running programs, as a source lists them. */
import type { StateMetadata } from '../../../shared/ipc/model.ts';
import type { JsonDocument } from '../../../shared/json/document.ts';
import type { StateEntry } from '../sources/source.ts';
import { factsOf } from '../sources/state-facts.ts';

/** @param document null for a text of which nothing could be read. */
export function entryOf(
  document: JsonDocument | null,
  told: Pick<StateEntry, 'key' | 'bytes' | 'updatedAt' | 'location'>,
): StateEntry {
  const { key } = told;
  const facts = document && factsOf(document, 0);
  const colon = key.indexOf(':');
  const [kind, id] = [key.slice(0, colon), key.slice(colon + 1)];
  return { ...told, kind, id, type: facts?.type ?? null, status: facts?.status ?? null, aliases: [] };
}

export function metadataOf({ type, updatedAt }: StateEntry, file: string | null): StateMetadata {
  return { file, table: null, createdAt: null, updatedAt, type, version: null, fields: [] };
}
