/** What a state says about itself: type, status, version, time. Whatever is not there is null, never a guess. */

import type { StateMetadata } from '../../../shared/ipc/model.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { parseJson } from '../../../shared/json/parse.ts';

export interface StateFacts {
  readonly type: string | null;
  readonly status: string | null;
  readonly version: string | null;
  /** The envelope's `__timestamp__`. */
  readonly timestamp: string | null;
  readonly fields: StateMetadata['fields'];
}

/** Enough for the state of a state in a backup: root, `states`, state, `state_data`, attribute. */
export const RECORD_DEPTH = 4;
/** Bounds the tape of a text that is all brackets or commas: 32 bytes a node. */
export const MAX_NODES = 1 << 20;

const LONGEST_FIELD = 4096;
const LONGEST_STATUS = 40;

/** Facts of the state at `node`, an envelope or the bare data. */
export function factsOf(doc: JsonDocument, node: NodeId): StateFacts {
  const data = doc.member(node, 'state_data');
  const status = memberText(doc, node, 'status') ?? (data === undefined ? null : memberText(doc, data, 'status'));
  const timestamp = memberText(doc, node, '__timestamp__');
  return {
    type: memberText(doc, node, '__type__') ?? memberText(doc, node, 'state_type') ?? pythonClass(doc, node),
    status: status === null ? null : plainStatus(status),
    version: memberText(doc, node, '__version__') ?? memberText(doc, node, 'state_version'),
    timestamp: timestamp === null ? null : isoTime(timestamp),
    fields: envelopeFields(doc, node),
  };
}

/** Text of a member: a string, or a tagged value such as `{"__custom_type__": "enum", "__data__": "busy"}`. */
export function memberText(doc: JsonDocument, node: NodeId, name: string): string | null {
  const member = doc.member(node, name);
  return member === undefined ? null : textOf(doc, member);
}

/** `AgentStatus.BUSY` and `BUSY` read `busy`. Null for a text that is no status. */
export function plainStatus(text: string): string | null {
  const word = /^[A-Za-z_]\w*\.(\w+)$/.exec(text)?.[1] ?? text;
  return word.length > 0 && word.length <= LONGEST_STATUS ? word.toLowerCase() : null;
}

const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)(?: ?(Z|UTC|[+-]\d\d(?::?\d\d)?))?)?$/i;

/** ISO 8601 with `T`. Naive times stay naive; anything that is no time is null. */
export function isoTime(text: string): string | null {
  const [, date, clock, zone] = TIME.exec(text.trim()) ?? [];
  if (date === undefined) return null;
  if (clock === undefined) return date;
  return `${date}T${clock.replace(',', '.')}${isoZone(zone)}`;
}

export function field(name: string, value: string): StateMetadata['fields'][number] {
  return { name, value: value.length > LONGEST_FIELD ? `${value.slice(0, LONGEST_FIELD)}…` : value };
}

function isoZone(zone: string | undefined): string {
  if (zone === undefined) return '';
  if (/^(z|utc)$/i.test(zone)) return 'Z';
  const digits = zone.replace(':', '');
  return `${digits.slice(0, 3)}:${digits.slice(3) || '00'}`;
}

function textOf(doc: JsonDocument, node: NodeId): string | null {
  const kind = doc.kind(node);
  if (kind === 'string') return doc.string(node, LONGEST_FIELD);
  if (kind !== 'object') return null;
  if (doc.isOpaque(node)) {
    const { document } = parseJson(doc.rawBytes(node), { recordDepth: 1 });
    return document === null ? null : taggedText(document, 0);
  }
  return taggedText(doc, node);
}

/** The two spellings of the design: 5.1 and 2.2.2. */
function taggedText(doc: JsonDocument, node: NodeId): string | null {
  const data = doc.member(node, '__data__') ?? doc.member(node, '__serialized_data__');
  return data !== undefined && doc.kind(data) === 'string' ? doc.string(data, LONGEST_FIELD) : null;
}

/** The design's 2.2.2 writes `__class__` and `__module__` among the attributes. */
function pythonClass(doc: JsonDocument, node: NodeId): string | null {
  const name = memberText(doc, node, '__class__');
  const module = memberText(doc, node, '__module__');
  return name !== null && module !== null ? `${module}.${name}` : name;
}

/** What an envelope holds beside the data. Nothing for a state without an envelope: its members are the data. */
function envelopeFields(doc: JsonDocument, node: NodeId): StateMetadata['fields'] {
  if (doc.member(node, 'state_data') === undefined) return [];
  const fields: StateMetadata['fields'][number][] = [];
  for (const member of doc.children(node)) {
    const name = doc.key(member);
    if (name === undefined || name === 'state_data' || name === '__type__' || name === '__version__') continue;
    fields.push(field(name, textOf(doc, member) ?? scalarOrRaw(doc, member)));
  }
  return fields;
}

function scalarOrRaw(doc: JsonDocument, node: NodeId): string {
  return Buffer.from(doc.rawBytes(node).subarray(0, LONGEST_FIELD + 1)).toString();
}
