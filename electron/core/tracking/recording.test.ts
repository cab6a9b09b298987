/** What is recorded comes back: states byte for byte at every moment, changes as they were told. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { applyDelta, byteDelta } from '../../../shared/diff/delta.ts';
import { DeltaChain } from './delta-chain.ts';
import { type Journal, openJournal } from './journal.ts';
import { JournalWriter } from './journal-writer.ts';
import { StateRecorder } from './state-recorder.ts';

let folder = '';
let count = 0;
const open: Journal[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statescope-journal-'));
});
afterEach(() => {
  for (const journal of open.splice(0)) journal.close();
  rmSync(folder, { recursive: true, force: true });
});

function recorder(keptBytes?: number) {
  const journal = openJournal(join(folder, `${count++}.journal`), { source: 'test' });
  open.push(journal);
  const writer = new JournalWriter(journal);
  let now = 1_700_000_000_000;
  const states = new StateRecorder({
    journal,
    writer,
    now: () => now++,
    ...(keptBytes === undefined ? {} : { keptBytes }),
  });
  return { journal, writer, states };
}

const utf8 = (text: string) => Buffer.from(text, 'utf8');
const text = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString('utf8'));
const ORIGIN = { origin: 'test' };

const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null), fc.constant('x'.repeat(300)));
const name = fc.constantFrom('a', 'b', 'messages', '__proto__', 'odd key', '0');
const path = fc.array(fc.oneof(name, fc.nat({ max: 3 })), { maxLength: 3 });
const value = fc.oneof(leaf, fc.array(leaf, { maxLength: 4 }), fc.dictionary(name, leaf, { maxKeys: 3 }));
const key = fc.constantFrom('agent:a', 'session:b');
type Step = ['text', string, unknown, number] | ['values', string, (string | number)[], unknown] | ['removed', string];
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.constant('text' as const), key, value, fc.constantFrom(0, 2)),
  fc.tuple(fc.constant('values' as const), key, path, fc.option(value)),
  fc.tuple(fc.constant('removed' as const), key),
);

describe('the journal', () => {
  test('gives back every state byte for byte, at every sequence, in whatever way it came, also when nothing is kept in memory', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(1, 1_000_000), (steps, kept) => {
        const { journal, writer, states } = recorder(kept);
        const wanted: { seq: number; commit: number; key: string; text: string | null }[] = [];
        for (const [kind, name, ...rest] of steps) {
          const result =
            kind === 'text'
              ? states.recordState(name, utf8(JSON.stringify(rest[0], null, Number(rest[1]))), ORIGIN)
              : kind === 'values'
                ? states.recordChanges(
                    name,
                    [{ path: rest[0] as string[], value: rest[1] === null ? null : JSON.stringify(rest[1]) }],
                    ORIGIN,
                  )
                : states.recordRemoved(name, ORIGIN);
          expect(result.result).not.toBe('not-json');
          if (result.result !== 'recorded') continue;
          const last = result.commit.seq + Math.max(1, result.commit.changes.length) - 1;
          wanted.push({ seq: last, commit: result.commit.seq, key: name, text: text(states.lastText(name)) });
        }
        writer.flush();
        for (const { seq, key, text: expected } of wanted) expect(text(journal.stateAt(key, { seq }))).toBe(expected);
        for (const name of ['agent:a', 'session:b']) {
          const stepwise = Array.from(journal.statesOf(name), ({ seq, text: at }) => [seq, text(at())]);
          expect(stepwise).toEqual(wanted.filter(({ key }) => key === name).map(({ commit, text }) => [commit, text]));
        }
        journal.close();
      }),
      { numRuns: 60 },
    );
  });

  test('a chain of deltas gives what applying them one by one gives', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.constantFrom('abcdefghijklmnop', 'Q', '0123456789'.repeat(9)), { maxLength: 12 }), {
          minLength: 2,
          maxLength: 12,
        }),
        (parts) => {
          const texts = parts.map((part) => utf8(part.join('')));
          const chain = new DeltaChain(texts[0] ?? utf8(''));
          for (const [at, after] of texts.slice(1).entries()) {
            const before = texts[at] ?? utf8('');
            const delta = byteDelta(before, after);
            chain.apply(delta);
            expect(text(applyDelta(before, delta))).toBe(text(after));
          }
          expect(text(chain.text())).toBe(text(texts.at(-1) ?? null));
        },
      ),
    );
  });

  test('a conversation is kept whole now and then, as a difference in between, and is there at every moment, also after a part was forgotten', async () => {
    const { journal, writer, states } = recorder();
    const message = (at: number) => `{"id":"m${at}","content":"${`${at * 7919}`.repeat(20)}"}`;
    const texts = new Map<number, string>();
    let messages = Array.from({ length: 80 }, (_, at) => message(at));
    for (let at = 80; at < 1800; at++) {
      // At some time all of them are others.
      messages = at === 900 ? messages.map((_, old) => message(at + 5 * old)) : [...messages.slice(0, -1), message(at)];
      const whole = `{"memory":[${messages.join(',')}]}`;
      const saved = states.recordState('session:s', utf8(whole), ORIGIN);
      if (saved.result === 'recorded' && (at % 37 === 0 || at > 1790)) texts.set(saved.commit.seq, whole);
    }
    writer.flush();
    const stored = journal.withDatabase((database) =>
      database
        .prepare<[], { form: number; count: number }>(
          'SELECT form, count(*) AS count FROM commits GROUP BY form ORDER BY form',
        )
        .all(),
    );
    // Whole keyframes, deltas, and keyframes over others: more of these than of whole ones.
    expect(stored.map(({ form }) => form)).toEqual([0, 1, 4]);
    expect(stored[2]?.count).toBeGreaterThan(2 * (stored[0]?.count ?? 0));
    const found = (seq: number) => text(journal.stateAt('session:s', { seq }));
    for (const [seq, whole] of texts) expect(found(seq) === whole, `after ${seq}`).toBe(true);

    await journal.retain(journal.planRetention({ maxChanges: 1100 }));
    const kept = [...texts].filter(([seq]) => seq >= journal.planRetention({}).cut);
    expect(kept.length).toBeGreaterThan(10);
    for (const [seq, whole] of kept) expect(found(seq) === whole, `after ${seq}, forgotten before`).toBe(true);
    for (const { seq, text: state } of journal.statesOf('session:s')) {
      const whole = texts.get(seq);
      if (whole !== undefined) expect(text(state()) === whole, `going through ${seq}`).toBe(true);
    }
  });

  test('numbers, spelling and order of names survive', () => {
    const { journal, writer, states } = recorder();
    const first = '{"z": 553.0, "a":12345678901234567890,\n"n": NaN, "a": 1}';
    const second = '{"z": 553.0, "a":12345678901234567891,\n"n": NaN, "a": 1}';
    states.recordState('agent:a', utf8(first), ORIGIN);
    states.recordState('agent:a', utf8(second), ORIGIN);
    states.recordChanges('agent:a', [{ path: ['n'], value: '-0' }], ORIGIN);
    writer.flush();
    expect(text(journal.stateAt('agent:a', { seq: 1 }))).toBe(first);
    expect(text(journal.stateAt('agent:a', { seq: 2 }))).toBe(second);
    expect(text(journal.stateAt('agent:a', { seq: 3 }))).toBe('{"z":553.0,"a":1,"n":-0}');
  });

  test('a half-written text is not recorded', () => {
    const { states } = recorder();
    expect(states.recordState('agent:a', utf8('{"a": 1'), ORIGIN).result).toBe('not-json');
    expect(states.recordState('agent:a', utf8(''), ORIGIN).result).toBe('not-json');
    expect(states.recordState('agent:a', utf8('{"a": 1}{'), ORIGIN).result).toBe('not-json');
    expect(states.recordState('agent:a', utf8('{"a": 1}'), ORIGIN).result).toBe('recorded');
    expect(states.recordState('agent:a', utf8('{"a": 1}'), ORIGIN).result).toBe('unchanged');
  });
});
