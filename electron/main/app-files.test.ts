import { sep } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fileOf } from './app-files.ts';

const folder = `${sep}app${sep}out${sep}renderer`;

describe('a URL of the window names a file of its own folder, or nothing', () => {
  test('the root is the page', () => {
    expect(fileOf('app://statescope/', folder)).toBe(`${folder}${sep}index.html`);
  });

  test.each([
    'app://statescope/../main/main.js',
    'app://statescope/%2e%2e/main/main.js',
    'app://statescope/..%2fmain%2fmain.js',
    'app://statescope/assets/..%2f..%2f..%2fetc%2fpasswd.js',
    'app://statescope/%2e%2e%5cmain%5cmain.js',
    'app://statescope/index.html%00.js',
    'app://statescope/%ff.js',
    'app://elsewhere/index.html',
    'app://../index.html',
    'app://statescope/settings.json',
  ])('%s is refused or stays inside', (url) => {
    const file = fileOf(url, folder);
    expect(file === null || file.startsWith(folder + sep)).toBe(true);
  });

  test('no path whatever leads outside', () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '%2e%2e',
      '%2f',
      '/',
      '\\',
      '%5c',
      'a',
      'index.html',
      '%00',
      '//',
      '%252e',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const file = fileOf(`app://statescope/${pieces.join('')}`, folder);
        expect(file === null || (file.startsWith(folder + sep) && !file.split(sep).includes('..'))).toBe(true);
      }),
    );
  });
});
