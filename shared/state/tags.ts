/** The words of the two formats of the document. */

export const TYPE = '__type__';
export const VERSION = '__version__';
export const TIMESTAMP = '__timestamp__';
export const STATE_DATA = 'state_data';

export const CLASS = '__class__';
export const MODULE = '__module__';

/**
 * - `envelope`: 5.1, what is written.
 * - `data`: the `state_data` of an envelope whose other members are kept elsewhere, as in the columns of a table.
 * - `serialized`: 2.2.2, read only.
 * - `plain`: state without either, as AgentScope writes it; nothing in it is a tag.
 */
export type Dialect = 'envelope' | 'data' | 'serialized' | 'plain';

interface TagWords {
  readonly type: string;
  readonly data: string;
}

export const TAG_WORDS: Readonly<Record<Dialect, TagWords | undefined>> = {
  envelope: { type: '__custom_type__', data: '__data__' },
  data: { type: '__custom_type__', data: '__data__' },
  serialized: { type: '__serialized_type__', data: '__serialized_data__' },
  plain: undefined,
};

export const ENUM_TYPE = '__enum_type__';

export type BuiltinTag = 'datetime' | 'enum' | 'set' | 'frozenset' | 'UUID' | 'tuple' | 'bytes';

/** Every spelling that is read. */
export const BUILTIN_TAGS: ReadonlyMap<string, BuiltinTag> = new Map([
  ['datetime', 'datetime'],
  ['datetime.datetime', 'datetime'],
  ['enum', 'enum'],
  ['enum.Enum', 'enum'],
  ['set', 'set'],
  ['builtins.set', 'set'],
  ['frozenset', 'frozenset'],
  ['builtins.frozenset', 'frozenset'],
  ['UUID', 'UUID'],
  ['uuid.UUID', 'UUID'],
  ['tuple', 'tuple'],
  ['builtins.tuple', 'tuple'],
  ['bytes', 'bytes'],
  ['builtins.bytes', 'bytes'],
]);

/**
 * What is written. The five that 5.1 has are words of its format, and its reader knows them in this spelling only; every
 * other name is qualified.
 */
export const WRITTEN_TAGS: Readonly<Record<BuiltinTag, string>> = {
  datetime: 'datetime',
  enum: 'enum',
  set: 'set',
  frozenset: 'frozenset',
  UUID: 'UUID',
  tuple: 'builtins.tuple',
  bytes: 'builtins.bytes',
};

const ESCAPABLE = /^!*__custom_type__$/;

/**
 * User data may hold a member called `__custom_type__`. It is written with one `!` more than it has, and read with one less,
 * so a reader of 5.1 never takes it for a tag.
 */
export function escapeName(name: string): string {
  return ESCAPABLE.test(name) ? `!${name}` : name;
}

/** Whether names in this dialect are escaped. */
export function isEscaped(dialect: Dialect): boolean {
  return dialect === 'envelope' || dialect === 'data';
}

export function unescapeName(name: string): string {
  return name.startsWith('!') && ESCAPABLE.test(name) ? name.slice(1) : name;
}
