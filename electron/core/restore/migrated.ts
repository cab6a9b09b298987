/** A state as its type writes it today. */
import type { JsonDocument } from '../../../shared/json/document.ts';
import { StateCodec } from '../../../shared/state/codec.ts';
import { decodeStored, type StoredBeside } from '../../../shared/state/describe-state.ts';
import { StateError } from '../../../shared/state/errors.ts';
import { migrateState, versionOf } from '../../../shared/state/migrations.ts';
import { isPlainObject } from '../../../shared/state/plain.ts';
import type { TypeRegistry } from '../../../shared/state/type-registry.ts';

export type Migrated =
  | { readonly status: 'current' }
  | { readonly status: 'impossible'; readonly from: string; readonly to: string; readonly reason: string }
  | { readonly status: 'older'; readonly from: string; readonly to: string; readonly text: Uint8Array };

/** Nothing is written. A state of a type that nobody registered counts as current. */
export function migratedState(document: JsonDocument, registry: TypeRegistry, beside: StoredBeside): Migrated {
  if (document.isIncomplete(0)) return { status: 'current' };
  const decoded = decodeStored(document, registry, beside);
  const type = decoded.type === undefined ? undefined : registry.stateType(decoded.type)?.type;
  const { stateData } = decoded;
  if (type === undefined || !isPlainObject(stateData)) return { status: 'current' };
  const [from, to] = [versionOf(type, stateData, decoded.version), type.schemaVersion];
  if (from === to) return { status: 'current' };
  try {
    const { data } = migrateState(type, stateData, decoded.version);
    const codec = new StateCodec(registry, Date.now);
    const { origin } = decoded;
    return { status: 'older', from, to, text: codec.encode({ ...decoded, version: to, stateData: data }, { origin }) };
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return { status: 'impossible', from, to, reason: error.message };
  }
}
