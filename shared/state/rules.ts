/** Rules that the document's own states use (3.1, 4.1), and the conversions that go with them. */
import { DateTime } from './date-time.ts';
import { StateValueError } from './errors.ts';
import { isPlainObject } from './plain.ts';
import type { ValueRule } from './state-type.ts';
import { type EnumType, enumValueOf, membersText } from './type-registry.ts';
import { EnumValue, NumberLiteral } from './values.ts';

export const isText: ValueRule = { rule: 'is-text', check: (value) => typeof value === 'string' };

export const isTextOrNull: ValueRule = {
  rule: 'is-text-or-null',
  check: (value) => value === null || typeof value === 'string',
};

export const isDict: ValueRule = { rule: 'is-dict', check: (value) => isPlainObject(value) };

export const isList: ValueRule = { rule: 'is-list', check: (value) => Array.isArray(value) };

export const isTextList: ValueRule = {
  rule: 'is-text-list',
  check: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
};

export const isCount: ValueRule = {
  rule: 'is-count',
  check: (value) => Number.isSafeInteger(plainNumber(value)) && Number(value) >= 0,
};

export const isTime: ValueRule = { rule: 'is-time', check: (value) => timeOf(value) instanceof DateTime };

export const isTimeOrNull: ValueRule = {
  rule: 'is-time-or-null',
  check: (value) => value === null || isTime.check(value),
};

export const isTimeDict: ValueRule = {
  rule: 'is-time-dict',
  check: (value) => isPlainObject(value) && Object.values(value).every((time) => isTime.check(time) === true),
};

export function isMemberOf(type: EnumType): ValueRule {
  const allowed = membersText(type);
  return {
    rule: 'enum-member',
    details: { allowed },
    check: (value) => enumValueOf(type, value) !== undefined || `it is none of ${allowed}`,
  };
}

/** NaN for what is no number. A literal such as 3.0 is one. */
export function plainNumber(value: unknown): number {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof NumberLiteral ? Number(value) : NaN;
}

/** From ISO text, as the document writes its times, or from a tagged datetime. @throws StateValueError. */
export function timeOf(value: unknown): DateTime {
  if (value instanceof DateTime) return value;
  if (typeof value === 'string') return new DateTime(value);
  throw new StateValueError('invalid-value', 'a date and time was expected');
}

/** The label that a file gives an enum, when it is not the registered one. */
export function foreignLabel(value: unknown): string | undefined {
  return value instanceof EnumValue ? value.type : undefined;
}
