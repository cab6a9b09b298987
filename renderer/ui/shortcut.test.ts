import { describe, expect, test } from 'vitest';
import { matchesShortcut, shortcutText } from './shortcut.ts';

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
});

describe('how a shortcut is written', () => {
  test('with words, and with signs on a Mac', () => {
    expect(shortcutText('CmdOrCtrl+Shift+O', false)).toBe('Ctrl+Shift+O');
    expect(shortcutText('CmdOrCtrl+Shift+O', true)).toBe('⌘⇧O');
  });
});

describe('whether a key event is a shortcut', () => {
  test('control elsewhere is command on a Mac', () => {
    expect(matchesShortcut('CmdOrCtrl+K', press('k', { ctrlKey: true }), false)).toBe(true);
    expect(matchesShortcut('CmdOrCtrl+K', press('k', { metaKey: true }), true)).toBe(true);
    expect(matchesShortcut('CmdOrCtrl+K', press('k', { ctrlKey: true }), true)).toBe(false);
  });

  test('one modifier more or less is another shortcut', () => {
    expect(matchesShortcut('CmdOrCtrl+E', press('E', { ctrlKey: true, shiftKey: true }), false)).toBe(false);
    expect(matchesShortcut('CmdOrCtrl+Shift+E', press('E', { ctrlKey: true, shiftKey: true }), false)).toBe(true);
    expect(matchesShortcut('CmdOrCtrl+E', press('e'), false)).toBe(false);
  });
});
