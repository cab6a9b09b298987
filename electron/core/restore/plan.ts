/**
 * What a restore would do, to the byte, and what speaks against it. Nothing is written here: what is decided is what a person
 * has seen, and applying it is refused when the source is another one by then.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { RestoreCheck, RestorePath, RestoreProgress, RestoreRequest } from '../../../shared/ipc/restore.ts';
import type { NotWritableReason } from '../../../shared/ipc/writing.ts';
import type { JsonDocument } from '../../../shared/json/document.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { toDot } from '../../../shared/json/path.ts';
import type { StoredBeside } from '../../../shared/state/describe-state.ts';
import type { TypeRegistry } from '../../../shared/state/type-registry.ts';
import { isWholeBackup, keptField } from '../sources/backup.ts';
import type { Source, StateBytes } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import { storedBeside } from '../validation/stored-beside.ts';
import { stampEnvelope } from '../writing/stamp-envelope.ts';
import { type Mending, type StateWriter, textRevision, type WriteOptions } from '../writing/state-writer.ts';
import { type Change, type Changes, changesBetween, isChosen, isExtraMember, startsWith } from './changes.ts';
import { checkOf, checkParticipants, checkState, participantsOf } from './checks.ts';
import { type ChosenState, chooseStates } from './choose.ts';
import { migratedState } from './migrated.ts';
import { putBack } from './put-back.ts';

/** One state, as it is and as it would be. */
export interface PlannedState {
  readonly key: string;
  /** By which it is listed now; another one where it is not told for what it was. */
  readonly keyNow: string;
  readonly type: string | null;
  readonly action: 'same' | 'write' | 'create' | 'remove';
  /** Null where it is not there. */
  readonly before: Uint8Array | null;
  /** Null where it would not be there any more. */
  readonly after: Uint8Array | null;
  /** For one that is made. */
  readonly place: string | null;
  readonly labels: WriteOptions['labels'];
  /** For a damaged text that is repaired; undefined for one that is put back. */
  readonly mends?: Mending | undefined;
  /** Null for one that is made or removed. */
  readonly changes: Changes | null;
  readonly chosen: ReadonlySet<Change>;
}

export interface Plan {
  readonly request: RestoreRequest;
  readonly location: string;
  readonly states: readonly PlannedState[];
  readonly checks: readonly RestoreCheck[];
}

export interface PlanContext {
  /** As it was at the moment. */
  readonly from: Source;
  /** As it is. */
  readonly into: Source;
  readonly writer: StateWriter | NotWritableReason;
  readonly registry: TypeRegistry;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: RestoreProgress) => void) | undefined;
}

const STATES_PER_TURN = 16;

/** @throws SourceError of reading; the signal's reason. */
export async function planRestore(request: RestoreRequest, context: PlanContext): Promise<Plan> {
  const { from, into, writer } = context;
  const chosen = chooseStates(request, into, from);
  const checks: RestoreCheck[] = [...chosen.checks];
  if (typeof writer === 'string') checks.push(checkOf('not-writable', null, { reason: writer }));
  const states: PlannedState[] = [];
  for (const [done, state] of chosen.states.entries()) {
    // So that a person who gives up is heard, however fast the states are read.
    if (done % STATES_PER_TURN === 0) await turn();
    context.signal?.throwIfAborted();
    context.onProgress?.({ phase: 'reading', done, total: chosen.states.length, key: state.key });
    const planned = await planState(state, request, context, checks);
    if (planned !== null) states.push(planned);
  }
  if (from.format === 'backup' && !isWholeBackup(from.problems) && states.some(({ action }) => action === 'remove')) {
    checks.push(checkOf('incomplete-copy', null));
  }
  checks.push(...(await participants(states, context)));
  return { request, location: into.location, states, checks };
}

