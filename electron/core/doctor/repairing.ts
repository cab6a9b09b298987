/** Repairing an open source: a plan, which is forgotten for the next one, and carrying it out, in a copy or in place. */
import { randomUUID } from 'node:crypto';
import type { ConsistencyReport } from '../../../shared/ipc/consistency.ts';
import type { RepairedCopy, RepairPlanInfo, RepairRequest } from '../../../shared/ipc/repairs.ts';
import type { RestoreOutcome, RestoreProgress } from '../../../shared/ipc/restore.ts';
import { type RestoreTarget, type Restoring } from '../restore/restoring.ts';
import { tellPlan } from '../restore/tell-plan.ts';
import type { Source } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import type { RepairContext, RepairPlan } from './model.ts';
import { planRepairs } from './plan-repairs.ts';
import { repairCopy } from './repair-copy.ts';

export interface RepairingOptions {
  readonly target: Pick<RestoreTarget, 'source' | 'writer' | 'exclusively' | 'readAnew'>;
  /** Of the same target: what writes, and takes back. */
  readonly restoring: Pick<Restoring, 'applyPlan'>;
  /** The check whose findings are repaired. */
  readonly check: (source: Source, signal: AbortSignal | undefined) => Promise<ConsistencyReport>;
  /** By which the history tells the repair. */
  readonly name: string;
}

interface Run {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: RestoreProgress) => void) | undefined;
}

export class Repairing {
  readonly #options: RepairingOptions;
  #planned: { readonly id: string; readonly plan: RepairPlan } | null = null;

  constructor(options: RepairingOptions) {
    this.#options = options;
  }

  /** Of the source as it is stored at this moment: what others have written meanwhile is read first. */
  async plan(
    request: RepairRequest,
    { signal, choose }: Run & Pick<RepairContext, 'choose'> = {},
  ): Promise<RepairPlanInfo> {
    const { target, check } = this.#options;
    return target.exclusively(async () => {
      const changed = await target.source.changed();
      if (changed === null || changed.size > 0) await target.readAnew();
      const { source, writer } = target;
      const plan = await planRepairs(request, {
        source,
        writer,
        check: (looked) => check(looked, signal),
        signal,
        ...(choose && { choose }),
      });
      const id = randomUUID();
      this.#planned = { id, plan };
      return tellRepairPlan(plan, id);
    });
  }

  /** The texts of a plan, for looking at what it would do; null when it is forgotten. */
  planned(id: string): RepairPlan | null {
    return this.#planned?.id === id ? this.#planned.plan : null;
  }

  /** In place, as one unit, with copies of what is replaced; to be undone as a restore. @throws SourceError `not-armed`, `not-writable`, … */
  async apply(id: string, accepted: readonly string[], run: Run = {}): Promise<RestoreOutcome> {
    const plan = this.planned(id);
    if (plan === null) return { status: 'nothing' };
    const outcome = await this.#options.restoring.applyPlan(plan, accepted, this.#options.name, run);
    if (outcome.status !== 'blocked') this.#planned = null;
    return outcome;
  }

  /** The source stays as it is. @throws SourceError as `repairCopy`; `conflict` when the plan is forgotten */
  async copyTo(id: string, path: string, run: Run = {}): Promise<RepairedCopy> {
    const plan = this.planned(id);
    if (plan === null) {
      const message = 'The plan of this repair is forgotten: another one was made since. Make it again.';
      throw new SourceError('conflict', message, { key: this.#options.target.source.location });
    }
    return this.#options.target.exclusively(() => repairCopy(plan, path, run));
  }
}

export function tellRepairPlan(plan: RepairPlan, id: string): RepairPlanInfo {
  return { ...tellPlan(plan, id), repairs: plan.states.flatMap(({ repairs }) => repairs), refused: plan.refused };
}
