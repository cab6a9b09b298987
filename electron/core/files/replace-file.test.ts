import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FilePath } from './file-path.ts';
import { isTemporaryName, nodeWriteSystem, replaceFile, type WriteSystem } from './replace-file.ts';

const OLD = Buffer.from('the old content, which is longer than the new');
const NEW = Buffer.from('the new content');

function folder(): string {
  const base = mkdtempSync(join(tmpdir(), 'statescope-test-'));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  return base;
}

function file(base: string): string {
  const path = join(base, 'state.json');
  writeFileSync(path, OLD);
  return path;
}

describe('replacing', () => {
  it('leaves the new content and nothing else', async () => {
    const base = folder();
    const path = file(base);
    await replaceFile(path, NEW);
    await replaceFile(join(base, 'another'), NEW);
    expect(readFileSync(path)).toEqual(NEW);
    expect(readdirSync(base)).toEqual(['another', 'state.json']);
  });

  it.skipIf(process.platform === 'win32')('keeps permissions, whatever the umask says', async () => {
    const path = file(folder());
    for (const mode of [0o600, 0o664, 0o444]) {
      chmodSync(path, mode);
      await replaceFile(path, NEW);
      expect(statSync(path).mode & 0o7777).toBe(mode);
    }
  });

  it.skipIf(process.platform === 'win32')('replaces what a link leads to, and the link stays', async () => {
    const base = folder();
    const path = file(base);
    mkdirSync(join(base, 'links'));
    symlinkSync('../state.json', join(base, 'links', 'one'));
    symlinkSync(join(base, 'links', 'one'), join(base, 'links', 'two'));
    await replaceFile(join(base, 'links', 'two'), NEW);
    expect(readFileSync(path)).toEqual(NEW);
    expect(lstatSync(join(base, 'links', 'two')).isSymbolicLink()).toBe(true);
    expect(readdirSync(join(base, 'links'))).toEqual(['one', 'two']);

    symlinkSync('loop', join(base, 'loop'));
    await expect(replaceFile(join(base, 'loop'), NEW)).rejects.toMatchObject({ code: 'unreadable' });
  });

  it.skipIf(process.platform !== 'linux')('takes names that are bytes, and the longest ones', async () => {
    const base = folder();
    for (const name of [Buffer.from([0x61, 0xff]), Buffer.from('x'.repeat(255))]) {
      const path = Buffer.concat([Buffer.from(`${base}/`), name]);
      await replaceFile(path, OLD);
      await replaceFile(path, NEW);
      expect(readFileSync(path)).toEqual(NEW);
    }
    expect(readdirSync(base)).toHaveLength(2);
  });

  it('sets the time of a file when asked to', async () => {
    const path = file(folder());
    await replaceFile(path, NEW, { modifiedMs: 1_757_491_200_250 });
    expect(statSync(path).mtimeMs).toBe(1_757_491_200_250);
  });
});

describe('what goes wrong', () => {
  const steps = ['create', 'write', 'setRights', 'sync', 'rename'] as const;
  const reasons = [
    ['ENOSPC', 'disk-full'],
    ['EDQUOT', 'disk-full'],
    ['EACCES', 'read-only'],
    ['EROFS', 'read-only'],
    ['EPERM', 'read-only'],
    ['EIO', 'unreadable'],
  ] as const;

  it.each(steps.flatMap((step) => reasons.map(([reason, code]) => [step, reason, code] as const)))(
    '%s fails with %s: the error is %s, the file is as it was, and nothing is left beside it',
    async (step, reason, code) => {
      const base = folder();
      const path = file(base);
      const system = failingAt(step, reason);
      await expect(replaceFile(path, NEW, { system })).rejects.toMatchObject({
        code,
        details: { location: path, reason },
      });
      expect(readFileSync(path)).toEqual(OLD);
      expect(readdirSync(base)).toEqual(['state.json']);
    },
  );

  it('a folder that is not there', async () => {
    await expect(replaceFile(join(folder(), 'no', 'x'), NEW)).rejects.toMatchObject({ code: 'unreadable' });
  });
});