/** Null, with the reason among the checks, for a state of which nothing can be said. */
async function planState(
  chosen: ChosenState,
  { mode, migrate }: RestoreRequest,
  { from, into, writer, registry, signal }: PlanContext,
  checks: RestoreCheck[],
): Promise<PlannedState | null> {
  const { key, paths, place } = chosen;
  const keyNow = chosen.now?.key ?? key;
  const refused = (reason: NotWritableReason | null) => {
    if (reason !== null) checks.push(checkOf('not-writable', key, { reason }));
  };
  const now = chosen.now && (await read(into, keyNow, signal, checks));
  const was = chosen.was && (await read(from, key, signal, checks));
  if ((chosen.now && now === null) || (chosen.was && was === null)) return null;
  if (was !== null && isDamaged(was)) checks.push(checkOf('damaged-copy', key));
  const none = { changes: null, chosen: new Set<Change>(), place: null, labels: undefined };
  const type = chosen.was?.type ?? chosen.now?.type ?? null;
  if (was === null) {
    if (now === null) return null;
    if (typeof writer !== 'string') refused(writer.refusal(keyNow, 'remove'));
    return { ...none, key, keyNow, type, action: 'remove', before: now.bytes, after: null };
  }
  if (now !== null && !migrate && Buffer.from(now.bytes).equals(was.bytes)) {
    return { ...none, key, keyNow, type, action: 'same', before: now.bytes, after: now.bytes };
  }
  const earlier = earlierState(key, was, { migrate, registry }, checks);
  if (earlier === null) return null;
  const { document: target, labels } = earlier;
  if (now === null) {
    const refusal = typeof writer === 'string' ? null : writer.createRefusal(key, place);
    if (refusal !== null && place === null) checks.push(checkOf('no-place', key));
    else refused(refusal);
    const { beside } = earlier;
    checks.push(...checkState({ key, now: null, next: target, beside, besideNext: beside, whole: true }, registry));
    return { ...none, key, keyNow, type, action: 'create', before: null, after: target.bytes, place, labels };
  }
  const present = parseJson(now.bytes).document;
  if (present === null) return unreadable(key, 'there is no value', checks);
  const whole = paths === null && mode === 'replace';
  const changes = changesBetween(present, target);
  const wanted = new Set(
    changes.list.filter((change) => isChosen(change, paths) && !(mode === 'merge' && isExtraMember(present, change))),
  );
  checks.push(...(paths ?? []).flatMap((path) => unknownPath(key, path, changes)));
  const edited = whole ? target.bytes : putBack(changes, [...wanted]);
  const after = whole || wanted.size === 0 ? edited : stamped(edited);
  const planned = { key, keyNow, type, before: now.bytes, after, place: null, changes, chosen: wanted };
  if (Buffer.from(now.bytes).equals(after)) return { ...planned, action: 'same', labels: undefined };
  if (typeof writer !== 'string') refused(writer.refusal(keyNow));
  const next = wholeDocument(after, key, checks);
  const beside = storedBeside(now.metadata);
  const besideNext = whole ? earlier.beside : beside;
  if (next !== null) checks.push(...checkState({ key, now: present, next, beside, besideNext, whole }, registry));
  return { ...planned, action: 'write', labels: whole ? labels : undefined };
}

interface EarlierState {
  readonly document: JsonDocument;
  readonly labels: WriteOptions['labels'];
  /** What is known beside its text. */
  readonly beside: StoredBeside;
}

/** A state as it was, or, when a person wants that, in the form of today. Null, and told, for one that cannot be put back. */
function earlierState(
  key: string,
  was: StateBytes,
  { migrate, registry }: { readonly migrate: boolean; readonly registry: TypeRegistry },
  checks: RestoreCheck[],
): EarlierState | null {
  const document = wholeDocument(was.bytes, key, checks);
  if (document === null) return null;
  const beside = storedBeside(was.metadata);
  const labels = labelsOf(was);
  const migrated = migratedState(document, registry, beside);
  if (migrated.status === 'current') return { document, labels, beside };
  const { from, to } = migrated;
  if (migrated.status === 'impossible') {
    checks.push(checkOf('no-migration', key, { from, to, reason: migrated.reason }));
    return { document, labels, beside };
  }
  checks.push(checkOf(migrate ? 'migrated' : 'older-version', key, { from, to }));
  if (!migrate) return { document, labels, beside };
  const today = wholeDocument(migrated.text, key, checks);
  if (today === null) return null;
  const labelsToday = labels && { ...labels, version: to };
  return { document: today, labels: labelsToday, beside: labelsToday ? { ...beside, labels: labelsToday } : beside };
}

