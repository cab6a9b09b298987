import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ScheduleDraft } from '../../../shared/ipc/backup-schedules.ts';
import { SourceError } from '../sources/source-error.ts';
import { type BackupJob, BackupScheduler, type FinishedRun, type JobOutcome } from './backup-scheduler.ts';
import { ScheduleStore } from './schedule-store.ts';
import { type ScheduleFolder, scheduleFolder, TestClock } from './schedule-test-support.ts';

const START = Date.parse('2026-03-27T10:00:00Z');
const HOUR = 3_600_000;

let folder: ScheduleFolder;
let clock: TestClock;
let open: Program[];
beforeEach(() => {
  folder = scheduleFolder();
  clock = new TestClock(START);
  open = [];
});
afterEach(async () => {
  for (const program of open) {
    program.finishAll();
    await program.scheduler.stop();
    await program.store.close();
  }
  folder.dispose();
});

interface Work {
  readonly job: BackupJob;
  readonly signal: AbortSignal;
  readonly finish: (error?: Error) => void;
}

/** One program with schedules: the window, or the command line. Its backups last until the test ends them. */
class Program {
  readonly store = new ScheduleStore(folder.own);
  readonly work: Work[] = [];
  readonly finished: FinishedRun[] = [];
  readonly faults: string[] = [];
  #begun = 0;
  readonly #waiting: (() => void)[] = [];
  readonly scheduler = new BackupScheduler({
    store: this.store,
    clock,
    perform: (job, { signal }) =>
      new Promise<JobOutcome>((resolve, reject) => {
        const finish = (error?: Error): void => {
          if (error) reject(error);
          else resolve(outcome(job));
        };
        signal.addEventListener('abort', () => reject(new SourceError('cancelled', 'It was cancelled.')));
        this.work.push({ job, signal, finish });
        for (const tell of this.#waiting.splice(0)) tell();
      }),
    onRun: (run) => this.finished.push(run),
    onFault: (error) => this.faults.push(error.message),
  });

  constructor() {
    open.push(this);
  }

  /** The work that begins next. */
  async next(): Promise<Work> {
    for (;;) {
      const work = this.work[this.#begun];
      if (work) {
        this.#begun++;
        return work;
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  finishAll(): void {
    for (const { finish } of this.work) finish();
  }

  /** Nothing is looked at and nothing runs. */
  async settled(): Promise<void> {
    await this.scheduler.look();
    await this.scheduler.idle();
    await this.scheduler.look();
  }

  async add(change?: Partial<ScheduleDraft>): Promise<string> {
    return (await this.scheduler.save(null, folder.draft(change))).schedule.id;
  }
}

function outcome({ file, files }: BackupJob): JobOutcome {
  const own = { file, createdAt: new Date(clock.now()).toISOString(), bytes: 1, content: null };
  return { result: 'written', file, states: 1, leftOut: 0, files: [own, ...files], removed: [], error: null };
}

/** A program whose backups are made at once. */
function quickProgram(): Program {
  const program = new Program();
  const loop = async (): Promise<void> => {
    for (;;) (await program.next()).finish();
  };
  void loop();
  return program;
}

describe('a schedule', () => {
  test('runs when its time comes, and not before', async () => {
    const program = quickProgram();
    await program.add();
    program.scheduler.start();
    await program.settled();
    clock.pass(HOUR - 1);
    await program.settled();
    expect(program.finished).toEqual([]);
    clock.pass(1);
    await program.settled();
    expect(program.finished).toMatchObject([{ run: { result: 'written', caughtUp: false } }]);
    clock.pass(HOUR);
    await program.settled();
    expect(program.finished).toHaveLength(2);
  });

  test('is caught up once, however much was missed: asleep, or not running at all', async () => {
    const asleep = quickProgram();
    await asleep.add();
    asleep.scheduler.start();
    await asleep.settled();
    clock.jump(50 * HOUR);
    // No timer has gone off. The system says that it woke up; or else the timer of a minute does.
    clock.pass(60_000);
    await asleep.settled();
    expect(asleep.finished).toMatchObject([{ run: { result: 'written', caughtUp: true } }]);
    await asleep.scheduler.stop();
    clock.jump(500 * HOUR);
    const started = quickProgram();
    started.scheduler.start();
    await started.settled();
    await started.settled();
    expect(started.finished).toMatchObject([{ run: { caughtUp: true } }]);
  });

  test('does not queue up behind a run that takes longer than its interval', async () => {
    const program = new Program();
    await program.add();
    program.scheduler.start();
    await program.scheduler.look();
    clock.pass(HOUR);
    const { finish } = await program.next();
    for (let hours = 0; hours < 5; hours++) {
      clock.pass(HOUR);
      await program.scheduler.look();
    }
    expect(program.work).toHaveLength(1);
    finish();
    await program.settled();
    expect(program.work).toHaveLength(1);
    clock.pass(HOUR);
    (await program.next()).finish();
    await program.settled();
    expect(program.finished).toHaveLength(2);
  });

  test('that fails is kept with its reason, and tried again at its next time', async () => {
    const program = new Program();
    const id = await program.add();
    program.scheduler.start();
    clock.pass(HOUR);
    const { finish } = await program.next();
    finish(new SourceError('disk-full', 'There is no space left.', { location: '/backups' }));
    await program.settled();
    // Looked at again and again, nothing runs before its time.
    for (let minutes = 0; minutes < 59; minutes++) {
      clock.pass(60_000);
      await program.settled();
    }
    expect(program.work).toHaveLength(1);
    const [status] = await program.scheduler.list();
    expect(status).toMatchObject({
      schedule: { id },
      running: null,
      runs: [{ result: 'failed', error: { code: 'disk-full', details: { location: '/backups' } }, file: null }],
    });
    clock.pass(60_000);
    (await program.next()).finish();
    await program.settled();
    expect(program.finished.map(({ run }) => run.result)).toEqual(['failed', 'written']);
  });

  test('can be started and stopped as often as one likes', async () => {
    const program = quickProgram();
    await program.add();
    for (let times = 0; times < 3; times++) program.scheduler.start();
    await program.settled();
    expect(clock.waiting).toBe(1);
    clock.pass(HOUR);
    await program.settled();
    expect(program.finished).toHaveLength(1);
    expect(clock.waiting).toBe(1);
    await program.scheduler.stop();
    await program.scheduler.stop();
    expect(clock.waiting).toBe(0);
    clock.pass(HOUR);
    expect(program.work).toHaveLength(1);
  });

  test('that is stopped in the middle is caught up at the next start', async () => {
    const program = new Program();
    await program.add();
    program.scheduler.start();
    clock.pass(HOUR);
    const { signal } = await program.next();
    await program.scheduler.stop();
    expect(signal.aborted).toBe(true);
    expect(program.finished).toMatchObject([{ run: { result: 'cancelled', error: null } }]);
    clock.jump(10_000);
    const again = quickProgram();
    again.scheduler.start();
    await again.settled();
    expect(again.finished).toMatchObject([{ run: { result: 'written' } }]);
  });

  test('begins nothing any more once it is stopped, also when it has just looked', async () => {
    const program = new Program();
    await program.add();
    program.scheduler.start();
    await program.settled();
    clock.pass(HOUR);
    // The timer has gone off, and the schedules are being read.
    await program.scheduler.stop();
    expect(program.work).toEqual([]);
    const again = quickProgram();
    again.scheduler.start();
    await again.settled();
    expect(again.finished).toMatchObject([{ run: { result: 'written' } }]);
  });

  test('that fails after its backup was put in its place keeps it among its own', async () => {
    const program = new Program();
    const id = await program.add({ keep: { count: 1, days: null } });
    const run = program.scheduler.runNow(id);
    const { job, finish } = await program.next();
    const made = { metadata: { origin: 'automatic', version: '1.0', total_states: 0 }, states: {} };
    mkdirSync(dirname(job.file), { recursive: true });
    writeFileSync(job.file, JSON.stringify(made));
    writeFileSync(join(dirname(job.file), `.${basename(job.file)}.0123456789ab.tmp`), 'half');
    finish(new SourceError('unreadable', 'The folder could not be forced to the disk.'));
    expect(await run).toMatchObject({ result: 'failed', error: { code: 'unreadable' } });
    expect(readdirSync(dirname(job.file))).toEqual([basename(job.file)]);
    expect(await program.scheduler.list()).toMatchObject([{ files: [job.file] }]);
  });

  test('that a person cancels is not', async () => {
    const program = new Program();
    const id = await program.add();
    program.scheduler.start();
    clock.pass(HOUR);
    await program.next();
    program.scheduler.cancel(id);
    await program.settled();
    clock.pass(60_000);
    await program.settled();
    expect(program.work).toHaveLength(1);
    expect(program.finished).toMatchObject([{ run: { result: 'cancelled' } }]);
  });

  test('runs at once when a person asks, and one that runs is not begun twice', async () => {
    const program = new Program();
    const id = await program.add({ enabled: false });
    const first = program.scheduler.runNow(id);
    const { finish } = await program.next();
    const second = program.scheduler.runNow(id);
    expect((await program.scheduler.list())[0]).toMatchObject({
      running: { startedAt: expect.any(String) },
      nextRuns: [],
    });
    finish();
    expect(await first).toMatchObject({ result: 'written', dueAt: null });
    expect(await second).toEqual(await first);
    expect(program.work).toHaveLength(1);
  });

  test('that is removed while it runs ends with it', async () => {
    const program = new Program();
    const id = await program.add();
    program.scheduler.start();
    clock.pass(HOUR);
    const { signal } = await program.next();
    await program.scheduler.remove(id);
    await program.settled();
    expect(signal.aborted).toBe(true);
    expect(await program.scheduler.list()).toEqual([]);
    expect(program.faults).toEqual([]);
    await expect(program.scheduler.runNow(id)).rejects.toMatchObject({ code: 'schedule-missing' });
  });
});

test('several that are due run two at a time, and all of them run', async () => {
  const program = new Program();
  for (let each = 0; each < 5; each++) await program.add();
  program.scheduler.start();
  clock.pass(HOUR);
  const ids = new Set<string>();
  for (let each = 0; each < 5; each++) {
    const { job, finish } = await program.next();
    ids.add(job.schedule.id);
    expect(program.work.length - program.finished.length).toBeLessThanOrEqual(2);
    finish();
  }
  await program.settled();
  expect(ids.size).toBe(5);
  expect(program.finished).toHaveLength(5);
});

describe('two programs', () => {
  test('never run a schedule at the same time, and who comes later sees the result of the other', async () => {
    const [window, headless] = [new Program(), new Program()];
    const id = await window.add();
    window.scheduler.start();
    headless.scheduler.start();
    await headless.scheduler.look();
    clock.pass(HOUR);
    const { finish } = await Promise.race([window.next(), headless.next()]);
    await headless.scheduler.look();
    await window.scheduler.look();
    const other = window.work.length === 1 ? headless : window;
    await expect(other.scheduler.runNow(id)).rejects.toMatchObject({ code: 'locked' });
    expect((await other.scheduler.list())[0]?.running).not.toBeNull();
    finish();
    await window.settled();
    await headless.settled();
    clock.pass(60_000);
    await window.settled();
    await headless.settled();
    expect(window.work.length + headless.work.length).toBe(1);
    expect((await other.scheduler.list())[0]).toMatchObject({ running: null, runs: [{ result: 'written' }] });
  });

  test('one run stands in the file for each time that was due, whoever made it', async () => {
    const programs = [quickProgram(), quickProgram(), quickProgram()];
    const [first] = programs;
    await first?.add();
    for (const { scheduler } of programs) scheduler.start();
    for (let hours = 0; hours < 6; hours++) {
      clock.pass(HOUR);
      await Promise.all(programs.map((program) => program.settled()));
    }
    const [status] = (await first?.scheduler.list()) ?? [];
    expect(status?.runs).toHaveLength(6);
    expect(programs.flatMap(({ work }) => work)).toHaveLength(6);
  });
});

test('whatever a computer does, runs never overlap, and each is due when it begins', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 90_000 }) }),
    fc.record({ do: fc.constant('sleep' as const), ms: fc.integer({ min: 1, max: 9 * HOUR }) }),
    fc.record({ do: fc.constantFrom('finish' as const, 'fail' as const, 'restart' as const), ms: fc.constant(0) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const own = new ScheduleStore(join(folder.own, String(Math.random())));
      let busy = 0;
      const current: { end: (error?: Error) => void } = { end: () => undefined };
      const runs: number[] = [];
      const create = () =>
        new BackupScheduler({
          store: own,
          clock,
          perform: (job, { signal }) => {
            busy++;
            expect(busy).toBe(1);
            runs.push(job.now);
            return new Promise<JobOutcome>((resolve, reject) => {
              current.end = (error) => (error ? reject(error) : resolve(outcome(job)));
              signal.addEventListener('abort', () => reject(new SourceError('cancelled', 'It was cancelled.')));
            }).finally(() => {
              busy--;
            });
          },
          onFault: (error) => expect.unreachable(error.message),
        });
      let scheduler = create();
      await scheduler.save(null, folder.draft());
      scheduler.start();
      for (const { do: what, ms } of steps) {
        if (what === 'pass') clock.pass(ms);
        if (what === 'sleep') clock.jump(ms);
        if (what === 'finish') current.end();
        if (what === 'fail') current.end(new SourceError('unreadable', 'It cannot be read.'));
        if (what === 'restart') {
          await scheduler.stop();
          scheduler = create();
          scheduler.start();
        }
        await scheduler.look();
        const [record] = await own.read();
        for (const { dueAt, startedAt, endedAt } of record?.runs ?? []) {
          expect(Date.parse(dueAt ?? '')).toBeLessThanOrEqual(Date.parse(startedAt));
          expect(Date.parse(startedAt)).toBeLessThanOrEqual(Date.parse(endedAt));
        }
      }
      await scheduler.stop();
      // An hour lies between the beginnings of two runs, unless the first was stopped with its program.
      const settled = (await own.read())[0]?.runs.filter(({ result }) => result !== 'cancelled') ?? [];
      for (const [at, { startedAt }] of settled.entries()) {
        const earlier = settled[at + 1];
        if (earlier) expect(Date.parse(startedAt) - Date.parse(earlier.startedAt)).toBeGreaterThanOrEqual(HOUR);
      }
      await own.close();
    }),
    { numRuns: 25 },
  );
});

