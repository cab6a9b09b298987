/** A state of any format as what a store holds: its envelope opened, or one given to it. */
import type { StateMetadata } from '../../../shared/ipc/model.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { canonicalChecksum } from '../../../shared/state/checksum.ts';
import { StateError } from '../../../shared/state/errors.ts';
import { isoTime } from '../sources/state-facts.ts';
import type { StateRecord } from './backend.ts';
import { readStateFile } from './state-file.ts';

/** The bytes are no whole JSON value. */
export class NotWhole extends Error {
  override readonly name = 'NotWhole';
  readonly bytes: number;

  constructor(reason: string, bytes: number) {
    super(reason);
    this.bytes = bytes;
  }
}

export interface StateFields {
  readonly type?: string | null;
  readonly version?: string | null;
  readonly updatedAt?: string | null;
  readonly fields?: StateMetadata['fields'];
}

export interface OpenedState {
  readonly record: StateRecord;
  /** English: what could not be taken along; null when everything was. */
  readonly note: string | null;
}

/**
 * The design's envelope (state-file.ts) is taken apart; any other value is the state data itself.
 * @param known what is known beside the bytes; what an envelope says goes before it.
 * @throws NotWhole
 */
export function recordOfState(bytes: Uint8Array, known: StateFields = {}): OpenedState {
  const read = readStateFile(bytes);
  if ('fault' in read) throw new NotWhole(read.fault, bytes.length);
  const { record, envelope } = read;
  const beside = known.fields?.find(({ name }) => name === 'metadata')?.value;
  const metadata = record.metadata ?? (beside === undefined ? null : objectOrNull(Buffer.from(beside)));
  const lost = beside !== undefined && metadata === null;
  return {
    record: {
      type: record.type || (known.type ?? ''),
      version: envelope === null ? (known.version ?? record.version) : record.version,
      timestamp: isoTime(record.timestamp ?? known.updatedAt ?? ''),
      stateData: record.stateData,
      metadata,
    },
    note: lost ? 'Its metadata could not be taken along: they are too long, or no JSON.' : null,
  };
}

/** SHA-256 over canonical JSON. @throws NotWhole */
export function checksumOf(stateData: Uint8Array): string {
  const { document, issues } = parseJson(stateData);
  const broken = issues.find(({ severity }) => severity === 'error');
  if (document === null || broken !== undefined) {
    throw new NotWhole(broken?.message ?? 'There is no value in it.', stateData.length);
  }
  try {
    return canonicalChecksum(document);
  } catch (error) {
    if (error instanceof StateError) throw new NotWhole(error.message, stateData.length);
    throw error;
  }
}

/** Null for what is no whole JSON object. */
function objectOrNull(bytes: Uint8Array): Uint8Array | null {
  const { document, issues } = parseJson(bytes);
  const whole = document !== null && issues.every(({ severity }) => severity !== 'error');
  return whole && document.kind(0) === 'object' ? bytes : null;
}
