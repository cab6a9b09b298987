import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseLaunchArguments } from './arguments.ts';

const cwd = resolve('/somewhere');
const clone = (...own: string[]) => parseLaunchArguments(['electron', '--no-sandbox', '.', '--', ...own], false, cwd);

describe('what was typed after npm start --', () => {
  test('a relative path is meant from where it was typed', () => {
    expect(clone('sessions').location).toBe(resolve(cwd, 'sessions'));
  });

  test('a URL stays as it is', () => {
    expect(clone('postgresql://db.example/agents').location).toBe('postgresql://db.example/agents');
  });

  test('a path that a desktop has made a file: URL of is one again', () => {
    const url = pathToFileURL(resolve(cwd, 'my backup.statescope')).href;
    expect(clone(url).location).toBe(resolve(cwd, 'my backup.statescope'));
  });

  test('all options at once, in any order', () => {
    expect(
      clone('--exit', 'a.json', '--theme', 'dark', '--screenshot=shot.png', '--locale', 'zh-CN', '--demo'),
    ).toEqual({
      location: resolve(cwd, 'a.json'),
      screenshot: resolve(cwd, 'shot.png'),
      exit: true,
      demo: true,
      theme: 'dark',
      locale: 'zh-CN',
    });
  });

  test.each([[['--theme', 'pink']], [['--locale', 'fr']], [['--nonsense']], [['a', 'b']], [['--screenshot']]])(
    '%j is refused with the usage',
    (own) => {
      expect(() => clone(...own)).toThrow(/usage: statescope/);
    },
  );

  test('without the separator a clone has no arguments of ours', () => {
    expect(parseLaunchArguments(['electron', '.', '--inspect=0'], false, cwd).location).toBeNull();
  });

  test('a packaged program leaves the switches of Chromium and the desktop alone', () => {
    const launch = parseLaunchArguments(
      ['Statescope', '--no-sandbox', '--enable-features=x', 'b.statescope', '--exit'],
      true,
      cwd,
    );
    expect(launch).toMatchObject({ location: resolve(cwd, 'b.statescope'), exit: true });
  });

  test('of several files that a desktop hands over the first is opened', () => {
    expect(parseLaunchArguments(['Statescope', 'a.statescope', 'b.statescope'], true, cwd).location).toBe(
      resolve(cwd, 'a.statescope'),
    );
  });
});
