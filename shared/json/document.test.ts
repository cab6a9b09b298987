import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documentOf, jsonBytes, nodeAt, timed } from './test-support.ts';

describe('numbers', () => {
  test.each([
    ['553', 553, true],
    ['-1.5', -1.5, true],
    ['553.0', 553, false],
    ['12345678901234567890', 12345678901234567000, false],
    ['1e400', Infinity, false],
    ['-0', -0, false],
    ['1E3', 1000, false],
    ['1e21', 1e21, false],
    ['NaN', NaN, false],
    ['Infinity', Infinity, false],
    ['-Infinity', -Infinity, false],
  ])('%s keeps its text, and is exact only if JavaScript would write it the same', (text, value, exact) => {
    expect(documentOf(text).number(0)).toEqual({ value, text, exact });
  });
});

describe('strings', () => {
  test('are decoded from escapes, UTF-8 and the bytes of lone surrogates', () => {
    // ["火, the first half of a pair, \n"]
    const bytes = [0x5b, 0x22, 0xe7, 0x81, 0xab, 0xed, 0xa0, 0xbd, 0x5c, 0x6e, 0x22, 0x5d];
    const doc = documentOf(Uint8Array.from(bytes));
    expect(doc.string(1)).toBe('火\ud83d\n');
    expect(documentOf('"\\ud83d\\ude84\\ud83d"').string(0)).toBe('🚄\ud83d');
  });

  test('can be read in part, without splitting a pair of surrogates', () => {
    const doc = documentOf('["plain text", "a🚄b", "\\ud83d\\ude84"]');
    expect(doc.stringPrefix(1, 5)).toEqual({ text: 'plain', truncated: true });
    expect(doc.stringPrefix(1, 10)).toEqual({ text: 'plain text', truncated: false });
    expect(doc.stringPrefix(2, 2)).toEqual({ text: 'a', truncated: true });
    expect(doc.stringPrefix(2, 3)).toEqual({ text: 'a🚄', truncated: true });
    expect(doc.stringPrefix(2, 4)).toEqual({ text: 'a🚄b', truncated: false });
    expect(doc.stringPrefix(3, 1)).toEqual({ text: '', truncated: true });
    expect(doc.string(1, 0)).toBe('');
  });

  test('that were cut off within an escape end before it', () => {
    for (const text of ['["a\\', '["a\\u', '["a\\u12', '["a\\u123']) expect(documentOf(text).string(1)).toBe('a');
  });

  test('tell the length of their bytes and whether these are the characters', () => {
    const doc = documentOf('["abc", "火", "\\n"]');
    expect([...doc.children(0)].map((n) => doc.stringByteLength(n))).toEqual([3, 3, 2]);
    expect([...doc.children(0)].map((n) => doc.isPlainString(n))).toEqual([true, false, false]);
  });
});

describe('members', () => {
  test('named alike, be it by escapes, are duplicates, and the last one wins', () => {
    const doc = documentOf('{"a": 1, "b": 2, "\\u0061": 3, "a": 4}');
    const members = [...doc.children(0)];
    expect(members.map((n) => doc.key(n))).toEqual(['a', 'b', 'a', 'a']);
    expect(members.map((n) => doc.isDuplicateKey(n))).toEqual([true, false, true, true]);
    expect(members.map((n) => doc.isShadowed(n))).toEqual([true, false, true, false]);
    expect(doc.hasDuplicateKeys(0)).toBe(true);
    expect(doc.rawText(nodeAt(doc, 'a'))).toBe('4');
    expect(doc.childCount(0)).toBe(4);
  });

  test('are found and told apart the same in objects of any size', () => {
    const names = fc.array(fc.constantFrom('a', 'b', '"', '火', '', '__proto__', 'constructor', '\ud83d', 'c1', 'c2'), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(names, fc.integer({ min: 0, max: 40 }), (few, filler) => {
        // Past a dozen members a hash table takes over; the filler puts the same names on either side of that.
        const all = [...few, ...Array.from({ length: filler }, (_, i) => `filler-${i}`)];
        const text = `{${all.map((name, i) => `${i % 2 ? JSON.stringify(name) : escapeAll(name)}:${i}`).join(',')}}`;
        const doc = documentOf(text);
        all.forEach((name, i) => {
          const n = i + 1;
          expect(doc.member(0, name)).toBe(all.lastIndexOf(name) + 1);
          expect(doc.isShadowed(n)).toBe(all.lastIndexOf(name) !== i);
          expect(doc.isDuplicateKey(n)).toBe(all.filter((other) => other === name).length > 1);
        });
        expect(doc.hasDuplicateKeys(0)).toBe(new Set(all).size !== all.length);
        expect(doc.member(0, 'absent')).toBeUndefined();
      }),
    );
  });

  test('named like parts of JavaScript objects are plain data', () => {
    const doc = documentOf('{"__proto__": 1, "constructor": 2}');
    expect(doc.rawText(nodeAt(doc, '__proto__'))).toBe('1');
    expect(doc.member(0, 'toString')).toBeUndefined();
    expect(doc.member(0, 'prototype')).toBeUndefined();
  });

  test('belong to objects only', () => {
    const doc = documentOf('[1, "a"]');
    expect(doc.member(0, '0')).toBeUndefined();
    expect(doc.hasDuplicateKeys(0)).toBe(false);
    expect([doc.isDuplicateKey(1), doc.isShadowed(1), doc.key(1), doc.keyRange(1)]).toEqual([
      false,
      false,
      undefined,
      undefined,
    ]);
  });
});