/** Only what differs from what the state says of itself has to be told to a store. */
function labelsOf(state: StateBytes): WriteOptions['labels'] {
  const { table, type, version } = state.metadata;
  if (table !== null && type !== null && version !== null) return { type, version };
  const [kept, keptVersion] = [keptField(state.metadata, 'type'), keptField(state.metadata, 'version')];
  return kept === null || keptVersion === null ? undefined : { type: kept, version: keptVersion };
}

/** Whether these very bytes are not those that were backed up. */
function isDamaged({ bytes, metadata }: StateBytes): boolean {
  const sha256 = keptField(metadata, 'sha256');
  return sha256 !== null && sha256 !== textRevision(bytes);
}

async function read(
  source: Source,
  key: string,
  signal: AbortSignal | undefined,
  checks: RestoreCheck[],
): Promise<StateBytes | null> {
  try {
    return await source.read(key, signal ? { signal } : {});
  } catch (error) {
    if (!(error instanceof SourceError) || error.code === 'cancelled') throw error;
    checks.push(checkOf('unreadable', key, { reason: error.message }));
    return null;
  }
}

function unreadable(key: string, reason: string, checks: RestoreCheck[]): null {
  checks.push(checkOf('unreadable', key, { reason }));
  return null;
}

/** Null, and told, for text that would not be read back as it was written. */
function wholeDocument(text: Uint8Array, key: string, checks: RestoreCheck[]): JsonDocument | null {
  const { document, issues } = parseJson(text);
  const fault = issues.find(({ severity }) => severity === 'error');
  if (document !== null && fault === undefined && !document.isIncomplete(0)) return document;
  checks.push(checkOf('not-json', key, { reason: fault?.message ?? 'it is cut off' }));
  return null;
}

/** An envelope of which some values are put back is a new one, and says so. */
function stamped(text: Uint8Array): Uint8Array {
  const { document } = parseJson(text);
  return document === null ? text : stampEnvelope(document, Date.now);
}

function unknownPath(key: string, pick: RestorePath, { list }: Changes): readonly RestoreCheck[] {
  if (list.some((change) => isChosen(change, [pick]))) return [];
  const around = list.find(({ path }) => startsWith(pick.path, path));
  const details: Readonly<Record<string, string>> = around === undefined ? {} : { nearest: toDot(around.path) || '$' };
  return [checkOf('no-change', key, details, toDot(pick.path))];
}

/** Who takes part in the sessions that would be there, and would not be there. */
async function participants(
  states: readonly PlannedState[],
  { into, signal }: PlanContext,
): Promise<readonly RestoreCheck[]> {
  const before = namesOf(into.entries.map(({ key }) => key));
  const removed = new Set(states.flatMap(({ action, key }) => (action === 'remove' ? [key] : [])));
  const made = states.flatMap(({ action, key }) => (action === 'create' ? [key] : []));
  const there = namesOf([...into.entries.map(({ key }) => key).filter((key) => !removed.has(key)), ...made]);
  const checks: RestoreCheck[] = [];
  const planned = new Set(states.filter(({ action }) => action !== 'same').map(({ key }) => key));
  for (const { key, action, before: old, after } of states) {
    if (after === null || action === 'same' || !key.startsWith('session:')) continue;
    const [now, next] = [old && parseJson(old).document, parseJson(after).document];
    if (next !== null) checks.push(...checkParticipants(key, now, next, { there, before }));
  }
  if (![...removed].some((key) => key.startsWith('agent:'))) return checks;
  for (const { key, kind } of into.entries) {
    if (kind !== 'session' || planned.has(key)) continue;
    const { document } = parseJson((await into.read(key, signal ? { signal } : {})).bytes);
    if (document === null || participantsOf(document).length === 0) continue;
    checks.push(...checkParticipants(key, document, document, { there, before }));
  }
  return checks;
}

/** As sessions name them: by their key, or agents by their id. */
function namesOf(keys: readonly string[]): ReadonlySet<string> {
  return new Set(keys.flatMap((key) => (key.startsWith('agent:') ? [key, key.slice('agent:'.length)] : [key])));
}

/** What `textRevision` names the present text; null where there is none. */
export function revisionBefore({ before }: PlannedState): string | null {
  return before === null ? null : textRevision(before);
}
