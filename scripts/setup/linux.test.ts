import { expect, test } from 'vitest';
import { installCommands } from './debian-packages.mjs';
import { displayIsMissing, onDisplay } from './display.mjs';
import { parseMissing } from './linux-libraries.mjs';

test('the libraries that the dynamic linker misses are named', () => {
  const output = [
    '\tlinux-vdso.so.1 (0x00007ffc)',
    '\tlibgtk-3.so.0 => not found',
    '\tlibc.so.6 => /lib/libc.so.6 (0x00007f)',
  ].join('\n');
  expect(parseMissing(output)).toEqual(['libgtk-3.so.0']);
});

test('what cannot be installed is said as the commands to type', () => {
  expect(installCommands(['xvfb', 'xauth'], 'sudo ')).toEqual([
    'sudo apt-get update',
    'sudo apt-get install -y --no-install-recommends xvfb xauth',
  ]);
});

test('a virtual display is for Linux with neither X11 nor Wayland', () => {
  expect(displayIsMissing('linux', {})).toBe(true);
  expect(displayIsMissing('linux', { DISPLAY: ':0' })).toBe(false);
  expect(displayIsMissing('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe(false);
  expect(displayIsMissing('darwin', {})).toBe(false);
});

test('a program is started as it is, or as the last arguments of xvfb-run', () => {
  expect(onDisplay('electron', ['.', '--', 'a'], false)).toMatchObject({ command: 'electron', args: ['.', '--', 'a'] });
  const virtual = onDisplay('electron', ['.', '--', 'a'], true);
  expect(virtual.command).toBe('xvfb-run');
  expect(virtual.args.slice(-4)).toEqual(['electron', '.', '--', 'a']);
});
