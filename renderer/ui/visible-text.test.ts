import { expect, test } from 'vitest';
import { visibleText } from './visible-text.ts';

test.each([
  ['plain 文字', 'plain 文字'],
  ['two\nlines\tand tab', 'two\\nlines\\tand tab'],
  ['nul\u0000', 'nul\\u0000'],
  ['evil\u202egpj.exe', 'evil\\u202egpj.exe'],
  ['half \ud800', 'half \\ud800'],
  ['👩‍💻 stays whole', '👩‍💻 stays whole'],
])('%j is shown as %s', (text, shown) => {
  expect(visibleText(text)).toBe(shown);
});
