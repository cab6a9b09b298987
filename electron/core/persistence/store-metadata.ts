/** The document's StateMetadata (2.2.3) beside every state that we write: by an edit, `put` or a copy. */
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import type { Clock } from '../../../shared/state/clock.ts';
import { StateCodec } from '../../../shared/state/codec.ts';
import { StateError } from '../../../shared/state/errors.ts';
import { StateMetadata } from '../../../shared/state/metadata.ts';
import { TypeRegistry } from '../../../shared/state/type-registry.ts';
import type { StateRecord } from './backend.ts';

/**
 * The record as it is to be saved: with its own metadata, or else the previous record's, or else new ones, in which time, size
 * and canonical checksum are those of this write. Tags, time to live and fields that we do not know stay. Metadata that cannot be
 * read as such, and data that is not JSON, are left as they are.
 */
export function withMetadata(record: StateRecord, previous: StateRecord | null, clock: Clock): StateRecord {
  const { document, issues } = parseJson(record.stateData);
  if (document === null || issues.some(({ severity }) => severity === 'error')) return record;
  const codec = new StateCodec(new TypeRegistry(), clock);
  const stored = record.metadata ?? previous?.metadata ?? null;
  const metadata = stored === null ? created(record, clock) : storedMetadata(codec, parseJson(stored).document, 0);
  return metadata === null
    ? record
    : { ...record, metadata: codec.encodeValue(metadata.written(clock, document).toJson()) };
}

/** Null for what cannot be read as metadata. */
export function storedMetadata(codec: StateCodec, document: JsonDocument | null, node: NodeId): StateMetadata | null {
  if (document === null) return null;
  try {
    return StateMetadata.fromJson(codec.decodeValue(document, node).value);
  } catch (error) {
    if (error instanceof StateError) return null;
    throw error;
  }
}

function created({ type, version }: StateRecord, clock: Clock): StateMetadata {
  return StateMetadata.create(clock, { version, stateModuleClass: type === '' ? null : type });
}
