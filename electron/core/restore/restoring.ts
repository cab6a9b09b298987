/** Restoring into an open source: plans, which are forgotten for the next one, carrying them out, and taking them back. */
import { randomUUID } from 'node:crypto';
import type { MomentRef } from '../../../shared/ipc/moments.ts';
import type {
  RestoreOutcome,
  RestorePlan,
  RestoreProgress,
  RestoreRequest,
  UndoableRestore,
  UndoRestoreOutcome,
} from '../../../shared/ipc/restore.ts';
import { shortVersion } from '../../../shared/ipc/sync.ts';
import type { NotWritableReason } from '../../../shared/ipc/writing.ts';
import type { TypeRegistry } from '../../../shared/state/type-registry.ts';
import type { OpenMoment } from '../snapshots/moments.ts';
import type { Source } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import { notWritable, type StateWriter } from '../writing/state-writer.ts';
import { type ApplyRun, applyRestore, type SafetyCopies, undoRestore } from './apply.ts';
import { type Plan, planRestore } from './plan.ts';
import { tellPlan } from './tell-plan.ts';
import { UndoLog } from './undo-log.ts';

/** What is restored into. `source` is another one after each `readAnew`. */
export interface RestoreTarget {
  readonly source: Source;
  readonly writer: StateWriter | NotWritableReason;
  readonly registry: TypeRegistry;
  /** What it says that is written has been read back already, and may go on changing: a running program. */
  readonly isLive?: boolean;
  /** Nothing else reads or writes it meanwhile. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  /** Within `exclusively`. */
  readAnew(): Promise<void>;
  /** @throws SourceError `not-armed`, `not-writable` */
  assertArmed(): void;
}

export interface RestoringOptions {
  readonly target: RestoreTarget;
  /** Statescope's own folder, for what undoes restores. */
  readonly folder: string;
  readonly moment: (ref: MomentRef) => Promise<OpenMoment>;
  readonly copies: SafetyCopies | null;
  /** For the history. Told within `exclusively`, at once. */
  readonly onWritten: (
    keys: readonly string[],
    how: 'snapshot_restore' | 'undo',
    mark: RestoreMark | null,
  ) => Promise<void>;
}

export interface RestoreMark {
  readonly kind: 'restore';
  /** What was put back, as a person refers to it. */
  readonly name: string;
  readonly id: string;
}

interface Run {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: RestoreProgress) => void) | undefined;
}

export class Restoring {
  readonly #options: RestoringOptions;
  #planned: { readonly id: string; readonly plan: Plan } | null = null;

  constructor(options: RestoringOptions) {
    this.#options = options;
  }

  /** Of the source as it is stored at this moment: what others have written meanwhile is read first. */
  async plan(request: RestoreRequest, { signal, onProgress }: Run = {}): Promise<RestorePlan> {
    const { target, moment } = this.#options;
    return target.exclusively(async () => {
      const changed = await target.source.changed();
      if (changed === null || changed.size > 0) await target.readAnew();
      const from = await moment(request.from);
      try {
        const { source: into, writer, registry } = target;
        const plan = await planRestore(request, { from: from.source, into, writer, registry, signal, onProgress });
        const id = randomUUID();
        this.#planned = { id, plan };
        return tellPlan(plan, id);
      } finally {
        await from.release();
      }
    });
  }

  /** @throws SourceError `not-armed`, `not-writable`, or what keeps the safety copy from being made */
  async apply(id: string, accepted: readonly string[], run: Run = {}): Promise<RestoreOutcome> {
    const planned = this.#planned;
    if (planned?.id !== id) return { status: 'nothing' };
    const mark = { kind: 'restore', name: nameOf(planned.plan.request.from) } as const;
    const outcome = await this.#write('snapshot_restore', mark, run, (context) =>
      applyRestore(planned.plan, accepted, context),
    );
    if (outcome.status !== 'blocked') this.#planned = null;
    return outcome;
  }

  /** Carries out a plan that was made elsewhere, such as one of repairs. @param name by which the history tells it. @throws as `apply` */
  async applyPlan(plan: Plan, accepted: readonly string[], name: string, run: Run = {}): Promise<RestoreOutcome> {
    return this.#write('snapshot_restore', { kind: 'restore', name }, run, (context) =>
      applyRestore(plan, accepted, context),
    );
  }

  async undo(undo: string, run: Run = {}): Promise<UndoRestoreOutcome> {
    return this.#write('undo', null, run, (context) => undoRestore(undo, context));
  }

  /** Also those of earlier runs of the program. The latest first. */
  async undoable(): Promise<readonly UndoableRestore[]> {
    return this.#log().list();
  }

  async #write<T extends { readonly status: string }>(
    how: 'snapshot_restore' | 'undo',
    mark: Omit<RestoreMark, 'id'> | null,
    { signal, onProgress }: Run,
    work: (run: ApplyRun) => Promise<T>,
  ): Promise<T> {
    const { target, copies, onWritten } = this.#options;
    target.assertArmed();
    const recorded: Promise<void>[] = [];
    const outcome = await target.exclusively(async () => {
      const { writer, source } = target;
      if (typeof writer === 'string') throw notWritable(source.location, writer);
      let isFirst = true;
      const outcome = await work({
        writer,
        location: source.location,
        log: this.#log(),
        copies,
        isLive: target.isLive,
        signal,
        onProgress,
        readBack: async (keys) => {
          const changed = isFirst && target.isLive !== true ? await target.source.changed() : null;
          isFirst = false;
          // What is shown is what is stored.
          if (changed === null || changed.size > 0) await target.readAnew();
          return readTexts(target.source, keys);
        },
        onWritten: (keys, id) => {
          // Not waited for here: whoever records reads the source, too, and waits for its turn.
          recorded.push(onWritten(keys, how, mark && { ...mark, id }));
        },
      });
      if (outcome.status === 'rolled-back') await target.readAnew();
      return outcome;
    });
    await Promise.all(recorded);
    return outcome;
  }

  #log(): UndoLog {
    const { folder, target } = this.#options;
    return new UndoLog(folder, target.source.location);
  }
}

async function readTexts(source: Source, keys: readonly string[]): Promise<ReadonlyMap<string, Uint8Array | null>> {
  const there = new Set(source.entries.map(({ key }) => key));
  const texts = new Map<string, Uint8Array | null>();
  for (const key of keys) texts.set(key, there.has(key) ? await textOf(source, key) : null);
  return texts;
}

async function textOf(source: Source, key: string): Promise<Uint8Array | null> {
  try {
    return (await source.read(key)).bytes;
  } catch (error) {
    if (error instanceof SourceError && error.code === 'not-found') return null;
    throw error;
  }
}

function nameOf(from: MomentRef): string {
  switch (from.at) {
    case 'now':
      return '';
    case 'seq':
      return `#${from.seq}`;
    case 'snapshot':
      return from.snapshot;
    case 'source':
      return from.location.split(/[\\/]/).findLast((part) => part !== '') ?? from.location;
    case 'version':
      return shortVersion(from);
    default:
      return from satisfies never;
  }
}
