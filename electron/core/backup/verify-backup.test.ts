import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openSource } from '../sources/open-source.ts';
import { SourceError } from '../sources/source-error.ts';
import { opened, temporaryFolder, write } from '../sources/test-support.ts';
import { agentFolder, backupOf, failureOf, valuesOf } from './backup-test-support.ts';
import { createBackup } from './create-backup.ts';
import { verifyBackup } from './verify-backup.ts';

const PYTHON = fileURLToPath(new URL('./fixtures/document-backup.json', import.meta.url));
const STATES = 60;

/** Codes of what is wrong with a file; `refused` when it is not even looked at. */
async function codesOf(file: string, passphrase?: string): Promise<readonly string[]> {
  try {
    const { ok, problems } = await verifyBackup(file, { passphrase });
    expect(ok).toBe(!problems.some(({ severity }) => severity === 'error'));
    return problems.map(({ code }) => code);
  } catch (error) {
    expect(error).toBeInstanceOf(SourceError);
    return ['refused'];
  }
}

/** Bytes of a packed backup of less than a MiB that hold bits of no meaning. */
const FILLED_FROM_END = [9, 15];

describe('a damaged backup', () => {
  test('cut at every 1,000th byte: the states before the cut are readable, the cut is named, and it does not verify', async () => {
    const file = await backupOf({ location: agentFolder(STATES) });
    const text = readFileSync(file);
    const whole = await opened(file);
    const placeOf = new Map<string, number>();
    for (const { key } of whole.entries) {
      const name = Buffer.from(`    ${JSON.stringify(key)}: `);
      placeOf.set(
        key,
        text.indexOf(name, text.indexOf('"states": {')) + name.length + (await whole.read(key)).bytes.length,
      );
    }
    const statesAt = text.indexOf('"states": {');
    const cut = join(temporaryFolder(), 'cut.json');
    for (let end = 1000; end < text.length; end += 1000) {
      writeFileSync(cut, text.subarray(0, end));
      const report = await verifyBackup(cut).catch(() => null);
      expect(report?.ok ?? false, `cut at ${end}`).toBe(false);
      if (end < statesAt) continue;
      const told = report?.problems.find(({ code }) => code === 'cut-off');
      expect(told?.offset, `cut at ${end}`).toBe(end);
      const before = [...placeOf].filter(([, place]) => place <= end).map(([key]) => key);
      expect(report?.sound).toBe(before.length);
      const source = await openSource(cut);
      for (const key of before) {
        expect(Buffer.from((await source.read(key)).bytes).equals((await whole.read(key)).bytes), key).toBe(true);
      }
      expect(source.problems.length).toBeGreaterThan(0);
      await source.close();
    }
  });

  test('one bit flipped in each of 1,000 places is detected, or harms no state', async () => {
    const file = await backupOf({ location: agentFolder(15) });
    const text = readFileSync(file);
    const values = await valuesOf(await opened(file));
    const flipped = join(temporaryFolder(), 'flipped.json');
    let harmless = 0;
    for (let place = 0; place < 1000; place++) {
      const at = Math.floor((text.length * place) / 1000);
      const bytes = Buffer.from(text);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (place % 8));
      writeFileSync(flipped, bytes);
      if ((await codesOf(flipped)).length > 0) continue;
      harmless++;
      const source = await openSource(flipped);
      expect(await valuesOf(source), `byte ${at}`).toEqual(values);
      await source.close();
    }
    // White space between the states: a space becomes a tab or a line break, if anything.
    expect(harmless).toBeLessThan(60);
  });

  test.each([
    ['a packed', { file: 'b.json.gz' }, undefined],
    ['an encrypted', { file: 'b.statescope', gzip: true, passphrase: 'p' }, 'p'],
  ] as const)(
    'one bit flipped in any place of %s one is detected',
    async (_name, { file: name, ...how }, passphrase) => {
      const folder = temporaryFolder();
      const file = await backupOf({ location: agentFolder(8), ...how, file: join(folder, name) });
      const text = readFileSync(file);
      const values = await valuesOf(await opened(file, { secret: passphrase }));
      const flipped = join(folder, 'flipped');
      // Each opening of an encrypted one costs 0.1 s; encrypted-access.test.ts flips a thousand of its bits.
      const places = passphrase === undefined ? 150 : 8;
      for (let place = 0; place < places; place++) {
        const at = Math.floor((text.length * (place + 0.5)) / places);
        const bytes = Buffer.from(text);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (place % 8));
        writeFileSync(flipped, bytes);
        if ((await codesOf(flipped, passphrase)).length > 0) continue;
        // What gzip does not check: the time and the system in its header, and the bits that fill a byte up before the text is
        // flushed, and at its end (the two bytes of that, then the trailer of 8).
        expect(passphrase).toBeUndefined();
        if (!FILLED_FROM_END.includes(text.length - at)) expect(at).toBeLessThan(10);
        expect(await valuesOf(await opened(flipped)), `byte ${at}`).toEqual(values);
      }
    },
  );

  test('a state that is missing, one that was added, one that is another one, and one that is there twice are told', async () => {
    const file = await backupOf({ location: agentFolder(3), only: ['agent:plain-*'] });
    const text = readFileSync(file, 'utf8');
    const change = (from: string | RegExp, to: string) => {
      expect(text.search(from)).toBeGreaterThan(0);
      return write(temporaryFolder(), 'b.json', text.replace(from, to));
    };
    const last = /,\n {4}"agent:plain-2": .*\n/;
    expect(await codesOf(change(last, '\n'))).toEqual(['state-missing', 'wrong-count']);
    expect(await codesOf(change(last, (last.exec(text)?.[0] ?? '').replace('plain-2', 'plain-9')))).toEqual([
      'state-unknown',
      'state-missing',
    ]);
    expect(await codesOf(change('hello 1', 'hallo 1'))).toEqual(['state-checksum']);
    expect(await codesOf(change('"backup_name": "', '"backup_name": "not '))).toEqual(['whole-checksum']);
    const twice = await verifyBackup(change(last, `${(last.exec(text)?.[0] ?? '').trimEnd().repeat(2)}\n`));
    expect(twice.problems.map(({ code, key }) => [code, key])).toEqual([
      ['duplicate-key', 'agent:plain-2'],
      ['wrong-count', null],
    ]);
  });

  test('only what was asked for is verified', async () => {
    const file = await backupOf({ location: agentFolder(3) });
    writeFileSync(file, readFileSync(file, 'utf8').replace('hello 1', 'hallo 1'));
    expect(await verifyBackup(file, { keys: ['agent:plain-0'] })).toMatchObject({ ok: true, sound: 1 });
    const report = await verifyBackup(file, { keys: ['agent:plain-1', 'agent:nobody'] });
    expect(report.problems.map(({ code, key }) => [code, key])).toEqual([['state-checksum', 'agent:plain-1']]);
  });
});

