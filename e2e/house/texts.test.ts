/** The catalogue holds what is shown and nothing else. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { en } from '../../shared/i18n/en.ts';

const root = join(import.meta.dirname, '..', '..');

function sources(folder: string): string {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('.test.'))
    .map((file) => readFileSync(join(root, folder, file), 'utf8'))
    .join('\n');
}

function keysOf(texts: object, prefix = ''): string[] {
  return Object.entries(texts).flatMap(([name, text]) =>
    typeof text === 'string' ? [`${prefix}${name}`] : keysOf(text as object, `${prefix}${name}.`),
  );
}

test('every text is used somewhere', () => {
  const code = `${sources('renderer')}\n${sources('electron')}`;
  const unused = keysOf(en).filter((key) => {
    const plain = key.replace(/_(one|other)$/, '');
    const parent = key.slice(0, key.lastIndexOf('.'));
    const [, above, last] = /^(.*)\.[^.]+\.([^.]+)$/.exec(plain) ?? [];
    return (
      !code.includes(`'${plain}'`) &&
      !code.includes(`\`${parent}.\${`) &&
      !(above !== undefined && new RegExp(`\`${above}\\.\\$\\{[^}]+\\}\\.${last}\``).test(code)) &&
      !code.includes(`\`${plain.replace(/(Light|Dark|System)$/, '')}\${`)
    );
  });
  expect(unused).toEqual([]);
});
