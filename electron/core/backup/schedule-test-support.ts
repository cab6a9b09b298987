/** A clock that a test moves, and schedules in a folder of their own. For tests. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScheduleDraft } from '../../../shared/ipc/backup-schedules.ts';
import type { SchedulerClock } from './backup-scheduler.ts';

interface Timer {
  readonly left: number;
  readonly work: () => void;
}

/** Timers count only while the computer is awake, as real ones do. */
export class TestClock implements SchedulerClock {
  #now: number;
  #timers = new Map<number, Timer>();
  #lastId = 0;

  constructor(now: number) {
    this.#now = now;
  }

  readonly now = (): number => this.#now;

  readonly after = (milliseconds: number, work: () => void): (() => void) => {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#timers.set(id, { left: milliseconds, work });
    return () => this.#timers.delete(id);
  };

  get waiting(): number {
    return this.#timers.size;
  }

  /** Time goes by; timers that are over go off. */
  pass(milliseconds: number): void {
    this.#now += milliseconds;
    // Those that are there now: one that goes off may set another.
    for (const [id, { left, work }] of Array.from(this.#timers)) {
      if (left > milliseconds) this.#timers.set(id, { left: left - milliseconds, work });
      else {
        this.#timers.delete(id);
        work();
      }
    }
  }

  /** The computer sleeps, or somebody sets its clock: no timer goes off. */
  jump(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

export interface ScheduleFolder {
  readonly root: string;
  /** Statescope's own. */
  readonly own: string;
  readonly source: string;
  readonly backups: string;
  readonly draft: (change?: Partial<ScheduleDraft>) => ScheduleDraft;
  /** Puts a state into the source. */
  readonly put: (id: string, value: unknown) => void;
  readonly dispose: () => void;
}

/** With a source of one state, and a schedule of an hour for it. */
export function scheduleFolder(): ScheduleFolder {
  const root = mkdtempSync(join(tmpdir(), 'statescope-test-'));
  const [own, source, backups] = [join(root, 'own'), join(root, 'states'), join(root, 'backups')];
  const put = (id: string, value: unknown): void => {
    mkdirSync(join(source, 'agents'), { recursive: true });
    writeFileSync(join(source, 'agents', `${id}.json`), JSON.stringify({ agent_id: id, value }));
  };
  put('first', 1);
  return {
    root,
    own,
    source,
    backups,
    put,
    draft: (change = {}) => ({
      source,
      followLinks: false,
      timing: { by: 'interval', seconds: 3600 },
      folder: backups,
      gzip: false,
      encrypted: false,
      only: null,
      keep: { count: null, days: null },
      skipUnchanged: true,
      enabled: true,
      ...change,
    }),
    dispose: () => rmSync(root, { recursive: true, force: true }),
  };
}
