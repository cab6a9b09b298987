/**
 * The design's envelope (5.1) as a file: `{"__type__", "__version__", "__timestamp__", "state_data", "__metadata__"}`. The last is ours;
 * the design's reader passes over it. Every other member is somebody else's and stays, in its place and as it is written.
 */
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { quoteJson } from '../../../shared/json/json-string.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { joinPieces } from '../../../shared/json/pieces.ts';
import type { StateRecord } from './backend.ts';

const FIRST_VERSION = '1.0.0';

export interface StateFile {
  readonly record: StateRecord;
  /** Null for JSON without an envelope, of which the whole is the state data. */
  readonly envelope: JsonDocument | null;
}

/** The first error of the JSON text as a fault. */
export function readStateFile(bytes: Uint8Array): StateFile | { readonly fault: string } {
  // The members of the root and no more; what is below is checked and skipped.
  const { document, issues } = parseJson(bytes, { recordDepth: 1 });
  const error = issues.find(({ severity }) => severity === 'error');
  if (document === null || error !== undefined) {
    return { fault: error ? `at byte ${error.offset}: ${error.message}` : 'there is no value in it' };
  }
  const data = document.member(0, 'state_data');
  const type = textOf(document, '__type__');
  if (data === undefined || type === null) {
    const record = {
      type: '',
      version: FIRST_VERSION,
      timestamp: null,
      stateData: document.rawBytes(0),
      metadata: null,
    };
    return { record, envelope: null };
  }
  const metadata = document.member(0, '__metadata__');
  const record: StateRecord = {
    type,
    version: textOf(document, '__version__') ?? FIRST_VERSION,
    timestamp: textOf(document, '__timestamp__'),
    stateData: document.rawBytes(data),
    metadata: metadata !== undefined && document.kind(metadata) === 'object' ? document.rawBytes(metadata) : null,
  };
  return { record, envelope: document };
}

/**
 * The new content of a file that held `before`. A file without an envelope goes without one for as long as there is nothing to
 * put into it: the program that wrote it expects it so.
 * @param now ISO 8601, for a record without a time.
 */
export function writeStateFile(record: StateRecord, before: StateFile | null, now: string): Uint8Array {
  const { type, version, timestamp, metadata } = record;
  // White space around a value is not part of it.
  const stateData = valueOf(record.stateData);
  const bare = type === '' && version === FIRST_VERSION && timestamp === null && metadata === null;
  if (before !== null && before.envelope === null && bare) return stateData;
  const members: [name: string, value: string | Uint8Array][] = [
    ['__type__', quoteJson(type)],
    ['__version__', quoteJson(version)],
    ['__timestamp__', quoteJson(timestamp ?? now)],
    ['state_data', stateData],
  ];
  if (metadata !== null) members.push(['__metadata__', valueOf(metadata)]);
  return before?.envelope ? splice(before.envelope, members) : newEnvelope(members);
}

/** @returns what is wrong with it; null for what can be stored. */
export function faultOfRecord({ stateData, metadata }: StateRecord): string | null {
  const data = readStateFile(stateData);
  if ('fault' in data) return `the state data is not one JSON value: ${data.fault}`;
  if (metadata === null) return null;
  const { document, issues } = parseJson(metadata, { recordDepth: 0 });
  const isObject = document?.kind(0) === 'object' && issues.every(({ severity }) => severity !== 'error');
  return isObject ? null : 'the metadata is no JSON object';
}

type Members = readonly (readonly [name: string, value: string | Uint8Array])[];

function newEnvelope(members: Members): Uint8Array {
  const lines = members.flatMap(([name, value], at) => [at > 0 ? ',\n  ' : '\n  ', `${quoteJson(name)}: `, value]);
  return joinPieces(['{', ...lines, '\n}\n']);
}

function splice(envelope: JsonDocument, members: Members): Uint8Array {
  const { bytes } = envelope;
  const pieces: (string | Uint8Array)[] = [];
  const present = members.flatMap(([name, value]) => {
    const node = envelope.member(0, name);
    return node === undefined ? [] : [{ node, value }];
  });
  let copied = 0;
  for (const { node, value } of present.toSorted((a, b) => a.node - b.node)) {
    pieces.push(bytes.subarray(copied, envelope.start(node)), value);
    copied = envelope.end(node);
  }
  const end = envelope.end(lastChild(envelope));
  pieces.push(bytes.subarray(copied, Math.max(copied, end)));
  for (const [name, value] of members) {
    if (envelope.member(0, name) === undefined) pieces.push(',', lead(envelope), `${quoteJson(name)}: `, value);
  }
  pieces.push(bytes.subarray(Math.max(copied, end)));
  return joinPieces(pieces);
}

/** An envelope has two members at least. */
function lastChild(envelope: JsonDocument): NodeId {
  return envelope.child(0, envelope.childCount(0) - 1) ?? 0;
}

/** What stands before the first member, so that a new one is indented like its neighbours. */
function lead(envelope: JsonDocument): Uint8Array | string {
  const space = envelope.bytes.subarray(envelope.start(0) + 1, envelope.keyRange(1)?.start);
  return space.length > 0 ? space : ' ';
}

function valueOf(json: Uint8Array): Uint8Array {
  return parseJson(json, { recordDepth: 0 }).document?.rawBytes(0) ?? json;
}

function textOf(document: JsonDocument, name: string): string | null {
  const node = document.member(0, name);
  return node !== undefined && document.kind(node) === 'string' ? document.string(node) : null;
}
