/** An envelope that is written again says when, and the metadata in it describe the new data. */
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
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
  const described = withMember(document, METADATA, (node) => {
    const codec = new StateCodec(new TypeRegistry(), clock);
    const written = storedMetadata(codec, document, node)?.written(clock, document, data);
    return written ? decodeUtf8(codec.encodeValue(written.toJson())) : null;
  });
  const timed = withMember(described, '__timestamp__', (node) =>
    described.kind(node) === 'string' ? JSON.stringify(timeLike(described.string(node), clock)) : null,
  );
  return timed.bytes;
}

/** With another value for a member. The document itself without one, and for null. */
function withMember(document: JsonDocument, name: string, valueOf: (node: NodeId) => string | null): JsonDocument {
  const node = document.member(0, name);
  const text = node === undefined ? null : valueOf(node);
  if (node === undefined || text === null) return document;
  const edited = editJson(document, { op: 'set', node, text });
  return (edited.ok ? parseJson(edited.bytes).document : null) ?? document;
}

/** In the way the file has it: Python's `utcnow().isoformat()` has no zone. */
function timeLike(old: string, clock: Clock): string {
  const now = utcText(clock());
  return ZONE.test(old) ? now : now.replace('Z', '000');
}
