import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { type GzipAccess, openGzip } from '../../electron/core/files/gzip-access.ts';
import { PlainFile } from '../../electron/core/files/random-access.ts';
import type { GroupContext, GroupResult } from './group.ts';
import { alternate, alternateFigures, expectEqual, ratioAtMost, rowOf } from './measure.ts';
import { peakMemory } from './peak-memory.ts';
import { StateWriter } from './states.ts';

const MEGABYTES = 200;
const READ = 1 << 20;
/** About one state of 300 kB. */
const STATE = 300_000;

export async function runGroup({ folder, say }: GroupContext): Promise<GroupResult> {
  const path = join(folder, 'backup.json.gz');
  say(`writing a packed file of ${MEGABYTES} MB`);
  await pipeline(Readable.from(states()), createGzip(), createWriteStream(path));
  const size = await unpackedByZlib(path);
  say('reading it');
  const whole = await alternate(
    async () => expectEqual('bytes', await readThrough(path), size),
    async () => expectEqual('bytes', await unpackedByZlib(path), size),
  );
  const file = await open(path);
  await readToEnd(file);
  let at = 0;
  const parts = await alternate(
    async () => {
      // From place to place, so that nothing is at hand from the time before.
      at = (at + size * 0.37) % (size - STATE);
      const start = Math.floor(at);
      expectEqual('bytes', (await file.read(start, start + STATE)).length, STATE);
    },
    () => unpackedByZlib(path),
  );
  await file.close();
  const memory = await alternateFigures(
    () => peakMemory('gzip', path),
    () => peakMemory('gunzip', path),
    { pairs: 3, warmUps: 0 },
  );
  return {
    rows: [
      rowOf(`reading a .json.gz of ${MEGABYTES} MB once, seek points included`, whole, ratioAtMost(1.25)),
      rowOf('one state of 300 kB from anywhere in it', parts, ratioAtMost(0.1)),
      rowOf('peak memory of both', memory, { of: 'ours', atMost: 150 }, 'MB'),
    ],
    notes: [],
  };
}

function* states(): Generator<string> {
  const writer = new StateWriter('gzip');
  for (let bytes = 0, i = 0; bytes < MEGABYTES * 1e6; i += 1) {
    const text = `"session:s${i}":${writer.text(writer.state(`s${i}`, 1000))},\n`;
    bytes += text.length;
    yield text;
  }
}

async function open(path: string): Promise<GzipAccess> {
  return openGzip(await PlainFile.open(path), { location: path });
}

async function readThrough(path: string): Promise<number> {
  const file = await open(path);
  const size = await readToEnd(file);
  await file.close();
  return size;
}

async function readToEnd(file: GzipAccess): Promise<number> {
  let at = 0;
  for (let read = READ; read > 0; at += read) read = (await file.read(at, at + READ)).length;
  return at;
}

async function unpackedByZlib(path: string): Promise<number> {
  let size = 0;
  await pipeline(createReadStream(path), createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) size += chunk.length;
  });
  return size;
}