describe('a power cut', () => {
  it.each([
    ['over a file', OLD],
    ['where nothing was', null],
  ])('%s: at any moment, and whatever was not synced is lost: old or new, whole', async (_, old) => {
    const base = folder();
    const path = old ? file(base) : join(base, 'state.json');
    const { system, calls } = recording();
    await replaceFile(path, NEW, { system });
    expect(calls.map(({ call }) => call)).toEqual([
      'create',
      'write',
      ...(old ? ['setRights'] : []),
      'sync',
      'rename',
      'syncFolder',
    ]);
    for (let count = 0; count <= calls.length; count++) {
      const allowed = count === calls.length ? [NEW.toString()] : [old?.toString() ?? null, NEW.toString()];
      for (const survivor of survivors(calls.slice(0, count), path, old)) {
        expect(allowed).toContain(survivor?.toString() ?? null);
      }
    }
  });

  it('the simulation finds the fault in a writer that syncs too late, and in one that writes in place', () => {
    const path = '/x';
    const tooLate: Call[] = [
      { call: 'create', path: '/t' },
      { call: 'write', path: '/t', bytes: NEW },
      { call: 'rename', path: '/t', to: path },
      { call: 'sync', path: '/t' },
    ];
    const inPlace: Call[] = [{ call: 'write', path, bytes: NEW }];
    for (const calls of [tooLate, inPlace]) {
      const found = calls.flatMap((_, at) => survivors(calls.slice(0, at + 1), path, OLD));
      expect(found.some((content) => content && !content.equals(OLD) && !content.equals(NEW))).toBe(true);
    }
  });
});

it('tells its temporary files from the files of others', () => {
  expect(isTemporaryName('.state.json.0123456789ab.tmp')).toBe(true);
  for (const name of ['state.json', '.state.json.tmp', 'x.0123456789ab.tmp', '.hidden'])
    expect(isTemporaryName(name)).toBe(false);
});

interface Call {
  readonly call: string;
  readonly path: string;
  readonly to?: string;
  readonly bytes?: Uint8Array;
}

/** The real system, and a list of the calls that were made to it. */
function recording(): { readonly system: WriteSystem; readonly calls: Call[] } {
  const calls: Call[] = [];
  const note = (call: string, path: FilePath, more: Partial<Call> = {}) =>
    calls.push({ call, path: path.toString(), ...more });
  const system: WriteSystem = {
    ...nodeWriteSystem,
    async create(path, mode) {
      note('create', path);
      const created = await nodeWriteSystem.create(path, mode);
      return {
        ...created,
        write: (bytes) => (note('write', path, { bytes }), created.write(bytes)),
        setRights: (rights) => (note('setRights', path), created.setRights(rights)),
        sync: () => (note('sync', path), created.sync()),
      };
    },
    rename: (from, to) => (note('rename', from, { to: to.toString() }), nodeWriteSystem.rename(from, to)),
    unlink: (path) => (note('unlink', path), nodeWriteSystem.unlink(path)),
    syncFolder: (path) => (note('syncFolder', path), nodeWriteSystem.syncFolder(path)),
  };
  return { system, calls };
}

function failingAt(step: string, reason: string): WriteSystem {
  const fail = async (): Promise<never> => {
    throw Object.assign(new Error(reason), { code: reason });
  };
  return {
    ...nodeWriteSystem,
    async create(path, mode) {
      if (step === 'create') return fail();
      const created = await nodeWriteSystem.create(path, mode);
      if (step === 'write') {
        // A full disk takes a part of it first.
        return { ...created, write: (bytes) => created.write(bytes.subarray(0, 3)).then(fail) };
      }
      return step === 'rename' ? created : { ...created, [step]: fail };
    },
    ...(step === 'rename' && { rename: fail }),
  };
}

/**
 * What `path` may hold after a power cut behind these calls. What was synced is there. Of a file's other content, nothing, a
 * part, zeros or all of it may be there; of the folder's other changes, any number in their order.
 */
function survivors(calls: readonly Call[], path: string, old: Buffer | null): (Buffer | null)[] {
  const durable = calls.findLastIndex(({ call }) => call === 'syncFolder') + 1;
  const results: (Buffer | null)[] = [];
  for (let entries = durable; entries <= calls.length; entries++) {
    const names = new Map<string, string | null>([[path, old ? 'old' : null]]);
    for (const { call, path: name, to } of calls.slice(0, entries)) {
      if (call === 'create') names.set(name, name);
      if (call === 'rename' && to !== undefined) {
        names.set(to, names.get(name) ?? null);
        names.delete(name);
      }
      if (call === 'write' && !names.has(name)) names.set(name, name);
    }
    const content = names.get(path) ?? null;
    if (content === null) results.push(null);
    else results.push(...contents(calls, content === 'old' ? path : content, content === 'old' ? old : null));
  }
  return results;
}

function contents(calls: readonly Call[], name: string, before: Buffer | null): Buffer[] {
  const written = calls.find(({ call, path }) => call === 'write' && path === name)?.bytes;
  if (!written) return [before ?? Buffer.alloc(0)];
  const all = Buffer.from(written);
  if (calls.some(({ call, path }) => call === 'sync' && path === name)) return [all];
  return [before ?? Buffer.alloc(0), all.subarray(0, all.length / 2), Buffer.alloc(all.length), all];
}
