/**
 * File names are bytes. Those that are UTF-8 are handled as text; any other (a lone surrogate, Latin-1) keeps its bytes
 * for the operating system and gets a readable form for people.
 */
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, parse, sep } from 'node:path';
import { decodeUtf8, utf8SequenceLength } from '../../../shared/json/json-string.ts';

/** As the operating system takes it: text, or bytes where a name in it is not UTF-8. */
export type FilePath = string | Buffer;

const ESCAPE = /\\x[0-9a-f]{2}/;

/**
 * The name as text. Bytes that are not UTF-8 read `\xHH`. Two names never read alike: where a name has such bytes, or
 * text that looks like an escape, its backslashes are escaped as well.
 */
export function readableName(name: Buffer): string {
  const text = decodeName(name);
  if (text !== null && !ESCAPE.test(text)) return text;
  let readable = '';
  for (let at = 0; at < name.length; ) {
    const byte = name[at] ?? 0;
    const size = byte < 0x80 ? 1 : utf8SequenceLength(name, at, name.length);
    const plain = size > 0 && byte !== 0x5c;
    const step = plain ? size : 1;
    readable += plain ? name.toString('utf8', at, at + step) : `\\x${byte.toString(16).padStart(2, '0')}`;
    at += step;
  }
  return readable;
}

/** Path of an entry of a folder. */
export function childPath(folder: FilePath, name: Buffer): FilePath {
  const text = decodeName(name);
  if (typeof folder === 'string' && text !== null) return join(folder, text);
  return Buffer.concat([Buffer.from(folder), Buffer.from(sep), name]);
}

/** The path with `suffix` behind its last name, e.g. `-wal`. */
export function withSuffix(path: FilePath, suffix: string): FilePath {
  return typeof path === 'string' ? path + suffix : Buffer.concat([path, Buffer.from(suffix)]);
}

/** An absolute path for people. */
export function readablePath(path: FilePath): string {
  return typeof path === 'string' ? path : readableName(path);
}

/** Without symbolic links. Through bytes, so that no name is changed on the way. */
export async function realPath(path: FilePath): Promise<FilePath> {
  const real = await realpath(path, { encoding: 'buffer' });
  return decodeName(real) ?? real;
}

/**
 * A command line and a window hand over text, in which bytes that are not UTF-8 have become U+FFFD, or a person pasted
 * the readable form. Looks for the one file that such a path can mean.
 * @returns null when there is none, or more than one.
 */
export async function findByReadablePath(path: string): Promise<FilePath | null> {
  const root = parse(path).root;
  let found: FilePath = root;
  for (const part of path.slice(root.length).split(sep).filter(Boolean)) {
    const exact = childPath(found, Buffer.from(part));
    if (await exists(exact)) {
      found = exact;
      continue;
    }
    const wanted = Buffer.from(part).toString();
    const names = await namesIn(found);
    const matches = names.filter((name) => name.toString() === wanted || readableName(name) === part);
    const [match] = matches;
    if (match === undefined || matches.length > 1) return null;
    found = childPath(found, match);
  }
  return found;
}

async function exists(path: FilePath): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function namesIn(folder: FilePath): Promise<Buffer[]> {
  return readdir(folder, { encoding: 'buffer' }).catch(() => []);
}

/** Null when the name is not UTF-8. */
function decodeName(name: Buffer): string | null {
  for (let at = 0; at < name.length; ) {
    const size = (name[at] ?? 0) < 0x80 ? 1 : utf8SequenceLength(name, at, name.length);
    if (size < 0) return null;
    at += size;
  }
  return decodeUtf8(name);
}
