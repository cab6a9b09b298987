/**
 * The StateConsistencyChecker of the design (6.2), with all three checks real. States are read one after the other, parsed once and
 * let go again; what the rules about several states need is kept as facts. Nothing is changed or written.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  CheckNotRun,
  ConsistencyProgress,
  ConsistencyReport,
  FindingSeverity,
} from '../../../shared/ipc/consistency.ts';
import type { Problem } from '../../../shared/ipc/model.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import type { TypeRegistry } from '../../../shared/state/type-registry.ts';
import type { SnapshotStore } from '../snapshots/snapshot-store.ts';
import type { Source, StateEntry } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import type { Journal } from '../tracking/journal.ts';
import { knownTypes } from '../validation/known-types.ts';
import { problemsOfIssues } from '../workspace/issue-problems.ts';
import { FactCollector } from './facts.ts';
import { ReportBuilder } from './report.ts';
import type { CheckContext, FoundInState, LookedAt, Reading, Rule } from './rule.ts';
import { builtInRules } from './rules.ts';
import { NO_RULES_FILE, type RulesFile } from './rules-file.ts';
import { placeIn, StateView } from './state-view.ts';

export interface ConsistencyOptions {
  readonly registry?: TypeRegistry;
  /** Milliseconds since 1970, with which times are compared. */
  readonly now?: number;
  readonly rules?: RulesFile;
  /** Of the source; or why the rules about it cannot run. */
  readonly journal?: Journal | CheckNotRun;
  readonly snapshots?: SnapshotStore | CheckNotRun;
}

export interface ConsistencyRun {
  /** Asked several times a second, also within what does not await. */
  readonly isCancelled: () => boolean;
  readonly onProgress: (progress: ConsistencyProgress) => void;
}

/** Of one state. A larger one would take all memory, and seconds in which nobody can cancel. */
const MOST_LOOKED_AT_BYTES = 64 * 2 ** 20;
/** Milliseconds after which whoever else waits for this thread has a turn. */
const TURN_MS = 50;

export class StateConsistencyChecker {
  readonly #source: Source;
  readonly #options: ConsistencyOptions;

  constructor(source: Source, options: ConsistencyOptions = {}) {
    this.#source = source;
    this.#options = options;
  }

