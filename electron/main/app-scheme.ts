import { readFile } from 'node:fs/promises';
import { protocol } from 'electron';
import { contentTypeOf, fileOf } from './app-files.ts';

export const APP_ORIGIN = 'app://statescope';

/** Only what the window needs; nothing inline, nothing from elsewhere, no connection of its own. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Must run before the app is ready: a standard scheme has an origin of its own, which CSP and storage need. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, codeCache: true } },
  ]);
}

/** Serves the built window, and nothing outside of its folder, under app://statescope/. */
export function serveApp(folder: string): void {
  protocol.handle('app', async (request) => {
    const file = fileOf(request.url, folder);
    if (request.method !== 'GET' || file === null) return new Response('not found', { status: 404 });
    try {
      const body = await readFile(file);
      return new Response(new Uint8Array(body), {
        headers: {
          'content-type': contentTypeOf(file) ?? 'application/octet-stream',
          'content-security-policy': CONTENT_SECURITY_POLICY,
          'x-content-type-options': 'nosniff',
          'cross-origin-opener-policy': 'same-origin',
        },
      });
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      return new Response(missing ? 'not found' : 'cannot be read', { status: missing ? 404 : 500 });
    }
  });
}
