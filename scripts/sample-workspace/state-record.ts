/** A state as it is stored: its key, its envelope (section 5.1 of the design document) and where it goes. */
import { isoTime } from './clock.ts';
import { byCodePoint, type PyDict } from './python-json.ts';

export type FileForm = 'line' | 'indented' | 'gzip';
export type Home =
  | { readonly in: 'store'; readonly form: FileForm }
  | { readonly in: 'database'; readonly metadata: boolean };

export interface StateRecord {
  readonly kind: string;
  readonly id: string;
  readonly type: string;
  readonly version: string;
  readonly createdAt: number;
  readonly savedAt: number;
  readonly data: PyDict;
  readonly tags: readonly string[];
  readonly home: Home;
}

export function keyOf(record: StateRecord): string {
  return `${record.kind}:${record.id}`;
}

/** `agent:ID` lives in `agents`, and so on; any other kind is its own category. */
export function categoryOf(kind: string): string {
  switch (kind) {
    case 'agent':
      return 'agents';
    case 'session':
      return 'sessions';
    case 'conversation':
      return 'conversations';
    default:
      return kind;
  }
}

export function envelope(record: StateRecord): PyDict {
  return {
    __type__: record.type,
    __version__: record.version,
    __timestamp__: isoTime(record.savedAt),
    state_data: record.data,
  };
}

// The tagged values of section 5.1. Attributes with a codec of their own (a session's created_at) are plain text instead.

export function datetimeTag(at: number): PyDict {
  return { __custom_type__: 'datetime', __data__: isoTime(at) };
}

export function enumTag(type: string, value: string): PyDict {
  return { __custom_type__: 'enum', __enum_type__: `robotagent.state.${type}`, __data__: value };
}

/** A set has no order: it is written sorted by code point. */
export function setTag(values: readonly string[], kind: 'set' | 'frozenset' = 'set'): PyDict {
  return {
    __custom_type__: kind,
    __data__: values.toSorted(byCodePoint),
  };
}

export function uuidTag(value: string): PyDict {
  return { __custom_type__: 'UUID', __data__: value };
}