  /** @throws SourceError `cancelled`; `still-indexing` for a big file of which some states are not known yet. */
  async check(run: ConsistencyRun): Promise<ConsistencyReport> {
    const { registry = knownTypes(), now = Date.now(), rules: file = NO_RULES_FILE } = this.#options;
    const source = this.#source;
    refuseUnfinished(source);
    const all: readonly Rule[] = [...builtInRules(file.required), ...file.rules];
    const severities: ReadonlyMap<string, FindingSeverity> = file.severities;
    const builder = new ReportBuilder(all, severities);
    const rules = all.filter(({ id }) => {
      const isOff = file.off.has(id);
      if (isOff) builder.notRun(id, { code: 'switched-off', details: {} });
      return !isOff;
    });
    const context: CheckContext = { registry, now };
    const facts = new FactCollector();
    for (const { key, kind, id } of source.entries) facts.keys.set(key, { kind, id });
    const pass: Pass = { source, rules, context, facts, builder, run, turnAt: performance.now() };
    await lookAtStates(pass);
    lookAtOtherFiles(pass);
    await lookAtFacts(pass, this.#options);
    return {
      source: source.location,
      rulesFile: file.location,
      startedAt: new Date(now).toISOString(),
      finishedAt: new Date(Math.max(now, Date.now())).toISOString(),
      states: source.entries.length,
      ...builder.finish(source.entries.map(({ key }) => key)),
    };
  }
}

function tooLarge({ key, location, bytes }: StateEntry): SourceError {
  const [megabytes, limit] = [Math.ceil(bytes / 1e6), Math.floor(MOST_LOOKED_AT_BYTES / 1e6)];
  const message = `${key} in ${location} has ${megabytes} MB, and the check looks into states of at most ${limit} MB. Look at it in the tree, or split it.`;
  return new SourceError('state-too-large', message, { key, location, megabytes, limit });
}

/** What is not known yet would be told as missing. */
function refuseUnfinished({ growth, location }: Source): void {
  if (growth?.indexing == null) return;
  const message = `${location} has not been gone through to its end, so that some of its states are not known. Wait for that, then check again.`;
  throw new SourceError('still-indexing', message, { location });
}

interface Pass {
  readonly source: Source;
  readonly rules: readonly Rule[];
  readonly context: CheckContext;
  readonly facts: FactCollector;
  readonly builder: ReportBuilder;
  readonly run: ConsistencyRun;
  /** When others had the last turn, by `performance.now()`. */
  turnAt: number;
}

/** Between two steps. @throws SourceError `cancelled` */
async function pause(pass: Pass): Promise<void> {
  refuseCancelled(pass);
  if (performance.now() - pass.turnAt < TURN_MS) return;
  await nextTurn();
  pass.turnAt = performance.now();
  refuseCancelled(pass);
}

async function lookAtStates(pass: Pass): Promise<void> {
  const { source, run } = pass;
  const problems = grouped(source.problems, ({ key }) => key);
  const total = source.entries.length;
  for (const [done, entry] of source.entries.entries()) {
    refuseCancelled(pass);
    run.onProgress({ done, total, key: entry.key });
    await lookAtState(pass, entry, problems.get(entry.key) ?? []);
    await nextTurn();
    pass.turnAt = performance.now();
  }
}

async function lookAtState(pass: Pass, entry: StateEntry, known: readonly Problem[]): Promise<void> {
  const { source, facts, context } = pass;
  const { key, location } = entry;
  try {
    if (entry.bytes > MOST_LOOKED_AT_BYTES) throw tooLarge(entry);
    const { bytes, metadata, problems } = await source.read(key);
    await pause(pass);
    const { document, issues } = parseJson(bytes, { onTurn: () => refuseCancelled(pass) });
    await pause(pass);
    // What was told on opening has advice with it, and where in the file it is.
    const anew = problemsOfIssues(issues, location, key).filter(
      ({ code }) => !known.some((told) => told.code === code),
    );
    tellReading(pass, { entry, location, problems: [...known, ...anew, ...problems], error: null, bytes });
    if (document === null) {
      facts.unknown.add(key);
      return;
    }
    const state = new StateView(entry, metadata, document, issues, context.registry, () => refuseCancelled(pass));
    facts.add(state);
    await tellState(pass, state);
  } catch (error) {
    if (!(error instanceof SourceError) || error.code === 'cancelled') throw error;
    facts.unknown.add(key);
    tellReading(pass, { entry, location, problems: known, error, bytes: null });
  }
}

function tellReading({ rules, builder }: Pass, reading: Reading): void {
  const { entry, location } = reading;
  for (const rule of rules) {
    if (rule.needs !== 'reading') continue;
    builder.lookedAt(rule.id);
    for (const { offset = null, ...found } of rule.check(reading)) {
      builder.add(rule.id, () => ({ key: entry?.key ?? null, location, path: [], at: '$', offset }), found);
    }
  }
}

async function tellState(pass: Pass, state: StateView): Promise<void> {
  const { rules, builder, context } = pass;
  for (const rule of rules) {
    if (rule.needs !== 'state') continue;
    await pause(pass);
    if (!rule.applies(state, context)) continue;
    builder.lookedAt(rule.id);
    for (const found of rule.check(state, context)) {
      builder.add(rule.id, () => placeOfFound(state, found), found);
      await pause(pass);
    }
  }
}

function placeOfFound(state: StateView, { node, path, offset }: FoundInState) {
  const place = node === undefined ? placeIn(state, path ?? []) : state.place(node);
  return offset === undefined ? place : { ...place, offset };
}

/** Files and rows in which no state could be read: each is told by its place. */
function lookAtOtherFiles(pass: Pass): void {
  const { source, facts } = pass;
  const elsewhere = source.problems.filter(({ key }) => key === null || !facts.keys.has(key));
  for (const [location, problems] of grouped(elsewhere, (problem) => problem.location)) {
    tellReading(pass, { entry: null, location, problems, error: null, bytes: null });
  }
}

async function lookAtFacts(pass: Pass, { journal, snapshots }: ConsistencyOptions): Promise<void> {
  const { rules, source, facts, context, builder } = pass;
  for (const rule of rules) {
    await pause(pass);
    if (rule.needs === 'facts') await tell(pass, rule.id, rule.check(facts, context));
    else if (rule.needs === 'source') await tell(pass, rule.id, rule.check(source, facts, context));
    else if (rule.needs === 'journal') {
      if (journal === undefined || 'code' in journal)
        builder.notRun(rule.id, journal ?? { code: 'no-journal', details: {} });
      else await tell(pass, rule.id, rule.check(journal, facts, context));
    } else if (rule.needs === 'snapshots') {
      if (snapshots === undefined || 'code' in snapshots)
        builder.notRun(rule.id, snapshots ?? { code: 'no-snapshots', details: {} });
      else await tell(pass, rule.id, rule.check(snapshots, facts, context));
    }
  }
}

async function tell(pass: Pass, rule: string, looks: Iterable<LookedAt> | AsyncIterable<LookedAt>): Promise<void> {
  for await (const look of looks) {
    pass.builder.lookedAt(rule);
    for (const { place, ...found } of look) pass.builder.add(rule, () => place, found);
    await pause(pass);
  }
}

/** Map.groupBy, which the older of the two runtimes' types do not have. */
function grouped<K>(problems: readonly Problem[], by: (problem: Problem) => K): ReadonlyMap<K, readonly Problem[]> {
  const groups = new Map<K, Problem[]>();
  for (const problem of problems) {
    const group = groups.get(by(problem));
    if (group === undefined) groups.set(by(problem), [problem]);
    else group.push(problem);
  }
  return groups;
}

function refuseCancelled({ run, source: { location } }: Pass): void {
  if (run.isCancelled()) {
    throw new SourceError('cancelled', `Checking ${location} was cancelled. Nothing was changed.`, { location });
  }
}