describe('a backup of another program', () => {
  test('by the program of the design document can be read, and has nothing to be verified against', async () => {
    const report = await verifyBackup(PYTHON);
    expect(report).toMatchObject({ ok: true, against: 'nothing', states: 3, sound: 3, problems: [] });
    expect(report.info).toMatchObject({
      name: 'backup_20250910_080000',
      createdAt: '2025-09-10T08:00:00.123456',
      origin: null,
      checksums: false,
      newer: false,
    });
    const source = await opened(PYTHON);
    expect(source.entries.map(({ key, status }) => [key, status])).toEqual([
      ['agent:planner', 'busy'],
      ['session:9f', null],
      ['state:global', null],
    ]);
    expect(Buffer.from((await source.read('agent:planner')).bytes).toString()).toContain('12345678901234567890');
  });

  test('a backup of such a backup has checksums, and the same states', async () => {
    const file = await backupOf({ location: PYTHON });
    expect(await verifyBackup(file)).toMatchObject({ ok: true, against: 'checksums', states: 3 });
    expect([...(await valuesOf(await opened(file)))]).toEqual([...(await valuesOf(await opened(PYTHON)))]);
  });

  test('that is newer is read and warned of, and what is not known of its metadata is kept and shown', async () => {
    const text = '{"metadata":{"backup_name":"n","version":"2.3","shards":[1,2]},"states":{"agent:a":{"v":1}}}';
    const report = await verifyBackup(write(temporaryFolder(), 'b.json', text));
    expect(report).toMatchObject({ ok: true, sound: 1, info: { newer: true, version: '2.3' } });
    expect(report.problems.map(({ code, severity }) => [code, severity])).toEqual([['newer-version', 'warning']]);
    expect(report.info.others).toEqual([{ name: 'shards', text: '[1,2]' }]);
  });

  test('with the states first, and none with neither', async () => {
    const folder = temporaryFolder();
    const first = write(
      folder,
      'a.json',
      '{"states":{"agent:a":{"v":1}},"metadata":{"backup_name":"n","total_states":2}}',
    );
    expect(await verifyBackup(first)).toMatchObject({ info: { name: 'n' }, problems: [{ code: 'wrong-count' }] });
    const none = write(folder, 'b.json', '{"messages":[]}');
    expect((await failureOf(verifyBackup(none))).code).toBe('no-backup');
  });

  test('that unpacks to far more than it can be is refused', async () => {
    const states = Buffer.alloc(80 << 20, 0x20);
    const bomb = gzipSync(Buffer.concat([Buffer.from('{"metadata":{},"states":{'), states, Buffer.from('}}')]));
    const file = write(temporaryFolder(), 'bomb.json.gz', bomb);
    expect((await codesOf(file)).length).toBeGreaterThan(0);
  });
});

test('verifying is heard out between two states: it stops when told', async () => {
  const file = await backupOf({ location: agentFolder(200) });
  const stop = new AbortController();
  const run = { signal: stop.signal, onProgress: ({ key }: { key: string }) => key !== '' && stop.abort() };
  expect((await failureOf(verifyBackup(file, {}, run))).code).toBe('cancelled');
});

test('the checksum of the whole is what Python makes of the metadata', async () => {
  if (spawnSync('python3', ['--version']).status !== 0) return;
  const source = await opened(agentFolder(2));
  const file = join(temporaryFolder(), 'b.json');
  await createBackup(source, { file, origin: 'automatic', name: 'nächtlich' });
  const program = `
import hashlib, json, sys
text = open(sys.argv[1], encoding="utf-8").read()
metadata = json.loads(text)["metadata"]
whole = metadata.pop("checksum")["whole"]
canonical = json.dumps(metadata, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
print(hashlib.sha256(canonical.encode()).hexdigest() == whole)`;
  expect(spawnSync('python3', ['-c', program, file], { encoding: 'utf8' }).stdout.trim()).toBe('True');
});