describe('children', () => {
  test('are found by position and know it, in containers of leaves, of subtrees and of both', () => {
    for (const item of ['1', '[1,2]', '{"a":[]}']) {
      for (const length of [0, 1, 64, 65, 128, 129, 1000]) {
        const doc = documentOf(`[${Array.from({ length }, (_, i) => (i % 7 === 3 ? '[[]]' : item)).join(',')}]`);
        const children = [...doc.children(0)];
        expect(children).toHaveLength(length);
        const backwards = children.map((_, i) => length - 1 - i);
        for (const index of [...children.keys(), ...backwards, ...backwards.map((i) => (i * 37) % length)]) {
          expect(doc.child(0, index)).toBe(children[index]);
          expect(doc.indexInParent(children[index] ?? -1)).toBe(index);
        }
        expect([doc.child(0, -1), doc.child(0, length)]).toEqual([undefined, undefined]);
      }
    }
  });

  test('of a container with a million of them are paged without walking them all each time', () => {
    const text = `[${'[0],'.repeat(999_999)}[0]]`;
    const [doc, parsing] = timed(() => documentOf(text));
    const [wrong, looking] = timed(() => {
      const pages = Array.from({ length: 10_000 }, (_, page) => (page * 99_991) % 1_000_000);
      return pages.filter(
        (index) => doc.child(0, index) !== 1 + 2 * index || doc.indexInParent(1 + 2 * index) !== index,
      );
    });
    expect(wrong).toEqual([]);
    // A walk from the first child would take a thousand times as long.
    expect(looking).toBeLessThan(parsing);
  });
});

test('places: the ranges of name and value are those of the text', () => {
  const text = '{ "a" : [ 1 , {"b": true} ] }';
  const doc = documentOf(text);
  const a = nodeAt(doc, 'a');
  const b = nodeAt(doc, 'a', 1, 'b');
  const key = doc.keyRange(a);
  expect(key && text.slice(key.start, key.end)).toBe('"a"');
  expect([doc.rawText(a), doc.rawText(b)]).toEqual(['[ 1 , {"b": true} ]', 'true']);
  expect([doc.depth(b), doc.parent(0), doc.next(a), doc.boolean(b)]).toEqual([3, -1, doc.nodeCount, true]);
});

test('a node that is not on the tape is refused', () => {
  const doc = documentOf('[1]');
  for (const n of [-1, 2, NaN]) expect(() => doc.kind(n)).toThrow(RangeError);
  expect(() => doc.string(1)).toThrow(TypeError);
});

test('asking in any order gives the same answers as asking a fresh document', () => {
  fc.assert(
    fc.property(jsonBytes, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 30 }), (bytes, questions) => {
      const used = documentOf(bytes);
      for (const [node, index] of questions) {
        const n = node % used.nodeCount;
        const count = used.childCount(n);
        const at = count === 0 ? 0 : index % count;
        expect(used.child(n, at)).toBe(documentOf(bytes).child(n, at));
        expect(used.isShadowed(n)).toBe(documentOf(bytes).isShadowed(n));
      }
    }),
  );
});

function escapeAll(name: string): string {
  return `"${Array.from({ length: name.length }, (_, i) => `\\u${name.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')}"`;
}
