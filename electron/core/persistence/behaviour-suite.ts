/** What every backend does, whatever keeps the states: imported by the test of each. */
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseJson } from '../../../shared/json/parse.ts';
import { canonicalJson, compareCodePoints } from '../../../shared/state/canonical.ts';
import { SourceError } from '../sources/source-error.ts';
import {
  ABSENT,
  ANY,
  type Changed,
  type Found,
  revisionOf,
  type Saved,
  type StateBackend,
  type StateInfo,
  type StateRecord,
} from './backend.ts';

/** A store that holds nothing yet. */
export interface BackendUnderTest {
  readonly backend: StateBackend;
  /** Another client of the same store, as another process would be; `dispose` closes it, too. */
  second(): Promise<StateBackend>;
  /** Puts something under the key that is no state, behind the backend's back. Absent where that cannot be. */
  damage?(key: string): Promise<void>;
  /** Closes every client and removes the store. */
  dispose(): Promise<void>;
}

/** What is only handed on is asked of the backend behind it. */
const handedOn = (_name: string, _tests: () => void): void => undefined;

export interface BackendTraits {
  /** JSON texts come back as they were handed in. PostgreSQL's JSONB keeps their meaning only. */
  readonly bytesKept: boolean;
  /** A client that opens the store later finds what is in it. */
  readonly persistent: boolean;
  /** A timestamp without a zone stays without one; a column TIMESTAMP WITH TIME ZONE makes UTC of it. Yes, when absent. */
  readonly naiveKept?: boolean;
  /** It is in front of a backend that the suite asks itself about ids and watching, which it only hands on. No, when absent. */
  readonly inFront?: boolean;
  /** Characters of an id; a longer one is refused. Any number, when absent. */
  readonly longestId?: number;
}

export const HOSTILE_IDS = [
  '',
  ' ',
  '.',
  '..',
  '../../etc/passwd',
  '/etc/passwd',
  '..\\..\\windows',
  'CON',
  'con.json',
  'aux.txt',
  'LPT1',
  'a:b',
  'a|b?c*d"e<f>',
  'trailing dot.',
  'trailing space ',
  '.hidden',
  '~',
  '%41',
  '%',
  '100%',
  '%%41%',
  'A',
  'a',
  'Planner',
  'planner',
  '\u00e9',
  'e\u0301',
  'ß',
  '计划',
  '🧠🔧',
  '👩‍👩‍👧',
  '\u{10ffff}',
  'line\nbreak',
  'tab\tand\u007f',
  '\u202etxt.exe',
  'x.json',
  'x.json.gz',
  'x',
  '__proto__',
  'constructor',
  "'; DROP TABLE states; --",
  '%_\\',
  'x'.repeat(300),
  '计'.repeat(300),
  `${'long/'.repeat(80)}end`,
];

const HOSTILE_KINDS = [
  'agent',
  'session',
  'note',
  '../up',
  'CON',
  'backups',
  '.statescope',
  '__proto__',
  'Note',
  'a/b',
];

const text = (bytes: Uint8Array | null): string | null => bytes && Buffer.from(bytes).toString();

export function recordOf(json: string | Uint8Array, given: Partial<StateRecord> = {}): StateRecord {
  const stateData = typeof json === 'string' ? Buffer.from(json) : json;
  return { type: 'agents.AgentStateModule', version: '1.0.0', timestamp: null, stateData, metadata: null, ...given };
}