test('schedules that cannot be read are told once and left as they are; they run when they are mended', async () => {
  const program = quickProgram();
  await program.add();
  const file = join(folder.own, 'backup-schedules.json');
  const good = readFileSync(file, 'utf8');
  writeFileSync(file, good.slice(0, 100));
  program.scheduler.start();
  for (let minutes = 0; minutes < 5; minutes++) {
    clock.pass(60_000);
    await program.settled();
  }
  expect(program.faults).toEqual([expect.stringContaining(file)]);
  expect(readFileSync(file, 'utf8')).toBe(good.slice(0, 100));
  await expect(program.scheduler.save(null, folder.draft())).rejects.toMatchObject({ code: 'bad-config' });
  writeFileSync(file, good);
  clock.pass(HOUR);
  await program.settled();
  expect(program.finished).toHaveLength(1);
});

describe('saving', () => {
  test.each([
    [{ timing: { by: 'interval', seconds: 59 } as const }, 'schedule-interval'],
    [{ timing: { by: 'cron', expression: 'daily' } as const }, 'schedule-cron'],
    [{ keep: { count: 0, days: null } }, 'schedule-keep'],
    [{ keep: { count: null, days: -1 } }, 'schedule-keep'],
    [{ keep: { count: 1.5, days: null } }, 'schedule-keep'],
    [{ source: '/there/is/nothing' }, 'path-missing'],
  ])('%j is refused with its reason', async (change, code) => {
    const program = new Program();
    await expect(program.add(change)).rejects.toMatchObject({ code });
    expect(await program.scheduler.list()).toEqual([]);
  });

  test('a folder inside of the source is refused, also by way of a link and when it is not there yet', async () => {
    const program = new Program();
    const link = join(folder.root, 'link');
    symlinkSync(folder.source, link);
    for (const inside of [folder.source, join(folder.source, 'a', 'b'), join(link, 'a')]) {
      await expect(program.add({ folder: inside })).rejects.toMatchObject({ code: 'schedule-folder' });
    }
    // A name that begins alike is another folder.
    await program.add({ folder: `${folder.source}-backups` });
  });

  test('no password gets into the file', async () => {
    const program = new Program();
    await program.add({ source: 'postgresql://me:hunter2@localhost:5432/states?sslmode=require' });
    expect(readFileSync(join(folder.own, 'backup-schedules.json'), 'utf8')).not.toContain('hunter2');
    expect((await program.scheduler.list())[0]?.schedule.source).toBe(
      'postgresql://me@localhost:5432/states?sslmode=require',
    );
  });

  test('one can be changed and switched off while its source is not there', async () => {
    const program = new Program();
    const id = await program.add();
    rmSync(folder.source, { recursive: true });
    await program.scheduler.save(id, folder.draft({ enabled: false }));
    expect(await program.scheduler.list()).toMatchObject([{ schedule: { id, enabled: false }, nextRuns: [] }]);
  });
});
