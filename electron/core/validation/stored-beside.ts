import type { StateMetadata } from '../../../shared/ipc/model.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import type { StoredBeside } from '../../../shared/state/describe-state.ts';
import { PICKLE_FIELD } from '../sources/pickle-file.ts';
import { memberText } from '../sources/state-facts.ts';

/** What a source knows of a state that the state's own text does not say: the columns of a row, and that it was a pickle. */
export function storedBeside({ table, type, version, fields }: StateMetadata): StoredBeside {
  // The text of a pickle has our tags. Its class is Python's own affair and names no type of ours.
  if (fields.some(({ name, value }) => name === PICKLE_FIELD.name && value === PICKLE_FIELD.value))
    return { labels: {} };
  if (table === null || type === null || version === null) return {};
  return { labels: { type, version }, checksum: storedChecksum(fields) };
}

/** Out of the `metadata` column (5.3 of the design), which holds a StateMetadata. */
function storedChecksum(fields: StateMetadata['fields']): string | null {
  const metadata = fields.find(({ name }) => name === 'metadata');
  if (metadata === undefined) return null;
  // A very long one is cut, and its beginning is read all the same.
  const { document } = parseJson(Buffer.from(metadata.value));
  return document === null ? null : memberText(document, 0, 'checksum');
}
