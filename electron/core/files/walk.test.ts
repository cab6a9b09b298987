import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { childPath } from './file-path.ts';
import { walk } from './walk.ts';

function folder(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const base = mkdtempSync(join(tmpdir(), 'statescope-test-'));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(base, name)), { recursive: true });
    writeFileSync(join(base, name), content);
  }
  return base;
}

async function found(base: string, followLinks = false) {
  const { files, problems } = await walk(base, { followLinks });
  return {
    files: files.map(({ location, kind }) => `${location} ${kind}`),
    problems: problems.map(({ location, code }) => `${location} ${code}`),
  };
}

const SQLITE = Buffer.from('SQLite format 3\0 and more');

describe('which files are looked at', () => {
  it('JSON by name, databases and names without an extension by content, in subfolders too', async () => {
    const base = folder({
      'b.json': 'anything',
      'a.JSON.GZ': 'anything',
      'deep/er/c.json': '{}',
      'store.db': SQLITE,
      'store.sqlite3': SQLITE,
      'misnamed.db': ' {"a": 1}',
      session: '[1]',
      database: SQLITE,
      'notes.txt': '{}',
      README: 'text',
      'picture.png': SQLITE,
      'store.db-wal': 'x',
      'a.json.bak': '{}',
    });
    expect(await found(base)).toEqual({
      files: [
        'a.JSON.GZ json',
        'b.json json',
        'database sqlite',
        'deep/er/c.json json',
        'misnamed.db json',
        'session json',
        'store.db sqlite',
        'store.sqlite3 sqlite',
      ],
      problems: [],
    });
  });

  it('not what is hidden or belongs to tools', async () => {
    const base = folder({
      '.git/a.json': '{}',
      'node_modules/p/package.json': '{}',
      '.b.json': '{}',
      '__pycache__/c.json': '{}',
    });
    expect(await found(base)).toEqual({ files: [], problems: [] });
  });

  it('a file that is only named like a database is reported, but not those of the system', async () => {
    const base = folder({ 'a.db': 'text', 'b.sqlite': '', 'Thumbs.db': 'text' });
    expect(await found(base)).toEqual({ files: [], problems: ['a.db sqlite-corrupt', 'b.sqlite empty'] });
  });

  it.runIf(process.platform === 'linux')('names that are no UTF-8, and names with new lines', async () => {
    const base = folder({ 'two\nlines.json': '{}' });
    writeFileSync(childPath(base, Buffer.from('caf\xe9.json', 'latin1')), '{}');
    expect((await found(base)).files).toEqual(['caf\\xe9.json json', 'two\nlines.json json']);
  });
});

describe.skipIf(process.platform === 'win32')('symbolic links', () => {
  it('that lead out of the folder are reported, and followed only when asked', async () => {
    const outside = folder({ 'secret.json': '{}', 'sub/x.json': '{}' });
    const base = folder({ 'own.json': '{}' });
    symlinkSync(join(outside, 'secret.json'), join(base, 'link.json'));
    symlinkSync(join(outside, 'sub'), join(base, 'linked'));
    symlinkSync(join(outside, 'secret.json'), join(base, 'irrelevant.txt'));
    expect(await found(base)).toEqual({
      files: ['own.json json'],
      problems: ['link.json symlink-outside', 'linked symlink-outside'],
    });
    const { problems } = await walk(base, { followLinks: false });
    expect(problems[0]).toMatchObject({ severity: 'warning', details: { target: join(outside, 'secret.json') } });
    expect(await found(base, true)).toEqual({
      files: ['link.json json', 'linked/x.json json', 'own.json json'],
      problems: [],
    });
  });

  it('to a folder whose name begins alike lead out, too', async () => {
    const base = folder({ 'own.json': '{}' });
    mkdirSync(`${base}-other`);
    onTestFinished(() => rmSync(`${base}-other`, { recursive: true }));
    symlinkSync(`${base}-other`, join(base, 'linked'));
    expect((await found(base)).problems).toEqual(['linked symlink-outside']);
  });

  it('within the folder are followed, to folders only once', async () => {
    const base = folder({ 'real/a.json': '{}' });
    symlinkSync(join(base, 'real'), join(base, 'again'));
    symlinkSync('real/a.json', join(base, 'latest.json'));
    expect(await found(base)).toEqual({ files: ['latest.json json', 'real/a.json json'], problems: [] });
  });

  it('that are broken or lead in circles are reported and end', async () => {
    const base = folder({ 'sub/a.json': '{}' });
    symlinkSync('nowhere.json', join(base, 'gone.json'));
    symlinkSync('self.json', join(base, 'self.json'));
    symlinkSync('..', join(base, 'sub', 'parent'));
    expect(await found(base)).toEqual({
      files: ['sub/a.json json'],
      problems: ['gone.json symlink-broken', 'self.json symlink-broken'],
    });
  });

  it('through which the folder itself is named are no matter', async () => {
    const base = folder({ 'a.json': '{}' });
    const place = folder();
    symlinkSync(base, join(place, 'link'));
    expect((await found(join(place, 'link'))).files).toEqual(['a.json json']);
  });
});

it('stops for a signal', async () => {
  await expect(walk(folder(), { followLinks: false, signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
});
