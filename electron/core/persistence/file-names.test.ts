import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOSTILE_IDS } from './behaviour-suite.ts';
import {
  decodeCategory,
  decodeName,
  encodeCategory,
  encodeName,
  encodeStrictCategory,
  encodeStrictName,
  foldersOf,
  namesOf,
} from './file-names.ts';

const awkward = fc.constantFrom(
  '%',
  '/',
  '.',
  ' ',
  '%41',
  '%=',
  '%+',
  'CON',
  'e\u0301',
  'É',
  'ß',
  'ſ',
  'İ',
  '\ud800',
  '计',
);
const ids = fc.oneof(
  fc.constantFrom(...HOSTILE_IDS),
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc
    .array(fc.oneof(awkward, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 200 })
    .map((parts) => parts.join('')),
);

describe('any id becomes a path and comes back', () => {
  it('in both forms', () => {
    fc.assert(
      fc.property(ids, (id) => {
        expect(decodeName(encodeName(id))).toBe(id);
        expect(decodeName(encodeStrictName(id))).toBe(id);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['planner', 'planner'],
    ['Planner 2', 'Planner 2'],
    ['计划', '计划'],
    ['agent:1', 'agent%3A1'],
    ['../../etc/passwd', '%2E.%2F..%2Fetc%2Fpasswd'],
    ['100%', '100%25'],
    ['aux.txt', '%61ux.txt'],
    ['e\u0301', 'e%CC%81'],
    ['', '%='],
    ['.', '%2E'],
  ])('%j is %s', (id, name) => {
    expect(encodeName(id)).toBe(name);
  });

  it('every part of it is a name that all three systems take', () => {
    fc.assert(
      fc.property(ids, fc.constantFrom(encodeName, encodeStrictName), (id, encode) => {
        for (const part of encode(id).split('/')) {
          expect(part).not.toMatch(/[<>:"\\|?*\p{Cc}\p{Surrogate}]|^\.|[. ]$|^$/u);
          expect(part).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
          expect(part).toBe(part.normalize('NFC'));
          expect(
            Buffer.byteLength(part) + '_overwritten_20250910T080000250Z_01234567.json.gz'.length + 18,
          ).toBeLessThan(256);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('names that differ in case', () => {
  const cased = fc.array(fc.constantFrom('a', 'A', 'ß', 'ẞ', 'ss', 'SS', 'ſ', 'K', 'k', 'İ', 'i', 'ς', 'Σ', '%'), {
    maxLength: 6,
  });
  const pair = fc.tuple(cased, cased).map(([a, b]) => [a.join(''), b.join('')] as const);

  it('strict ones never do', () => {
    fc.assert(
      fc.property(fc.oneof(pair, fc.tuple(ids, ids)), ([a, b]) => {
        if (a === b) return;
        const [one, two] = [encodeStrictName(a), encodeStrictName(b)];
        expect(one.toLowerCase()).not.toBe(two.toLowerCase());
        expect(one.toUpperCase()).not.toBe(two.toUpperCase());
      }),
      { numRuns: 3000 },
    );
  });

  it('nor does a strict one from a usual one', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        if (b !== '') expect(encodeStrictName(a).toLowerCase()).not.toBe(encodeName(b).toLowerCase());
      }),
    );
  });
});

describe('paths that are not of our making', () => {
  it.each(['100%', 'a%41', 'agent:1', 'sub/x', 'a%2fb', '%2E.%2', 'A%+/%+B', '%=A', '%', 'trailing.', 'CON'])(
    '%s is its own id',
    (path) => {
      expect(decodeName(path)).toBe(path);
      if (process.platform !== 'win32') expect(namesOf(path)).toContain(path);
    },
  );

  it('any path that is listed is one under which its id is looked for', () => {
    const parts = fc.stringMatching(/^[^./\0][^/\0]{0,20}$/).filter((part) => !/\p{Surrogate}/u.test(part));
    fc.assert(
      fc.property(fc.array(parts, { minLength: 1, maxLength: 3 }), (path) => {
        const id = decodeName(path.join('/'));
        expect(namesOf(id)).toContain(path.join('/'));
      }),
    );
  });

  it('nothing that leads elsewhere is looked for', () => {
    for (const id of ['../x', '/etc/passwd', 'a/../../x', 'a//b', './a', '.hidden', 'nul\0'])
      expect(namesOf(id)).not.toContain(id);
  });
});

describe('categories', () => {
  it.each(['agents', 'note', 'Note', '../up', '.statescope', 'backups', 'Backups', 'node_modules', 'CON', '计划'])(
    '%s',
    (category) => {
      for (const folder of foldersOf(category)) expect(decodeCategory(folder)).toBe(category);
      expect([encodeCategory(category), encodeStrictCategory(category)]).not.toContain('backups');
      expect(encodeCategory(category)).not.toMatch(/^backups$|^node_modules$|^\.|\//i);
    },
  );

  it('are one folder: a kind that is too long is refused', () => {
    expect(() => encodeCategory('k'.repeat(300))).toThrow(expect.objectContaining({ code: 'invalid-key' }));
  });
});
