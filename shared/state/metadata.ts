/**
 * The document's StateMetadata (2.2.3), kept beside every state. Immutable: each change gives a new one. Times are UTC with
 * Z; those that a file gives without a zone stay naive. Rules [D6] to [D10].
 */
import type { JsonDocument, NodeId } from '../json/document.ts';
import { type ChecksumVerdict, canonicalChecksum, verifyChecksum } from './checksum.ts';
import { type Clock, utcText } from './clock.ts';
import { DateTime } from './date-time.ts';
import { StateTypeError, StateValueError } from './errors.ts';
import { isPlainObject, memberOf, type PlainObject } from './plain.ts';
import { isTextList, plainNumber, timeOf } from './rules.ts';
import type { StateModule } from './state-module.ts';
import { FIRST_VERSION } from './state-type.ts';

export interface MetadataFields {
  readonly createdAt: DateTime;
  /** The last write. A time to live counts from here. */
  readonly updatedAt: DateTime;
  readonly version: string;
  /** Of the state data as it is written. */
  readonly sizeBytes: number | null;
  /** Lower-case hexadecimal SHA-256: canonical where we wrote it, the document's formula where Python did. */
  readonly checksum: string | null;
  readonly tags: readonly string[];
  /** `general` unless given. */
  readonly category: string;
  /** Null: for ever. 0: expired as soon as it is written. */
  readonly ttlSeconds: number | null;
  readonly accessCount: number;
  readonly lastAccess: DateTime | null;
  /** Label of the module's class. */
  readonly stateModuleClass: string | null;
  readonly nestedModules: readonly string[];
  readonly registeredAttributes: readonly string[];
}

const NAMES: Readonly<Record<keyof MetadataFields, string>> = {
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  version: 'version',
  sizeBytes: 'size_bytes',
  checksum: 'checksum',
  tags: 'tags',
  category: 'category',
  ttlSeconds: 'ttl_seconds',
  accessCount: 'access_count',
  lastAccess: 'last_access',
  stateModuleClass: 'state_module_class',
  nestedModules: 'nested_modules',
  registeredAttributes: 'registered_attributes',
};

export class StateMetadata {
  readonly fields: MetadataFields;
  /** What the file has beyond the document's fields: kept. */
  readonly unknownFields: Readonly<PlainObject>;

  constructor(fields: MetadataFields, unknownFields: Readonly<PlainObject> = {}) {
    this.fields = Object.freeze({ ...fields });
    this.unknownFields = Object.freeze({ ...unknownFields });
    Object.freeze(this);
  }

  /** Of a state that is written for the first time. */
  static create(clock: Clock, given: Partial<MetadataFields> = {}): StateMetadata {
    const now = new DateTime(utcText(clock()));
    return new StateMetadata({
      createdAt: now,
      updatedAt: now,
      version: FIRST_VERSION,
      sizeBytes: null,
      checksum: null,
      tags: [],
      category: 'general',
      ttlSeconds: null,
      accessCount: 0,
      lastAccess: null,
      stateModuleClass: null,
      nestedModules: [],
      registeredAttributes: [],
      ...given,
    });
  }

  /**
   * From the data of a file, with snake_case names. Missing fields have their defaults.
   * @throws StateTypeError `not-a-dict`; StateValueError `invalid-value`, naming the field.
   */
  static fromJson(data: unknown): StateMetadata {
    if (!isPlainObject(data)) throw new StateTypeError('not-a-dict', 'metadata is a dict');
    const read = reader(data);
    const createdAt = read('createdAt', timeOf);
    const known = new Set(Object.values(NAMES));
    const fields: MetadataFields = {
      createdAt,
      updatedAt: read('updatedAt', timeOf, createdAt),
      version: read('version', textOf, FIRST_VERSION),
      sizeBytes: read('sizeBytes', orNull(countOf), null),
      checksum: read('checksum', orNull(textOf), null),
      tags: read('tags', textsOf, []),
      category: read('category', textOf, 'general'),
      ttlSeconds: read('ttlSeconds', orNull(countOf), null),
      accessCount: read('accessCount', countOf, 0),
      lastAccess: read('lastAccess', orNull(timeOf), null),
      stateModuleClass: read('stateModuleClass', orNull(textOf), null),
      nestedModules: read('nestedModules', textsOf, []),
      registeredAttributes: read('registeredAttributes', textsOf, []),
    };
    return new StateMetadata(fields, Object.fromEntries(Object.entries(data).filter(([name]) => !known.has(name))));
  }

  /** For the file: snake_case names, times as text, unknown fields last. */
  toJson(): PlainObject {
    const entries = Object.entries(this.fields).map(([name, value]: [string, unknown]) => {
      return [NAMES[name as keyof MetadataFields], value instanceof DateTime ? value.text : value] as const;
    });
    return { ...Object.fromEntries(entries), ...this.unknownFields };
  }

  with(changes: Partial<MetadataFields>): StateMetadata {
    return new StateMetadata({ ...this.fields, ...changes }, this.unknownFields);
  }

  /** A write: time, size and canonical checksum of the data at `node`, and what the module is made of. */
  written(clock: Clock, document: JsonDocument, node: NodeId = 0, module?: StateModule): StateMetadata {
    return this.with({
      updatedAt: new DateTime(utcText(clock())),
      sizeBytes: document.end(node) - document.start(node),
      checksum: canonicalChecksum(document, node),
      ...(module && { nestedModules: module.nestedModules, registeredAttributes: module.registeredAttributes }),
    });
  }

  /** A read that somebody asked for. */
  accessed(clock: Clock): StateMetadata {
    return this.with({ accessCount: this.fields.accessCount + 1, lastAccess: new DateTime(utcText(clock())) });
  }

  /** Milliseconds since 1970; null without a time to live. A naive time counts as UTC, which the document's code writes. */
  get expiresAt(): number | null {
    const { ttlSeconds, updatedAt } = this.fields;
    return ttlSeconds === null ? null : updatedAt.epochMs + ttlSeconds * 1000;
  }

  /** Expired is shown; nothing is deleted for it. */
  isExpired(clock: Clock): boolean {
    const { expiresAt } = this;
    return expiresAt !== null && clock() >= expiresAt;
  }

  /** Compares with both formulas. @throws StateError `incomplete` for data that is cut off. */
  verify(document: JsonDocument, node: NodeId = 0): ChecksumVerdict {
    return verifyChecksum(this.fields.checksum, document, node);
  }
}

type Read = <T>(field: keyof MetadataFields, convert: (value: unknown) => T, fallback?: T) => T;

function reader(data: PlainObject): Read {
  return (field, convert, fallback) => {
    const name = NAMES[field];
    if (!Object.hasOwn(data, name) && fallback !== undefined) return fallback;
    try {
      return convert(memberOf(data, name));
    } catch (error) {
      throw new StateValueError('invalid-value', `the metadata's ${name} cannot be read`, error);
    }
  };
}

function orNull<T>(convert: (value: unknown) => T): (value: unknown) => T | null {
  return (value) => (value === null ? null : convert(value));
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new StateValueError('invalid-value', 'a text was expected');
  return value;
}

function textsOf(value: unknown): readonly string[] {
  if (isTextList.check(value) !== true) throw new StateValueError('invalid-value', 'a list of texts was expected');
  return [...(value as readonly string[])];
}

function countOf(value: unknown): number {
  const count = plainNumber(value);
  if (!(count >= 0)) throw new StateValueError('invalid-value', 'a number from 0 was expected');
  return count;
}
