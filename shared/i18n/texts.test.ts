import { describe, expect, test } from 'vitest';
import { PROBLEM_CODES, SOURCE_FORMATS } from '../ipc/model.ts';
import { HOST_ERROR_CODES } from '../ipc/result.ts';
import { SHORTCUTS } from '../ipc/shortcuts.ts';
import { resources } from './texts.ts';

type Tree = { readonly [key: string]: string | Tree };

/** Every text by its full key. */
function flat(tree: Tree, prefix = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') all.set(prefix + key, value);
    else for (const [inner, text] of flat(value, `${prefix}${key}.`)) all.set(inner, text);
  }
  return all;
}

/** Names of what a text interpolates, without formats: `{{count, number}}` is `count`. */
function variables(text: string): string[] {
  return [...text.matchAll(/\{\{\s*([\w-]+)[^}]*\}\}/g)].map((match) => match[1] ?? '').toSorted();
}

const en = flat(resources.en.translation);
const zh = flat(resources['zh-CN'].translation);

describe('both languages', () => {
  test('have the same keys', () => {
    expect([...zh.keys()].toSorted()).toEqual([...en.keys()].toSorted());
  });

  test('interpolate the same variables', () => {
    for (const [key, text] of en) expect([key, variables(zh.get(key) ?? '')]).toEqual([key, variables(text)]);
  });

  test('have no empty text', () => {
    expect([...en, ...zh].filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  test('have both plural forms of a text, or none', () => {
    for (const key of en.keys()) {
      if (key.endsWith('_one')) expect(en.has(key.replace(/_one$/, '_other'))).toBe(true);
    }
  });

  test('Chinese is Chinese', () => {
    const latin = [...zh].filter(
      ([key, text]) => !/[一-鿿]/.test(text) && en.get(key) !== text && !text.startsWith('{{'),
    );
    expect(latin).toEqual([]);
  });
});

describe('every code has a text', () => {
  test.each(PROBLEM_CODES)('problem %s', (code) => {
    expect(en.has(`problems.${code}`)).toBe(true);
    expect(en.has(`problemHelp.${code}`)).toBe(true);
  });

  test.each(HOST_ERROR_CODES)('error %s', (code) => {
    expect(en.has(`errors.${code}`)).toBe(true);
    expect(en.has(`errorHelp.${code}`)).toBe(true);
  });

  test.each(SOURCE_FORMATS)('format %s', (format) => {
    expect(en.has(`formats.${format}`)).toBe(true);
  });

  test.each(Object.keys(SHORTCUTS))('command %s', (command) => {
    expect(en.has(`commands.${command}`)).toBe(true);
  });
});

test('no two commands have the same shortcut', () => {
  const taken = Object.values(SHORTCUTS).filter((shortcut) => shortcut !== null);
  expect(new Set(taken).size).toBe(taken.length);
});
