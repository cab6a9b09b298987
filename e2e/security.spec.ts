/** The security baseline: each rule with an attempt to break it, from inside the page, as hostile content would. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from './app.ts';

interface HostLike {
  call(name: string, input: unknown): Promise<{ ok: boolean; error?: { code: string } }>;
  run(
    name: string,
    input: unknown,
    onData: (data: unknown) => void,
  ): { done: Promise<{ ok: boolean; error?: { code: string } }> };
  on(event: string, listener: (payload: unknown) => void): () => void;
}
declare global {
  interface Window {
    readonly host: HostLike;
  }
}

test('the window stays where it is: no navigation, by script or by link', async ({ start }) => {
  const { page } = await start();
  const before = page.url();
  await page.evaluate(() => {
    location.href = 'https://example.com/';
  });
  await page.evaluate(() => {
    location.href = 'file:///etc/passwd';
  });
  await page.evaluate(() => {
    const link = document.createElement('a');
    link.href = 'app://statescope/assets/../index.html?elsewhere';
    document.body.append(link);
    link.click();
  });
  await page.waitForTimeout(300);
  expect(page.url()).toBe(before);
});

test('no second window opens', async ({ start }) => {
  const { electron, page } = await start();
  expect(await page.evaluate(() => window.open('https://example.com/'))).toBeNull();
  expect(await page.evaluate(() => window.open('app://statescope/'))).toBeNull();
  await page.waitForTimeout(200);
  expect(electron.windows()).toHaveLength(1);
});

test('the page has no Node, no Electron, and three functions of ours', async ({ start }) => {
  const { page } = await start();
  const found = await page.evaluate(() => ({
    globals: ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer'].filter((name) => name in globalThis),
    host: Object.keys(window.host).toSorted(),
  }));
  expect(found).toEqual({ globals: [], host: ['call', 'on', 'run'] });
});

test('an unknown channel is refused in the page and, behind it, in the main process', async ({ start }) => {
  const { electron, page } = await start();
  const answers = await page.evaluate(async () => [
    await window.host.call('shell.openExternal', 'https://example.com'),
    await window.host.call('__proto__', undefined),
    await window.host.run('workspace.destroy', {}, () => undefined).done,
  ]);
  expect(answers.map((answer) => answer.error?.code)).toEqual([
    'unknown-channel',
    'unknown-channel',
    'unknown-channel',
  ]);
  await expect(page.evaluate(() => window.host.on('anything', () => undefined))).rejects.toThrow(/no event/);
  // Past the preload script, as a compromised renderer would: the main process checks again.
  const behind = await electron.evaluate(async ({ ipcMain, BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    const handlers = (
      ipcMain as unknown as { _invokeHandlers: Map<string, (event: unknown, ...args: unknown[]) => Promise<unknown>> }
    )._invokeHandlers;
    const call = handlers.get('statescope:call');
    return Promise.all([
      call?.({ sender: contents, senderFrame: contents?.mainFrame }, 'shell.openExternal', 1),
      call?.({ sender: contents, senderFrame: contents?.mainFrame }, 'toString', 1),
      call?.({ sender: contents, senderFrame: null }, 'app.info', undefined),
      call?.({ sender: contents, senderFrame: { origin: 'https://example.com' } }, 'app.info', undefined),
    ]);
  });
  expect(behind.map((answer) => (answer as { error?: { code: string } }).error?.code)).toEqual([
    'unknown-channel',
    'unknown-channel',
    'forbidden-sender',
    'forbidden-sender',
  ]);
});

test('malformed arguments are refused before a handler sees them', async ({ start }) => {
  const { page } = await start();
  const answers = await page.evaluate(async () => [
    await window.host.call('app.setTheme', { theme: 'pink' }),
    await window.host.call('app.setTheme', undefined),
    await window.host.call('app.setTheme', { theme: 'dark', extra: 1 }),
    await window.host.call('tree.rows', {
      workspace: 'x',
      key: 'y',
      expansion: { depth: -1, toggled: [] },
      offset: 0,
      limit: 1,
    }),
    await window.host.call('tree.rows', {
      workspace: 'x',
      key: 'y',
      expansion: { depth: 1, toggled: [] },
      offset: 0,
      limit: 1e9,
    }),
    await window.host.call('recents.remove', { location: 'x'.repeat(100_000) }),
    await window.host.run('workspace.open', { location: 7, followLinks: false }, () => undefined).done,
    await window.host.run('workspace.open', null, () => undefined).done,
  ]);
  expect(answers.map((answer) => answer.error?.code)).toEqual(answers.map(() => 'invalid-arguments'));
});

test('no file outside of the window’s folder is served', async ({ start }) => {
  const { electron } = await start();
  const statuses = await electron.evaluate(async ({ net }) => {
    const urls = [
      'app://../package.json',
      'app://statescope/../main/main.js',
      'app://statescope/%2e%2e/main/main.js',
      'app://statescope/..%2f..%2fpackage.json',
      'app://statescope/..%5c..%5cmain%5cmain.js',
      'app://elsewhere/index.html',
    ];
    const status = async (url: string) => {
      try {
        return (await net.fetch(url)).status;
      } catch {
        return 'refused';
      }
    };
    return [await status('app://statescope/'), ...(await Promise.all(urls.map(status)))];
  });
  const [page, ...others] = statuses;
  expect(page).toBe(200);
  for (const status of others) expect([404, 'refused']).toContain(status);
});

test('nothing is loaded from elsewhere, nothing inline runs, and nothing leaves the machine', async ({ start }) => {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    response.end('globalThis.remoteRan = true');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const { electron, page } = await start();
    const seen = await page.evaluate(async (remote) => {
      const attempt = (element: HTMLElement) =>
        new Promise<string>((resolve) => {
          element.addEventListener('load', () => resolve('loaded'));
          element.addEventListener('error', () => resolve('refused'));
          document.head.append(element);
          setTimeout(() => resolve('refused'), 1000);
        });
      const script = Object.assign(document.createElement('script'), { src: `${remote}/script.js` });
      const image = Object.assign(document.createElement('img'), { src: `${remote}/image.png` });
      const inline = Object.assign(document.createElement('script'), { textContent: 'globalThis.inlineRan = true' });
      document.head.append(inline);
      const fetched = await fetch(`${remote}/fetch`).then(
        () => 'loaded',
        () => 'refused',
      );
      // In a task of its own: what a test driver evaluates directly is exempt from the policy.
      const evaluated = await new Promise<string>((resolve) => {
        setTimeout(() => {
          try {
            // oxlint-disable-next-line no-eval -- the very thing that must not work
            resolve((0, eval)('"evaluated"') as string);
          } catch {
            resolve('refused');
          }
        });
      });
      return {
        script: await attempt(script),
        image: await attempt(image),
        fetched,
        evaluated,
        ran: ['remoteRan', 'inlineRan'].filter((name) => name in globalThis),
      };
    }, origin);
    expect(seen).toEqual({ script: 'refused', image: 'refused', fetched: 'refused', evaluated: 'refused', ran: [] });
    // Below the page's own policy, the session refuses as well.
    const below = await electron.evaluate(
      ({ net }, url) =>
        net.fetch(url).then(
          () => 'loaded',
          () => 'refused',
        ),
      `${origin}/main`,
    );
    expect(below).toBe('refused');
    expect(requests).toEqual([]);
  } finally {
    server.close();
  }
});

test('permissions are denied', async ({ start }) => {
  const { page } = await start();
  const states = await page.evaluate(async () => {
    const names = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read'];
    return Promise.all(
      names.map(async (name) => (await navigator.permissions.query({ name: name as PermissionName })).state),
    );
  });
  expect(states).toEqual(states.map(() => 'denied'));
});

test('the page is sandboxed and isolated', async ({ start }) => {
  const { electron } = await start();
  const preferences = await electron.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>;
    };
    const { contextIsolation, sandbox, nodeIntegration, webSecurity, webviewTag } = contents.getLastWebPreferences();
    return { contextIsolation, sandbox, nodeIntegration, webSecurity, webviewTag: webviewTag ?? false };
  });
  expect(preferences).toEqual({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
  });
});
