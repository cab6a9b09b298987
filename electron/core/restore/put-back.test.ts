import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documentOf } from '../../../shared/json/test-support.ts';
import { changesBetween } from './changes.ts';
import { putBack } from './put-back.ts';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

/** Puts back the changes at these paths. */
function restored(now: string, was: string, ...paths: string[]): string {
  const changes = changesBetween(documentOf(now), documentOf(was));
  const chosen = changes.list.filter(({ path }) => paths.includes(path.join('/')));
  expect(chosen).toHaveLength(paths.length);
  return text(putBack(changes, chosen));
}

describe('what is put back', () => {
  test('is the chosen value, and every other byte stays', () => {
    const now = '{ "a": 1.0,\t"b": {"c":  [1,2] , "d": "x"},"e":null }';
    const was = '{"a": 2, "b": {"c": [1, 2], "d": "y"}, "e": 1}';
    expect(restored(now, was, 'b/d')).toBe(now.replace('"x"', '"y"'));
    expect(restored(now, was, 'a', 'e')).toBe(now.replace('1.0', '2').replace('null', '1'));
  });

  test('a member that came since goes, and one that went comes back to its place', () => {
    const now = '{"a": 1, "new": true, "c": 3}';
    const was = '{"a": 1, "b": 2, "c": 3}';
    expect(restored(now, was, 'new')).toBe('{"a": 1, "c": 3}');
    expect(restored(now, was, 'b')).toBe('{"a": 1, "b": 2, "new": true, "c": 3}');
    expect(restored(now, was, 'b', 'new')).toBe(was);
  });

  test('items are put back into a list that has gone on', () => {
    const message = (id: string, said: string) => `{"id": "${id}", "content": "${said}"}`;
    const [one, two, three] = [message('1', 'one'), message('2', 'two'), message('3', 'three')];
    const now = `{"memory": [${message('1', 'ONE')}, ${three}]}`;
    const was = `{"memory": [${one}, ${two}]}`;
    expect(restored(now, was, 'memory/0/content')).toBe(`{"memory": [${one}, ${three}]}`);
    const { list, ...rest } = changesBetween(documentOf(now), documentOf(was));
    expect(list.map(({ kind, path }) => `${kind} ${path.join('/')}`)).toEqual([
      'changed memory/0/content',
      'removed memory/1',
      'added memory/1',
    ]);
    const made = putBack({ list, ...rest }, list.slice(1));
    expect(text(made)).toBe(`{"memory": [${message('1', 'ONE')}, ${two}]}`);
  });

  test('the lines of a file that is written in lines stay in lines', () => {
    const was = JSON.stringify({ list: [1, 2, 3], name: 'x' }, null, 2);
    const now = JSON.stringify({ list: [1, 2], name: 'y' }, null, 2);
    expect(restored(now, was, 'list/2', 'name')).toBe(was);
    expect(restored(was, now, 'list/2', 'name')).toBe(now);
  });

  test('a list in which items have moved is one piece', () => {
    const now = '{"list": [{"id": "b"}, {"id": "a"}, {"id": "c", "n": 1}], "n": 1}';
    const was = '{"list": [{"id": "a"}, {"id": "b"}, {"id": "c", "n": 2}], "n": 2}';
    const { list } = changesBetween(documentOf(now), documentOf(was));
    expect(list.map(({ path }) => path.join('/'))).toEqual(['list', 'n']);
    expect(restored(now, was, 'list')).toBe(was.replace('"n": 2}', '"n": 2}').replace(/"n": 2\}$/, '"n": 1}'));
  });

  test('a member that is written twice is put back with what holds it', () => {
    const now = '{"x": {"a": 1, "a": 2}, "y": 1}';
    const was = '{"x": {"a": 0, "a": 2}, "y": 1}';
    expect(restored(now, was, 'x')).toBe(was);
  });
});

const value = fc.jsonValue({ maxDepth: 4 });

test('all changes together are the state as it was, but for the order of members and the way it is written', () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      const [now, was] = [documentOf(JSON.stringify(a)), documentOf(JSON.stringify(b))];
      const changes = changesBetween(now, was);
      expect(JSON.parse(text(putBack(changes, changes.list)))).toEqual(JSON.parse(JSON.stringify(b)));
    }),
    { numRuns: 300 },
  );
});

test('any of the changes make a whole JSON text, in which those and no others are done', () => {
  fc.assert(
    fc.property(value, value, fc.infiniteStream(fc.boolean()), (a, b, coin) => {
      const [now, was] = [documentOf(JSON.stringify(a)), documentOf(JSON.stringify(b))];
      const changes = changesBetween(now, was);
      const chosen = changes.list.filter(() => coin.next().value === true);
      const made = putBack(changes, chosen);
      expect(() => JSON.parse(text(made))).not.toThrow();
      const rest = changesBetween(documentOf(text(made)), was);
      const done = putBack(rest, rest.list);
      expect(JSON.parse(text(done))).toEqual(JSON.parse(JSON.stringify(b)));
    }),
    { numRuns: 300 },
  );
});
