/** An envelope that is written again says when, and the metadata in it describe the new data. */

import type { JsonDocument } from '../../../shared/json/document.ts';
import { editJson } from '../../../shared/json/edit.ts';
import { decodeUtf8 } from '../../../shared/json/json-string.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { type Clock, utcText } from '../../../shared/state/clock.ts';
import { StateCodec } from '../../../shared/state/codec.ts';
import { TypeRegistry } from '../../../shared/state/type-registry.ts';
import { storedMetadata } from '../persistence/store-metadata.ts';

const METADATA = '__metadata__';
const ZONE = /(?:Z|[+-]\d\d:?\d\d)$/i;

/** The text itself when it is no envelope. Metadata that cannot be read stay as they are. */
export function stampEnvelope(document: JsonDocument, clock: Clock): Uint8Array {
  const data = document.member(0, 'state_data');
  if (data === undefined || document.member(0, '__type__') === undefined) return document.bytes;
  let text = document.bytes;
  const set = (name: string, valueOf: (old: JsonDocument, node: number) => string | null) => {
    const now = parseJson(text).document;
    const node = now?.member(0, name);
    const value = now && node !== undefined ? valueOf(now, node) : null;
    const edited = now && node !== undefined && value !== null ? editJson(now, { op: 'set', node, text: value }) : null;
    if (edited?.ok === true) text = edited.bytes;
  };
  set('__timestamp__', (now, node) =>
    now.kind(node) === 'string' ? JSON.stringify(timeLike(now.string(node), clock)) : null,
  );
  set(METADATA, (now, node) => {
    const codec = new StateCodec(new TypeRegistry(), clock);
    const written = storedMetadata(codec, now, node)?.written(clock, now, now.member(0, 'state_data'));
    return written ? decodeUtf8(codec.encodeValue(written.toJson())) : null;
  });
  return text;
}

/** In the way the file has it: Python's `utcnow().isoformat()` has no zone. */
function timeLike(old: string, clock: Clock): string {
  const now = utcText(clock());
  return ZONE.test(old) ? now : now.replace('Z', '000');
}
