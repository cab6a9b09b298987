/** For the tests of backups: a store with awkward states, and backups of it. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parseJson } from '../../../shared/json/parse.ts';
import { canonicalChecksum } from '../../../shared/state/checksum.ts';
import { openSource } from '../sources/open-source.ts';
import type { Source } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import { temporaryFolder, write } from '../sources/test-support.ts';
import { createBackup } from './create-backup.ts';
import type { BackupOptions } from './model.ts';

/** Texts that do not survive a parser that makes objects of them. */
export const AWKWARD: Readonly<Record<string, string>> = {
  numbers: '{"a": 553.0, "b": 12345678901234567890, "c": 1e400, "d": -0, "e": NaN}',
  names: '{"x": 1, "x": 2, "__proto__": {"y": 3}, "": null}',
  strings: '{"lone": "\\ud800", "escaped": "\\u00e9é\\/", "emoji": "🙂"}',
  spaces: '{\n\t"a" :  [ ]\r\n}',
};

const ENVELOPED =
  '{"__type__":"AgentState","__version__":"1.0","__timestamp__":"2026-01-01T00:00:00Z","state_data":{"agent_id":"enveloped"}}';

/** A folder of agents in the design's layout, `more` plain ones beside the awkward. */
export function agentFolder(more = 3): string {
  const folder = temporaryFolder();
  write(folder, 'agents/enveloped.json', ENVELOPED);
  for (const [name, text] of Object.entries(AWKWARD)) write(folder, `agents/${name}.json`, text);
  for (let at = 0; at < more; at++) write(folder, `agents/plain-${at}.json`, plainState(at));
  return folder;
}

export function plainState(at: number, text = 'hello'): string {
  return JSON.stringify({ agent_id: `plain-${at}`, turns: at, memory: [{ role: 'user', content: `${text} ${at}` }] });
}

export interface BackupOf extends Partial<BackupOptions> {
  readonly location: string;
}

/** The path of a new backup of what lies at a location. */
export async function backupOf({ location, file = join(temporaryFolder(), 'b.json'), ...options }: BackupOf) {
  const source = await openSource(location);
  try {
    await createBackup(source, { file, origin: 'manual', ...options });
    return file;
  } finally {
    await source.close();
  }
}

/** Every state of a source by its key, as its canonical checksum; null for one that is not whole. */
export async function valuesOf(source: Source): Promise<ReadonlyMap<string, string | null>> {
  const values = new Map<string, string | null>();
  for (const { key } of source.entries) {
    const { document } = parseJson((await source.read(key)).bytes);
    values.set(key, document === null || document.isIncomplete(0) ? null : canonicalChecksum(document));
  }
  return values;
}

export async function openedFor(location: string, secret?: string): Promise<Source> {
  const source = await openSource(location, { secret });
  onTestFinished(() => source.close());
  return source;
}

export async function failureOf(work: Promise<unknown>): Promise<SourceError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof SourceError) return error;
  throw new Error(`it did not fail as it should: ${String(error)}`);
}
