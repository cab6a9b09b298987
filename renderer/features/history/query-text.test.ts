import { describe, expect, test } from 'vitest';
import {
  completionAt,
  ERRORS,
  hasTerm,
  hasTimes,
  QUERY_FIELDS,
  termsOf,
  toggleTerm,
  withTerm,
  withTimes,
} from './query-text.ts';

describe('conditions', () => {
  test('stand side by side; what is in quotes or parentheses is one', () => {
    const texts = termsOf(String.raw`key:"a \" b" (x OR "c d)") -new:1`).map(({ text }) => text);
    expect(texts).toEqual([String.raw`key:"a \" b"`, '(x OR "c d)")', '-new:1']);
  });

  test('are added to what is there, and taken out again as they were put in', () => {
    const query = toggleTerm('key:agent:*', ERRORS);
    expect(query).toBe(`key:agent:* ${ERRORS}`);
    expect(hasTerm(query, ERRORS)).toBe(true);
    expect(toggleTerm(query, ERRORS)).toBe('key:agent:*');
  });

  test('count for both sides of an OR', () => {
    expect(withTerm('a OR b', 'path:x')).toBe('(a OR b) path:x');
    expect(withTerm('(a OR b)', 'path:x')).toBe('(a OR b) path:x');
    expect(withTerm('  ', 'path:x')).toBe('path:x');
  });
});

describe('times', () => {
  test('take the place of those that were there', () => {
    const first = withTimes('new:error', { after: '10:00', before: '11:00' });
    expect(first).toBe('new:error after:10:00 before:11:00');
    expect(withTimes(first, { after: '10:30', before: '10:40' })).toBe('new:error after:10:30 before:10:40');
    expect(withTimes(first, null)).toBe('new:error');
    expect(hasTimes(first)).toBe(true);
    expect(hasTimes('new:"after:10:00"')).toBe(false);
  });
});

describe('completion', () => {
  test('offers the fields that begin like the word before the caret', () => {
    expect(completionAt('', 0)?.options).toEqual(QUERY_FIELDS.map((name) => `${name}:`));
    expect(completionAt('new:x pa', 8)).toEqual({ start: 6, end: 8, options: ['path:'] });
    expect(completionAt('-ke', 3)).toEqual({ start: 1, end: 3, options: ['key:'] });
    expect(completionAt('hello', 5)).toBeNull();
  });

  test('replaces the whole word', () => {
    expect(completionAt('kez x', 2)).toEqual({ start: 0, end: 3, options: ['key:'] });
  });

  test('offers the values of fields that have few', () => {
    expect(completionAt('kind:re', 7)).toEqual({ start: 5, end: 7, options: ['removed'] });
    expect(completionAt('kind:removed', 12)).toBeNull();
    expect(completionAt('key:', 4)).toBeNull();
  });

  test('offers nothing within quotes', () => {
    expect(completionAt('new:"ke', 7)).toBeNull();
  });
});
