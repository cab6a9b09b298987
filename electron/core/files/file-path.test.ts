import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, assert, constantFrom, oneof, property, uint8Array } from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { childPath, findByReadablePath, readableName } from './file-path.ts';

describe('readableName', () => {
  it('leaves UTF-8 as it is, new lines too', () => {
    for (const name of ['plan.json', '会话 🚄.json', 'two\nlines.json', 'back\\slash']) {
      expect(readableName(Buffer.from(name))).toBe(name);
    }
  });

  it('shows bytes that are no UTF-8 as escapes', () => {
    expect(readableName(Buffer.from([0x61, 0xed, 0xa0, 0xbd, 0x62]))).toBe('a\\xed\\xa0\\xbdb');
    expect(readableName(Buffer.from('caf\xe9', 'latin1'))).toBe('caf\\xe9');
    expect(readableName(Buffer.from('会\xff', 'latin1'))).not.toContain('�');
  });

  it('never reads alike for two names', () => {
    const name = uint8Array({ minLength: 1, maxLength: 12 }).map((bytes) => Buffer.from(bytes));
    const tricky = array(constantFrom('\\xff', '\\', 'x', 'f', 'é', '\xff'), { maxLength: 6 });
    const names = oneof(
      name,
      tricky.map((parts) => Buffer.from(parts.join(''), 'latin1')),
    );
    assert(
      property(names, names, (a, b) => {
        expect(readableName(a) === readableName(b)).toBe(a.equals(b));
      }),
    );
  });
});

describe.runIf(process.platform === 'linux')('findByReadablePath', () => {
  const name = Buffer.from([...Buffer.from('half-'), 0xed, 0xa0, 0xbd, ...Buffer.from('.json')]);

  async function folderWithName(): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), 'statescope-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(childPath(folder, name), '{}');
    return folder;
  }

  it('finds the file that a command line can only name with U+FFFD', async () => {
    const folder = await folderWithName();
    const found = await findByReadablePath(join(folder, name.toString()));
    expect(found === null ? '' : await readFile(found, 'utf8')).toBe('{}');
  });

  it('finds the file by the form that is shown for it', async () => {
    const folder = await folderWithName();
    const found = await findByReadablePath(join(folder, readableName(name)));
    expect(found === null ? '' : await readFile(found, 'utf8')).toBe('{}');
  });

  it('finds nothing where the name could mean two files, or none', async () => {
    const folder = await folderWithName();
    expect(await findByReadablePath(join(folder, 'other�.json'))).toBeNull();
    writeFileSync(
      childPath(folder, Buffer.from([...Buffer.from('half-'), 0xed, 0xa0, 0xbe, ...Buffer.from('.json')])),
      '{}',
    );
    expect(await findByReadablePath(join(folder, name.toString()))).toBeNull();
  });
});
