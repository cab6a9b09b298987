import { extname, join, normalize, sep } from 'node:path';

/** The kinds of file that the built window consists of; nothing else is served. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

/** The file a URL names, or null when it would lie outside of the folder or is of no kind that the window has. */
export function fileOf(url: string, folder: string): string | null {
  const { host, pathname } = new URL(url);
  if (host !== 'statescope') return null;
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (path.includes('\0') || path.includes('\\')) return null;
  const file = normalize(join(folder, path === '/' ? 'index.html' : path));
  if (!file.startsWith(folder + sep)) return null;
  return contentTypeOf(file) === null ? null : file;
}

/** Null for a kind that is not served. */
export function contentTypeOf(file: string): string | null {
  return CONTENT_TYPES[extname(file)] ?? null;
}
