/** A store as the window and the command line open it: by the readers of folders, which know of it by its files alone. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { compareCodePoints } from '../../../shared/state/canonical.ts';
import { openSource } from '../sources/open-source.ts';
import { codes, failure, keys, opened, temporaryFolder, text, write } from '../sources/test-support.ts';
import { ANY, type StateBackend } from './backend.ts';
import { HOSTILE_IDS, recordOf } from './behaviour-suite.ts';
import { openFilesystemBackend } from './filesystem-backend.ts';

async function store(basePath: string, passphrase: string | null = null): Promise<StateBackend> {
  const backend = await openFilesystemBackend({ basePath, compression: true, passphrase });
  onTestFinished(() => backend.close());
  return backend;
}

describe('reading a store as a folder', () => {
  it('states under any id are listed under their keys, and copies are not', async () => {
    const base = temporaryFolder();
    const backend = await store(base);
    for (const id of HOSTILE_IDS) {
      await backend.save(`agent:${id}`, recordOf('1'), ANY);
      await backend.save(`agent:${id}`, recordOf(JSON.stringify(id)), ANY);
    }
    await backend.save('backups:x', recordOf('2'), ANY);
    write(base, 'agents/.planner.json.0123456789ab.tmp', 'half of a sta');
    const source = await opened(base);
    expect(source.problems).toEqual([]);
    expect(keys(source).toSorted(compareCodePoints)).toEqual(await backend.list());
    expect(JSON.parse(await text(source, 'agent:../../etc/passwd'))).toMatchObject({ state_data: '../../etc/passwd' });
  });

  it('copies are told by their names where there is no category that the design names', async () => {
    const base = temporaryFolder();
    const backend = await store(base);
    await backend.save('note:a', recordOf('1'), ANY);
    await backend.save('note:a', recordOf('2'), ANY);
    expect(keys(await opened(base))).toEqual(['note:a']);
  });

  it('encrypted files are named as such', async () => {
    const base = temporaryFolder();
    await (await store(base, 'secret')).save('agent:hidden', recordOf('1'), ANY);
    expect(await failure(openSource(base))).toMatchObject({ code: 'secret-needed' });
    write(base, 'agents/plain.json', '{"__type__": "t", "state_data": 1}');
    const source = await opened(base);
    expect(keys(source)).toEqual(['agent:plain']);
    expect(codes(source)).toEqual(['encrypted']);
    const { location } = (await (await store(base, 'secret')).info('agent:hidden')) ?? { location: '' };
    expect(await failure(openSource(location))).toMatchObject({ code: 'secret-needed' });
  });
});