export function describeBackend(
  name: string,
  make: () => Promise<BackendUnderTest>,
  { bytesKept, persistent, naiveKept = true, longestId = Infinity, inFront = false }: BackendTraits,
): void {
  describe(name, () => {
    let store: BackendUnderTest;
    let backend: StateBackend;

    beforeEach(async () => {
      store = await make();
      backend = store.backend;
    });
    afterEach(() => store.dispose());

    async function saved(key: string, json = '{"n": 1}', given: Partial<StateRecord> = {}): Promise<Saved> {
      const result = await backend.save(key, recordOf(json, given), ANY);
      if (result.status !== 'saved') throw new Error(`${key}: ${result.status}`);
      return result;
    }

    async function found(key: string, from = backend): Promise<Found> {
      const result = await from.load(key);
      if (result.status !== 'found') throw new Error(`${key}: ${result.status}`);
      return result;
    }

    const dataOf = async (key: string) => text((await found(key)).record.stateData);

    async function infoOf(key: string): Promise<StateInfo> {
      const info = await backend.info(key);
      if (info === null) throw new Error(`${key} has no info`);
      return info;
    }

    async function trashed(key: string): Promise<string> {
      const result = await backend.delete(key, ANY);
      if (result.status !== 'deleted') throw new Error(`${key}: ${result.status}`);
      return result.trash;
    }

    describe('what is saved is what is loaded', () => {
      it('data and metadata keep their text, or their meaning where the backend cannot', async () => {
        await fc.assert(
          fc.asyncProperty(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()), async (data, metadata) => {
            const given = [encode(data), encode(metadata)] as const;
            await backend.save('agent:any', recordOf(given[0], { metadata: given[1] }), ANY);
            const { record } = await found('agent:any');
            expectSame(record.stateData, given[0], bytesKept);
            expectSame(record.metadata, given[1], bytesKept);
          }),
          { numRuns: 20 },
        );
      });

      it.each([
        '{"b": 1.0, "a": [12345678901234567890, -0.0, 1E5 ]}',
        '"\\ud83d\\ude00 \\/ é"',
        'null',
        '{"__proto__": {"x": 1}, "constructor": 2}',
        '[]',
      ])('%s', async (json) => {
        await saved('agent:a', json);
        expectSame((await found('agent:a')).record.stateData, Buffer.from(json), bytesKept);
      });

      it.each([
        ['a member twice', '{"a": 1, "a": 2}'],
        ['a number beyond every double', '[1e400]'],
        ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
        ['10,000 levels', '['.repeat(10_000) + ']'.repeat(10_000)],
      ])('%s: kept, or refused and nothing changed', async (_, json) => {
        await saved('agent:a', '"before"');
        const record = recordOf(json);
        const problem = await refusal(backend.save('agent:a', record, ANY));
        if (problem === null) expectSame((await found('agent:a')).record.stateData, record.stateData, bytesKept);
        else {
          expect(problem.code).toBe('unsupported-value');
          expect(await dataOf('agent:a')).toBe('"before"');
        }
      });

      it.each(['[NaN]', '[-Infinity]', '"\\ud800"', '{"\\udc00": 1}', '"nul \\u0000"'])(
        `${bytesKept ? 'kept' : 'refused'}: %s`,
        async (json) => {
          const problem = await refusal(backend.save('agent:a', recordOf(json), ABSENT));
          if (bytesKept) expect(await dataOf('agent:a')).toBe(json);
          else {
            expect(problem?.code).toBe('unsupported-value');
            expect(await backend.exists('agent:a')).toBe(false);
          }
        },
      );

      it.each(['', '{', '1 2', 'nonsense'])('what is not one JSON value is refused: %j', async (json) => {
        expect((await refusal(backend.save('agent:a', recordOf(json), ANY)))?.code).toBe('unsupported-value');
        const metadata = Buffer.from(json);
        expect((await refusal(backend.save('agent:a', recordOf('1', { metadata }), ANY)))?.code).toBe(
          'unsupported-value',
        );
        expect(await backend.exists('agent:a')).toBe(false);
      });

      it('type and version are any text', async () => {
        for (const type of ['', 'agents.AgentStateModule', '智能体 "quoted"\\']) {
          await saved('agent:a', '1', { type, version: `v${type}` });
          expect((await found('agent:a')).record).toMatchObject({ type, version: `v${type}` });
          expect(await infoOf('agent:a')).toMatchObject({ type, version: `v${type}` });
        }
      });

      it('metadata null keeps what is stored, and a deleted state takes its metadata along', async () => {
        const metadata = Buffer.from('{"tags":["kept"]}');
        await saved('agent:a', '1', { metadata });
        await saved('agent:a', '2');
        expectSame((await found('agent:a')).record.metadata, metadata, bytesKept);
        await backend.delete('agent:a', ANY);
        await saved('agent:a', '3');
        expect((await found('agent:a')).record.metadata).toBeNull();
      });

      it('a time with a zone stays that moment, a naive one stays naive, null becomes now', async () => {
        await saved('agent:a', '1', { timestamp: '2025-09-10T10:00:00.250+02:00' });
        const zoned = (await found('agent:a')).record.timestamp ?? '';
        expect(zoned).toMatch(/(Z|[+-]\d\d:\d\d)$/);
        expect(Date.parse(zoned)).toBe(Date.parse('2025-09-10T08:00:00.250Z'));
        expect((await infoOf('agent:a')).updatedAt).toBe('2025-09-10T08:00:00.250Z');

        await saved('agent:a', '1', { timestamp: '2025-09-10T10:00:00.250000' });
        const zone = naiveKept ? '' : 'Z';
        expect((await found('agent:a')).record.timestamp).toMatch(
          new RegExp(`^2025-09-10T10:00:00\\.250(000)?${zone}$`),
        );

        const before = Date.now();
        await saved('agent:a', '1');
        const { updatedAt } = await infoOf('agent:a');
        expect(updatedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        // A database may have a clock of its own.
        expect(Math.abs(Date.parse(updatedAt) - before)).toBeLessThan(60_000);
        expect(Date.parse((await found('agent:a')).record.timestamp ?? '')).toBe(Date.parse(updatedAt));
      });

      it('the time of creation survives overwriting', async () => {
        await saved('agent:a', '1');
        const { createdAt } = await infoOf('agent:a');
        await new Promise((resolve) => setTimeout(resolve, 20));
        await saved('agent:a', '2');
        expect((await infoOf('agent:a')).createdAt).toBe(createdAt);
      });

      it('the second client sees it', async () => {
        const second = await store.second();
        await saved('agent:a', '"seen"');
        expect(text((await found('agent:a', second)).record.stateData)).toBe('"seen"');
        expect(await second.list()).toEqual(['agent:a']);
      });

      it.runIf(persistent)('and so does a client that opens the store when the first is closed', async () => {
        await saved('agent:a', '1');
        const { replaced } = await saved('agent:a', '2');
        await backend.close();
        const later = await store.second();
        expect(text((await found('agent:a', later)).record.stateData)).toBe('2');
        expect((await later.trash()).map(({ id }) => id)).toEqual([replaced]);
      });
    });

    describe('looking without loading', () => {
      it('exists, info and load agree about what is there and what is not', async () => {
        const { revision } = await saved('agent:a', '{"n": 1}');
        expect(await backend.exists('agent:a')).toBe(true);
        const { info, revision: loaded } = await found('agent:a');
        expect(loaded).toBe(revision);
        expect(await backend.info('agent:a')).toEqual(info);
        expect(info).toMatchObject({ key: 'agent:a', type: 'agents.AgentStateModule', version: '1.0.0', revision });
        expect(info.location).not.toBe('');
        if (bytesKept) expect(info.bytes).toBe(8);

        expect(await backend.exists('agent:b')).toBe(false);
        expect(await backend.info('agent:b')).toBeNull();
        expect(await backend.load('agent:b')).toEqual({ status: 'missing' });
      });

      it('loading again gives the record that is known while it is stored, and what is there otherwise', async () => {
        const second = await store.second();
        await saved('agent:a', '{"n": 1}', { metadata: encode({ tags: ['x'] }) });
        const known = await found('agent:a');
        for (const client of [backend, second, backend]) {
          const again = await client.loadAgain(known);
          expect(again).toEqual(await client.load('agent:a'));
          expect(again.status === 'found' && again.record === known.record).toBe(true);
        }

        await second.save('agent:a', recordOf('{"n": 2}'), ANY);
        expect(await backend.loadAgain(known)).toEqual(await found('agent:a'));
        // What was stored before, as far as a revision tells, stored anew.
        await backend.save('agent:a', recordOf('{"n": 1}', { timestamp: known.record.timestamp }), ANY);
        expect(await second.loadAgain(known)).toEqual(await found('agent:a', second));
        await second.delete('agent:a', ANY);
        expect(await backend.loadAgain(known)).toEqual({ status: 'missing' });
      });

      it('lists keys in the order of code points, of all kinds or of one', async () => {
        const keys = [
          'note:z',
          'agent:b',
          'agent:B',
          'agent:\u{1f9e0}',
          'agent:\uffee',
          'agent-x:a',
          'agent:',
          'agent:10',
        ];
        for (const key of keys) await saved(key);
        expect(await backend.list()).toEqual(keys.toSorted(compareCodePoints));
        expect(await backend.list('agent')).toEqual(
          keys.filter((key) => key.startsWith('agent:')).toSorted(compareCodePoints),
        );
        expect(await backend.list('absent')).toEqual([]);
      });

      it('pages put together are the list, for any size of a page', async () => {
        const keys = ['agent:a', 'agent:A', 'agent:%', 'agent:b', 'agent:\u{1f9e0}', 'agent:\uffee', 'note:a', 'a-b:1'];
        for (const key of keys) await saved(key);
        const kinds = fc.constantFrom(undefined, 'agent', 'note', 'absent');
        await fc.assert(
          fc.asyncProperty(kinds, fc.integer({ min: 1, max: keys.length + 1 }), async (kind, limit) => {
            expect(await allPages(backend, kind, limit)).toEqual(await backend.list(kind));
          }),
          { numRuns: 20 },
        );
      });

      it('a page begins behind the last key of the one before, even when that was deleted meanwhile', async () => {
        for (const id of ['a', 'b', 'c', 'd']) await saved(`agent:${id}`);
        const { next } = await backend.page({ limit: 2 });
        await backend.delete('agent:b', ANY);
        await saved('agent:aa');
        const { states } = await backend.page({ limit: 2, after: next });
        expect(states.map(({ key }) => key)).toEqual(['agent:c', 'agent:d']);
      });
    });

    describe('compare and swap', () => {
      it('absent: only where nothing is', async () => {
        const first = await backend.save('agent:a', recordOf('1'), ABSENT);
        expect(first).toMatchObject({ status: 'saved', replaced: null });
        const current = (await found('agent:a')).revision;
        expect(await backend.save('agent:a', recordOf('2'), ABSENT)).toEqual({ status: 'conflict', current });
        expect(await backend.delete('agent:a', ABSENT)).toEqual({ status: 'conflict', current });
        expect(await dataOf('agent:a')).toBe('1');
      });

      it('revision: only over what was read', async () => {
        const { revision: old } = await saved('agent:a', '1');
        const { revision: current } = await saved('agent:a', '2');
        expect(current).not.toBe(old);
        const trash = await backend.trash();
        expect(await backend.save('agent:a', recordOf('3'), revisionOf(old))).toEqual({ status: 'conflict', current });
        expect(await backend.delete('agent:a', revisionOf(old))).toEqual({ status: 'conflict', current });
        expect(await backend.trash()).toEqual(trash);
        expect(await backend.save('agent:a', recordOf('3'), revisionOf(current))).toMatchObject({ status: 'saved' });
        expect(await backend.delete('agent:a', revisionOf((await found('agent:a')).revision))).toMatchObject({
          status: 'deleted',
        });
      });

      it('a revision of what is gone fits nothing; there is nothing to delete, whatever is expected', async () => {
        const { revision } = await saved('agent:a');
        await backend.delete('agent:a', ANY);
        expect(await backend.save('agent:a', recordOf('2'), revisionOf(revision))).toEqual({
          status: 'conflict',
          current: null,
        });
        for (const expected of [ANY, ABSENT, revisionOf(revision)]) {
          expect(await backend.delete('agent:a', expected)).toEqual({ status: 'missing' });
        }
      });

      it('of two clients that write at once, one wins and the other is told', async () => {
        const second = await store.second();
        const { revision } = await saved('agent:a', '0');
        const results = await Promise.all(
          [backend, second].map((client, n) => client.save('agent:a', recordOf(String(n)), revisionOf(revision))),
        );
        const winner = results.find((result) => result.status === 'saved');
        const loser = results.find((result) => result.status === 'conflict');
        expect(loser).toEqual({ status: 'conflict', current: winner?.revision });
      });

      it('two clients that count up 200 times in all lose no step', async () => {
        const second = await store.second();
        await saved('agent:count', '0');
        async function countUp(client: StateBackend, steps: number): Promise<number> {
          let conflicts = 0;
          for (let done = 0; done < steps; ) {
            const { record, revision } = await found('agent:count', client);
            const next = recordOf(String(Number(text(record.stateData)) + 1));
            const result = await client.save('agent:count', next, revisionOf(revision));
            if (result.status === 'saved') done++;
            else conflicts++;
          }
          return conflicts;
        }
        await Promise.all([countUp(backend, 100), countUp(second, 100)]);
        expect(await dataOf('agent:count')).toBe('200');
      }, 120_000);
    });

    describe('the trash', () => {
      it('undoes a deletion: all of the record comes back', async () => {
        const given = {
          type: 't',
          version: '7',
          timestamp: '2025-09-10T08:00:00.000Z',
          metadata: Buffer.from('{"m":1}'),
        };
        await saved('agent:a', '{"n":1}', given);
        const before = (await found('agent:a')).record;
        const id = await trashed('agent:a');
        expect(await backend.load('agent:a')).toEqual({ status: 'missing' });
        expect(await backend.list()).toEqual([]);
        expect(await backend.trash()).toMatchObject([{ id, key: 'agent:a', reason: 'deleted' }]);

        expect(await backend.restore(id, ABSENT)).toMatchObject({ status: 'saved', replaced: null });
        expect((await found('agent:a')).record).toEqual(before);
      });

      it('undoes an overwriting, and what the restoring replaces goes to the trash itself', async () => {
        await saved('agent:a', '"old"');
        const { replaced } = await saved('agent:a', '"new"');
        expect(await backend.trash()).toMatchObject([{ id: replaced, key: 'agent:a', reason: 'overwritten' }]);

        const undone = await backend.restore(replaced ?? '', ANY);
        expect(await dataOf('agent:a')).toBe('"old"');
        const redo = undone.status === 'saved' ? undone.replaced : null;
        expect((await backend.trash()).map(({ id }) => id)).toContain(redo);
        await backend.restore(redo ?? '', ANY);
        expect(await dataOf('agent:a')).toBe('"new"');
      });

      it('restores only over what is expected', async () => {
        const { revision: old } = await saved('agent:a', '1');
        const { replaced, revision: current } = await saved('agent:a', '2');
        const trash = await backend.trash();
        for (const expected of [ABSENT, revisionOf(old)]) {
          expect(await backend.restore(replaced ?? '', expected)).toEqual({ status: 'conflict', current });
        }
        expect(await backend.trash()).toEqual(trash);
        expect(await backend.restore(replaced ?? '', revisionOf(current))).toMatchObject({ status: 'saved' });
        expect(await dataOf('agent:a')).toBe('1');

        const gone = await trashed('agent:a');
        expect(await backend.restore(gone, revisionOf(current))).toEqual({ status: 'conflict', current: null });
      });

      it('lists the latest first, and every overwriting by itself', async () => {
        const ids = [];
        for (const n of [1, 2, 3, 4, 5]) ids.unshift((await saved('agent:a', String(n))).replaced);
        ids.unshift(await trashed('agent:a'));
        const entries = await backend.trash();
        expect(entries.map(({ id }) => id)).toEqual(ids.filter((id) => id !== null));
        for (const { trashedAt, bytes } of entries) {
          expect(Math.abs(Date.now() - Date.parse(trashedAt))).toBeLessThan(60_000);
          expect(bytes).toBeGreaterThan(0);
        }
      });

      it.each(['', 'no such entry', '../../etc/passwd', 'agents/../../x', '999999999999'])(
        'does not know %j',
        async (id) => {
          await saved('agent:a');
          await saved('agent:a');
          expect(await backend.restore(id, ANY)).toEqual({ status: 'missing' });
        },
      );
    });

    (inFront ? handedOn : describe)('ids are any text', () => {
      it('hostile ones are stored apart from each other and come back as they are', async () => {
        const ids = HOSTILE_IDS.filter((id) => Array.from(id).length <= longestId);
        for (const [n, id] of ids.entries()) {
          expect(await backend.save(`agent:${id}`, recordOf(String(n)), ABSENT)).toMatchObject({ status: 'saved' });
        }
        const keys = ids.map((id) => `agent:${id}`);
        expect(await backend.list()).toEqual(keys.toSorted(compareCodePoints));
        for (const [n, key] of keys.entries()) {
          const { record, info } = await found(key);
          expect([info.key, text(record.stateData)]).toEqual([key, String(n)]);
        }
        for (const key of keys) {
          const id = await trashed(key);
          expect(await backend.exists(key)).toBe(false);
          expect((await backend.trash())[0]).toMatchObject({ id, key });
        }
        expect(await backend.list()).toEqual([]);
        const [last] = await backend.trash();
        await backend.restore(last?.id ?? '', ABSENT);
        expect(await backend.list()).toEqual(keys.slice(-1));
      }, 60_000);

      it('and so are kinds', async () => {
        const keys = HOSTILE_KINDS.map((kind) => `${kind}:x`);
        for (const key of keys) await saved(key, JSON.stringify(key));
        expect(await backend.list()).toEqual(keys.toSorted(compareCodePoints));
        for (const key of keys) expect(await dataOf(key)).toBe(JSON.stringify(key));
        for (const kind of HOSTILE_KINDS) expect(await backend.list(kind)).toEqual([`${kind}:x`]);
      });

      it.each(['nul\0', 'half \ud800 of a pair'])('%j is kept or refused, never changed', async (id) => {
        const problem = await refusal(backend.save(`agent:${id}`, recordOf('1'), ANY));
        if (problem !== null) expect(problem.code).toBe('invalid-key');
        expect(await backend.list()).toEqual(problem === null ? [`agent:${id}`] : []);
      });

      it.each(['', 'planner', ':planner', 'agents:planner'])('%j is no key', async (key) => {
        const calls = [
          backend.save(key, recordOf('1'), ANY),
          backend.load(key),
          backend.delete(key, ANY),
          backend.exists(key),
          backend.info(key),
        ];
        for (const problem of await Promise.all(calls.map(refusal))) expect(problem?.code).toBe('invalid-key');
      });
    });

    describe('what cannot be read as a state', () => {
      let good: Found;

      beforeEach(async ({ skip }) => {
        if (!store.damage) skip('nothing can be damaged here');
        await saved('agent:bad', '"good"');
        good = await found('agent:bad');
        await store.damage?.('agent:bad');
      });

      it('is corrupt, which is not missing, and is left as it is', async () => {
        const first = await backend.load('agent:bad');
        expect(first).toMatchObject({ status: 'corrupt', reason: expect.stringMatching(/./) });
        expect(await backend.exists('agent:bad')).toBe(true);
        expect(await backend.info('agent:bad')).toBeNull();
        expect(await backend.list()).toEqual(['agent:bad']);
        expect((await backend.page({ limit: 5 })).states).toEqual([]);
        expect(await backend.save('agent:bad', recordOf('2'), ABSENT)).toMatchObject({ status: 'conflict' });
        expect(await backend.load('agent:bad')).toEqual(first);
        expect(await backend.loadAgain(good)).toEqual(first);
      });

      it('is replaced with a copy in the trash, and the copy can be put back', async () => {
        const bad = await backend.load('agent:bad');
        if (bad.status !== 'corrupt') throw new Error(bad.status);
        const result = await backend.save('agent:bad', recordOf('"new"'), revisionOf(bad.revision));
        expect(await dataOf('agent:bad')).toBe('"new"');
        await backend.restore((result.status === 'saved' && result.replaced) || '', ANY);
        expect(await backend.load('agent:bad')).toMatchObject({ status: 'corrupt', bytes: bad.bytes });
        expect(await backend.delete('agent:bad', ANY)).toMatchObject({ status: 'deleted' });
        expect(await backend.exists('agent:bad')).toBe(false);
      });
    });

    (inFront ? handedOn : describe)('watching', () => {
      it.each(['this', 'another'])('tells within three seconds what %s client writes and deletes', async (who) => {
        const writer = who === 'this' ? backend : await store.second();
        await saved('agent:b');
        const told: Changed[] = [];
        const stop = await backend.watch((changed) => told.push(changed));
        for (const [key, act] of [
          ['agent:Ä/1', () => writer.save('agent:Ä/1', recordOf('1'), ANY)],
          ['agent:Ä/1', () => writer.save('agent:Ä/1', recordOf('2'), ANY)],
          ['agent:b', () => writer.delete('agent:b', ANY)],
        ] as const) {
          told.length = 0;
          await act();
          await vi.waitFor(() => expect(told.some((changed) => changed === null || changed.has(key))).toBe(true), 3000);
        }
        await stop();
        await stop();
        told.length = 0;
        await writer.save('agent:c', recordOf('1'), ANY);
        await new Promise((resolve) => setTimeout(resolve, 1200));
        expect(told).toEqual([]);
      });
    });

    describe('ending', () => {
      it('a call that was cancelled before it began changes nothing', async () => {
        const signal = AbortSignal.abort();
        expect((await refusal(backend.save('agent:a', recordOf('1'), ANY, { signal })))?.code).toBe('cancelled');
        expect((await refusal(backend.load('agent:a', { signal })))?.code).toBe('cancelled');
        expect(await backend.list()).toEqual([]);
      });

      it('what was begun before closing is finished or refused; what comes after is refused', async () => {
        await saved('agent:a');
        const begun = backend.save('agent:b', recordOf('1'), ANY).then(
          () => true,
          () => false,
        );
        await Promise.all([backend.close(), backend.close()]);
        await backend.close();
        const done = await begun;
        await expect(backend.load('agent:a')).rejects.toThrow(/closed/);
        await expect(backend.save('agent:a', recordOf('1'), ANY)).rejects.toThrow(/closed/);
        await expect(backend.delete('agent:a', ANY)).rejects.toThrow(/closed/);
        await expect(backend.list()).rejects.toThrow(/closed/);
        await expect(backend.watch(() => undefined)).rejects.toThrow(/closed/);
        if (persistent) expect(await (await store.second()).exists('agent:b')).toBe(done);
      });
    });
  });
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value));

function expectSame(actual: Uint8Array | null, given: Uint8Array, bytesKept: boolean): void {
  if (bytesKept) expect(text(actual)).toBe(text(given));
  else expect(meaning(actual)).toBe(meaning(given));
}

function meaning(json: Uint8Array | null): string | null {
  const { document } = parseJson(json ?? new Uint8Array());
  return document && canonicalJson(document);
}

/** What a call is refused with; null when it is not. */
async function refusal(call: Promise<unknown>): Promise<SourceError | null> {
  try {
    await call;
    return null;
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
}

async function allPages(backend: StateBackend, kind: string | undefined, limit: number): Promise<string[]> {
  const keys: string[] = [];
  let after: string | null = null;
  do {
    const { states, next }: Awaited<ReturnType<StateBackend['page']>> = await backend.page({ kind, after, limit });
    expect(states.length).toBeLessThanOrEqual(limit);
    keys.push(...states.map(({ key }) => key));
    after = next;
  } while (after !== null);
  return keys;
}
