/** What running programs tell all at once reaches the journal: nothing is lost, and nothing comes twice. */
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../sources/test-support.ts';
import { openJournal } from '../tracking/journal.ts';
import { Watches } from '../tracking/watches.ts';
import { feedInto } from './feed.ts';
import { ProbeHub } from './probe-hub.ts';
import { ask, openSession } from './probe-test-support.ts';

const PROGRAMS = 8;
const BODIES = 10;
const LINES = 400;

test('8 programs tell 32,000 changes at once, and send a part of them again: each is in the journal once, in order', async () => {
  const journal = openJournal(join(temporaryFolder(), 'x.journal'), { source: 'probes' });
  const errors: string[] = [];
  const feed = feedInto(journal, new Watches(journal), {
    onCommits: () => undefined,
    onError: ({ code }) => errors.push(code),
    onRecovered: () => undefined,
  });
  const hub = await ProbeHub.start(() => undefined);
  onTestFinished(async () => {
    await hub.close();
    journal.close();
  });
  await hub.follow(feed);
  const [base = '', token = ''] = (hub.status().address ?? '').split('#');
  const server = { port: Number(new URL(base).port), token };

  await Promise.all(
    Array.from({ length: PROGRAMS }, async (_, program) => {
      const session = await openSession(server, `program ${program}`);
      const line = (seq: number) =>
        seq === 1
          ? `{"module":"agent:a${program}","state":{"step":0},"seq":1}`
          : `{"module":"agent:a${program}","path":["step"],"new":${seq - 1},"seq":${seq}}`;
      for (let body = 0; body < BODIES; body += 1) {
        const lines = Array.from({ length: LINES }, (__, at) => line(body * LINES + at + 1)).join('\n');
        expect((await ask(server, `${session}/changes`, { body: lines })).status).toBe(200);
        // As a program does whose answer was lost on the way.
        if (body % 3 === 0) {
          const again = await ask(server, `${session}/changes`, { body: lines });
          expect(again.body).toMatchObject({ received: 0, duplicates: LINES });
        }
      }
    }),
  );
  feed.writer.flush();

  expect(errors).toEqual([]);
  expect(journal.totals().changes).toBe(PROGRAMS * BODIES * LINES);
  for (let program = 0; program < PROGRAMS; program += 1) {
    const values = journal.lane(`agent:a${program}`, 'step', BODIES * LINES).values.map(({ value }) => Number(value));
    expect(values).toEqual(Array.from({ length: BODIES * LINES - 1 }, (_, at) => at + 1));
    const state = journal.stateAt(`agent:a${program}`, { seq: journal.lastSeq });
    expect(Buffer.from(state ?? []).toString()).toBe(`{"step":${BODIES * LINES - 1}}`);
  }
  const { sessions } = hub.status();
  expect(sessions.map(({ dropped }) => dropped)).toEqual(Array.from({ length: PROGRAMS }, () => 0));
});
