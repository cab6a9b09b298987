import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { failure, keys, opened, temporaryFolder, text, write } from './test-support.ts';

const fixtures = new URL('../../../shared/state/fixtures/pickles.json', import.meta.url);
const { pickles } = JSON.parse(readFileSync(fixtures, 'utf8')) as { pickles: Record<string, string[]> };

/** What python3 wrote with this protocol. */
function pickle(name: string, protocol: number): Buffer {
  return Buffer.from(pickles[name]?.[protocol] ?? '', 'hex');
}

describe('a pickle', () => {
  test.each([2, 3, 4, 5])('of protocol %i is told by its content, whatever its name', async (protocol) => {
    const folder = temporaryFolder();
    const source = await opened(write(folder, 'agent.bin', pickle('object', protocol)));
    expect(source).toMatchObject({ format: 'pickle', problems: [] });
    expect(source.entries).toMatchObject([{ key: 'file:agent', kind: 'file', type: '__main__.Agent' }]);
    expect(JSON.parse(await text(source, 'file:agent'))).toMatchObject({
      __pickle_class__: '__main__.Agent',
      state: { name: 'planner' },
    });
  });

  test.each([0, 1])('of protocol %i is told by the ending of its name only', async (protocol) => {
    const folder = temporaryFolder();
    const source = await opened(write(folder, 'agent.pkl', pickle('sets', protocol)));
    expect(source.format).toBe('pickle');
    expect((await failure(opened(write(folder, 'agent', pickle('sets', protocol))))).code).toBe('not-json');
  });

  test('is unpacked, and JSON that is named like one stays JSON', async () => {
    const folder = temporaryFolder();
    const packed = await opened(write(folder, 'a.pkl.gz', gzipSync(pickle('plain', 4))));
    expect(packed).toMatchObject({ format: 'pickle', problems: [] });
    expect(await opened(write(folder, 'b.pkl', '{"a": 553.0}'))).toMatchObject({ format: 'json' });
  });

  test('is read among the files of a folder; a damaged one is a problem there, and an error by itself', async () => {
    const folder = temporaryFolder();
    write(folder, 'a.json', '{"a": 1}');
    write(folder, 'b.pkl', pickle('object', 4));
    write(folder, 'c.pickle', Buffer.concat([pickle('sets', 5), pickle('sets', 5)]));
    const cut = write(folder, 'cut.pkl', pickle('object', 4).subarray(0, -4));
    const source = await opened(folder);
    expect(keys(source)).toEqual(['file:a', 'file:b', 'file:c']);
    expect(source.problems).toMatchObject([
      { location: 'cut.pkl', code: 'pickle-invalid', key: null },
      { location: 'c.pickle', code: 'trailing-garbage', severity: 'warning', offset: pickle('sets', 5).length },
    ]);
    expect(await failure(opened(cut))).toMatchObject({
      code: 'pickle-invalid',
      message: expect.stringContaining('cut.pkl') as string,
    });
  });

  test('that grows beyond bounds is refused with a text of its own', async () => {
    const doubling = Array.from({ length: 60 }, (_, at) => {
      const [inner, outer] = [at, at + 1].map((index) => index.toString(16).padStart(2, '0'));
      return `5d71${outer}2868${inner}68${inner}65`;
    });
    const bomb = Buffer.from(`80025d7100${doubling.join('')}2e`, 'hex');
    const { code, message } = await failure(opened(write(temporaryFolder(), 'bomb.pkl', bomb)));
    expect({ code, told: message.includes('bomb.pkl') }).toEqual({ code: 'pickle-too-large', told: true });
  });

  test('that changed since it was opened is shown as it is now, and said to have changed', async () => {
    const path = write(temporaryFolder(), 'a.pkl', pickle('object', 4));
    const source = await opened(path);
    writeFileSync(path, pickle('sets', 4));
    const { bytes, problems } = await source.read('file:a');
    expect(Buffer.from(bytes).toString()).toContain('frozenset');
    expect(problems).toMatchObject([{ code: 'changed-while-read' }]);
    appendFileSync(path, 'x');
    expect((await source.read('file:a')).problems).toHaveLength(2);
  });

  test('is never written', async () => {
    const folder = temporaryFolder();
    const path = write(folder, 'a.pkl', pickle('plain', 4));
    write(folder, 'b.json', '{}');
    const writer = (await opened(folder)).writer({ safetyFolder: temporaryFolder() });
    if (typeof writer === 'string') throw new Error('the JSON file beside it may be written');
    expect([writer.refusal('file:a'), writer.refusal('file:b')]).toEqual(['format', null]);
    await expect(writer.replace('file:a', Buffer.from('{}'), { kind: 'any' })).rejects.toMatchObject({
      code: 'not-writable',
    });
    await expect(writer.remove('file:a', { kind: 'any' })).rejects.toMatchObject({ code: 'not-writable' });
    expect(readFileSync(path).equals(pickle('plain', 4))).toBe(true);
  });

  test('runs nothing', async () => {
    const folder = temporaryFolder();
    const source = await opened(write(folder, 'evil.pkl', pickle('evil', 4)));
    expect(await text(source, 'file:evil')).toMatch(/"__pickle_class__":"(posix|nt)\.system"/);
    expect(join(folder, 'evil.pkl')).toBe(source.location);
  });
});
