/** node peak-process.ts TASK FILE: does the task once and prints how many megabytes it took above the idle process. */
import { createReadStream, readFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

export type PeakTask = 'tape' | 'json' | 'open' | 'index' | 'gzip' | 'gunzip';

const FROM_KILOBYTES = 1024;

/** On Linux maxRSS begins with what the parent took, even after exec; /proc tells of this process alone. */
function peakBytes(): number {
  if (process.platform === 'linux') {
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * FROM_KILOBYTES;
  }
  return process.resourceUsage().maxRSS * FROM_KILOBYTES;
}

async function prepared(task: string, file: string): Promise<() => unknown> {
  switch (task) {
    case 'tape': {
      const { parseJson } = await import('../../shared/json/parse.ts');
      return () => parseJson(readFileSync(file));
    }
    case 'open': {
      const { openSource } = await import('../../electron/core/sources/open-source.ts');
      return () => openSource(file);
    }
    case 'index': {
      const { buildIndex } = await import('../../electron/core/index/offset-index.ts');
      const { PlainFile } = await import('../../electron/core/files/random-access.ts');
      return async () => buildIndex(await PlainFile.open(file));
    }
    case 'json':
      return () => JSON.parse(readFileSync(file, 'utf8'));
    case 'gzip': {
      const { openGzip } = await import('../../electron/core/files/gzip-access.ts');
      const { PlainFile } = await import('../../electron/core/files/random-access.ts');
      return async () => {
        const access = await openGzip(await PlainFile.open(file), { location: file });
        for (let at = 0, read = 1; read > 0; at += read) read = (await access.read(at, at + 1e6)).length;
        return access;
      };
    }
    case 'gunzip':
      return async () => {
        let size = 0;
        await pipeline(createReadStream(file), createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
          for await (const chunk of chunks) size += chunk.length;
        });
        return size;
      };
    default:
      throw new Error(`no task ${task}`);
  }
}

const [task = '', file = ''] = process.argv.slice(2);
const work = await prepared(task, file);
const idle = process.memoryUsage().rss;
const kept = await work();
if (kept === undefined) throw new Error(`${task} gave nothing`);
console.log((peakBytes() - idle) / 1e6);
