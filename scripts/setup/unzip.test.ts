import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { requireIntegrity } from './electron-fallback.mjs';
import { put, scratchFolder } from './scratch-folder.ts';
import { extractZip } from './unzip.mjs';

interface Entry {
  readonly name: string;
  readonly text: string;
  /** With the file type, as stat has it. */
  readonly mode?: number;
}

/** A zip of stored entries: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3 */
function zip(entries: readonly Entry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, text, mode = 0o100644 } of entries) {
    const nameBytes = Buffer.from(name);
    const data = Buffer.from(text);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, nameBytes, data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((mode << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), common, tail, nameBytes]));
    parts.push(local);
    offset += local.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(listing.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, listing, Buffer.from('PK\x05\x06'), end]);
}

const keepAll = (name: string): string => name;

test('only the files with a place are unpacked, at that place, and programs stay programs', async () => {
  const folder = scratchFolder();
  const archive = put(
    folder,
    'a.zip',
    zip([
      { name: 'App/', text: '', mode: 0o040755 },
      { name: 'App/run', text: 'program', mode: 0o100755 },
      { name: 'App/lib/data.txt', text: 'data' },
      { name: 'App/resources/app/other.js', text: 'not ours' },
    ]),
  );
  const target = join(folder, 'out');
  await extractZip(archive, target, (name) => (name.includes('/app/') ? null : name.slice('App/'.length)));
  const unpacked: string[] = readdirSync(target, { recursive: true, encoding: 'utf8' });
  expect(new Set(unpacked)).toEqual(new Set(['lib', join('lib', 'data.txt'), 'run']));
  expect(readFileSync(join(target, 'lib', 'data.txt'), 'utf8')).toBe('data');
  if (process.platform !== 'win32') expect(statSync(join(target, 'run')).mode & 0o111).not.toBe(0);
});

test('an archive that was cut off is refused', async () => {
  const folder = scratchFolder();
  const whole = zip([{ name: 'a.txt', text: 'x'.repeat(1000) }]);
  const archive = put(folder, 'a.zip', whole.subarray(0, whole.length - 30));
  await expect(extractZip(archive, join(folder, 'out'), keepAll)).rejects.toThrow();
});

test('nothing is written outside of the folder', async () => {
  const folder = scratchFolder();
  const archive = put(folder, 'a.zip', zip([{ name: 'a.txt', text: 'x' }]));
  await expect(extractZip(archive, join(folder, 'out'), () => '../b.txt')).rejects.toThrow('outside');
  const climbing = put(folder, 'b.zip', zip([{ name: '../b.txt', text: 'x' }]));
  await expect(extractZip(climbing, join(folder, 'out'), keepAll)).rejects.toThrow();
  expect(existsSync(join(folder, 'b.txt'))).toBe(false);
});

test('links are refused: what follows could be written through them', async () => {
  const folder = scratchFolder();
  const archive = put(folder, 'a.zip', zip([{ name: 'link', text: '/etc', mode: 0o120777 }]));
  await expect(extractZip(archive, join(folder, 'out'), keepAll)).rejects.toThrow('no regular file');
});

test('a download that ended early is refused by its hash', async () => {
  const folder = scratchFolder();
  const content = 'the whole archive';
  const integrity = `sha512-${createHash('sha512').update(content).digest('base64')}`;
  await requireIntegrity(put(folder, 'whole', content), integrity);
  await expect(requireIntegrity(put(folder, 'part', content.slice(0, 5)), integrity)).rejects.toThrow('damaged');
});
