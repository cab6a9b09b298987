import { EventEmitter } from 'node:events';
import type { App } from 'electron';
import { expect, test } from 'vitest';
import { OpenedFiles } from './opened-files.ts';

function started() {
  const desktop = new EventEmitter();
  // Of Electron's application only the event is used.
  const files = new OpenedFiles(desktop as unknown as Pick<App, 'on'>);
  const doubleClick = (path: string) => {
    let prevented = false;
    desktop.emit('open-file', { preventDefault: () => (prevented = true) }, path);
    return prevented;
  };
  return { files, doubleClick };
}

test('a file that was double-clicked before the program is ready is what it opens first', () => {
  const { files, doubleClick } = started();
  expect(doubleClick('/a.statescope')).toBe(true);
  expect(files.take()).toBe('/a.statescope');
  expect(files.take()).toBeNull();
});

test('the last one while the window loads is opened as soon as it is there, and each one afterwards', () => {
  const { files, doubleClick } = started();
  const opened: string[] = [];
  doubleClick('/a.statescope');
  doubleClick('/b.statescope');
  files.listen((path) => opened.push(path));
  doubleClick('/c.statescope');
  files.add('/folder');
  expect(opened).toEqual(['/b.statescope', '/c.statescope', '/folder']);
});
