/**
 * What repairing would do, to the byte. The source is checked anew, so that a finding that is gone, or another one by now, is
 * refused instead of repaired. With everything chosen, what only shows once a text is whole again is repaired, too.
 */
import type { ConsistencyFinding, RepairPick } from '../../../shared/ipc/consistency.ts';
import type {
  AppliedRepair,
  LostPart,
  RefusedRepair,
  RepairRefusal,
  RepairRequest,
} from '../../../shared/ipc/repairs.ts';
import type { RestoreCheck } from '../../../shared/ipc/restore.ts';
import type { JsonDocument } from '../../../shared/json/document.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { toJsonPath } from '../../../shared/json/path.ts';
import { type Change, changesBetween } from '../restore/changes.ts';
import { checkOf } from '../restore/checks.ts';
import type { Source, StateEntry } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import { stampEnvelope } from '../writing/stamp-envelope.ts';
import type { Mending } from '../writing/state-writer.ts';
import { closeText } from './close-text.ts';
import { differing, spliceAll, splicesOf } from './edit-all.ts';
import { emptiedMessages, messageCounts } from './follow-up.ts';
import type { Repair, RepairContext, RepairedState, RepairPlan, Splice, TextEdit } from './model.ts';
import { RepairedSource } from './repaired-source.ts';
import { byPaths, REPAIRS, repairsOf } from './repairs.ts';
import { isOfRows } from './rows.ts';

/** A repair may bring to light what was cut off from view, and that again: seldom more than twice. */
const MOST_ROUNDS = 8;

/** @throws SourceError of reading; `cancelled`. */
export async function planRepairs(request: RepairRequest, context: RepairContext): Promise<RepairPlan> {
  const { source, writer, clock = Date.now } = context;
  const drafts = new Drafts(source, context.signal);
  const picks = request.picks;
  for (let round = 0; round < (picks === null ? MOST_ROUNDS : 1); round++) {
    const looked = round === 0 ? source : drafts.source();
    const { findings } = await context.check(looked);
    const chosen = picks === null ? everything(findings, context) : picked(findings, picks, drafts.refused);
    const made = await drafts.repair(chosen, picks !== null);
    if (!made) break;
  }
  const states: RepairedState[] = [];
  const checks: RestoreCheck[] = [];
  if (typeof writer === 'string') checks.push(checkOf('not-writable', null, { reason: writer }));
  for (const draft of drafts.all()) {
    const state = finished(draft, clock);
    if (state === null) {
      for (const { finding } of draft.applied) drafts.refused.push({ finding, key: draft.entry.key, why: 'not-json' });
      continue;
    }
    const refusal = typeof writer === 'string' ? null : writer.refusal(state.key, 'mend');
    if (refusal !== null) checks.push(checkOf('not-writable', state.key, { reason: refusal }));
    states.push(state);
  }
  const restore = { from: { at: 'now' }, picks: null, mode: 'replace', removeOthers: false, migrate: false } as const;
  const { location, format } = source;
  return { request: restore, location, format, states, checks, refused: drafts.refused };
}

interface Chosen {
  readonly finding: ConsistencyFinding;
  readonly repair: string;
}

function everything(findings: readonly ConsistencyFinding[], { choose }: RepairContext): readonly Chosen[] {
  return findings.flatMap((finding) => {
    const [first] = repairsOf(finding);
    const repair =
      first === undefined || finding.key === null ? null : choose === undefined ? first.id : choose(finding);
    return repair === null ? [] : [{ finding, repair }];
  });
}

function picked(
  findings: readonly ConsistencyFinding[],
  picks: readonly RepairPick[],
  refused: RefusedRepair[],
): readonly Chosen[] {
  const byId = new Map(findings.map((finding) => [finding.id, finding]));
  return picks.flatMap(({ finding: id, key, repair }) => {
    const finding = byId.get(id);
    const refuse = (why: RepairRefusal) => {
      refused.push({ finding: id, key, why });
      return [];
    };
    if (finding === undefined || finding.key !== key) return refuse('gone');
    return repairsOf(finding).some((offered) => offered.id === repair) ? [{ finding, repair }] : refuse('no-repair');
  });
}

interface Draft {
  readonly entry: StateEntry;
  readonly type: string | null;
  readonly original: Uint8Array;
  text: Uint8Array;
  mends: Mending;
  readonly stages: (readonly Splice[])[];
  readonly applied: AppliedRepair[];
}

class Drafts {
  readonly refused: RefusedRepair[] = [];
  readonly #source: Source;
  readonly #signal: AbortSignal | undefined;
  readonly #drafts = new Map<string, Draft>();

  constructor(source: Source, signal: AbortSignal | undefined) {
    this.#source = source;
    this.#signal = signal;
  }

  /** In the order of the source. */
  all(): readonly Draft[] {
    return this.#source.entries.flatMap(({ key }) => {
      const draft = this.#drafts.get(key);
      return draft === undefined || draft.applied.length === 0 ? [] : [draft];
    });
  }

  source(): RepairedSource {
    return new RepairedSource(this.#source, this.#drafts);
  }

  /** False when nothing has changed. @param tellGone whether a person has asked for just these */
  async repair(chosen: readonly Chosen[], tellGone: boolean): Promise<boolean> {
    let isChanged = false;
    const byKey = new Map<string, Chosen[]>();
    for (const each of chosen) {
      const { key } = each.finding;
      if (key !== null) byKey.set(key, [...(byKey.get(key) ?? []), each]);
    }
    for (const [key, ofState] of byKey) {
      this.#signal?.throwIfAborted();
      const draft = await this.#draft(key);
      if (draft === null) {
        for (const { finding } of ofState) this.refused.push({ finding: finding.id, key, why: 'too-large' });
      } else if (await this.#repairState(draft, ofState, tellGone)) isChanged = true;
    }
    return isChanged;
  }

  async #repairState(draft: Draft, chosen: readonly Chosen[], tellGone: boolean): Promise<boolean> {
    const before = draft.applied.length;
    const gone = ({ finding }: Chosen) => {
      if (tellGone) this.refused.push({ finding: finding.id, key: finding.key, why: 'gone' });
    };
    const kind = ({ repair }: Chosen) => REPAIRS.get(repair)?.mends ?? 'value';
    for (const each of chosen.filter((one) => kind(one) === 'tail')) {
      if (draft.mends === 'tail') continue;
      draft.mends = 'tail';
      draft.applied.push(appliedOf(each, draft.entry, null));
    }
    const [closing, ...again] = chosen.filter((one) => kind(one) === 'text');
    if (closing !== undefined && !closeDraft(draft, [closing, ...again])) gone(closing);
    await this.#repairValues(
      draft,
      chosen.filter((one) => kind(one) === 'value'),
      gone,
    );
    return draft.applied.length > before;
  }

  async #repairValues(draft: Draft, chosen: readonly Chosen[], gone: (each: Chosen) => void): Promise<void> {
    const document = chosen.length === 0 ? null : parseJson(draft.text).document;
    if (document === null) {
      for (const each of chosen) gone(each);
      return;
    }
    const isRows = isOfRows(draft.type);
    const edits: TextEdit[] = [];
    for (const each of chosen) {
      const found = await this.#editsOf(document, each);
      if (found === null) gone(each);
      else if (isRows && !found.every((edit) => staysInRow(document, edit))) {
        this.refused.push({ finding: each.finding.id, key: draft.entry.key, why: 'assembled' });
      } else {
        edits.push(...found);
        draft.applied.push(appliedOf(each, draft.entry, null));
      }
    }
    if (edits.length === 0) return;
    advance(draft, splicesOf(document, edits));
    follow(draft, document, (now) => emptiedMessages(document, now, isRows));
    follow(draft, document, (now) => messageCounts(document, now));
  }

  async #editsOf(document: JsonDocument, { finding, repair: id }: Chosen): Promise<readonly TextEdit[] | null> {
    if (finding.repair?.id === id && finding.repair.edits !== null) return byPaths(document, finding.repair.edits);
    const repair = REPAIRS.get(id);
    if (repair === undefined) return null;
    return repair.edits(document, finding, await this.#copied(repair, finding));
  }

  async #copied(repair: Repair, finding: ConsistencyFinding): Promise<Uint8Array | null> {
    const key = repair.copiesFrom?.(finding) ?? null;
    return key === null ? null : ((await this.#draft(key))?.text ?? null);
  }

  /** Null for a state that is too large, or not there any more. */
  async #draft(key: string): Promise<Draft | null> {
    const known = this.#drafts.get(key);
    if (known !== undefined) return known;
    const entry = this.#source.entries.find((each) => each.key === key);
    if (entry === undefined) return null;
    try {
      const { bytes, metadata } = await this.#source.read(key, this.#signal ? { signal: this.#signal } : {});
      const draft: Draft = {
        entry,
        type: metadata.type,
        original: bytes,
        text: bytes,
        mends: 'text',
        stages: [],
        applied: [],
      };
      this.#drafts.set(key, draft);
      return draft;
    } catch (error) {
      if (error instanceof SourceError && ['state-too-large', 'not-found', 'unreadable'].includes(error.code))
        return null;
      throw error;
    }
  }
}

function closeDraft(draft: Draft, chosen: readonly Chosen[]): boolean {
  const document = parseJson(draft.text).document;
  const closed = document === null ? null : closeText(document);
  if (closed === null) return false;
  const lost = { bytes: closed.lost, at: toJsonPath(closed.path), isMessage: closed.isMessage };
  advance(draft, [closed.splice]);
  for (const each of chosen) draft.applied.push(appliedOf(each, draft.entry, lost));
  return true;
}

function follow(draft: Draft, before: JsonDocument, edits: (now: JsonDocument) => readonly TextEdit[]): void {
  const now = parseJson(draft.text).document;
  if (now === null || now === before) return;
  advance(draft, splicesOf(now, edits(now)));
}

function advance(draft: Draft, splices: readonly Splice[]): void {
  if (splices.length === 0) return;
  draft.text = spliceAll(draft.text, splices);
  draft.stages.push(splices);
}

function appliedOf({ finding, repair }: Chosen, { key, location }: StateEntry, lost: LostPart | null): AppliedRepair {
  const { id, rule, at } = finding;
  const details = finding.repair?.id === repair ? { ...finding.details, ...finding.repair.details } : finding.details;
  return { finding: id, rule, repair, key, location, at, details, lost };
}

/** Items of the list itself are rows; what is inside of one is its text. */
function staysInRow(document: JsonDocument, edit: TextEdit): boolean {
  switch (edit.op) {
    case 'insert':
      return rowDepth(document, edit.parent) > 0;
    case 'remove':
      return rowDepth(document, edit.node) > 1;
    case 'set':
    case 'rename':
      return rowDepth(document, edit.node) > 0;
    case 'splice':
      return true;
    default:
      return edit satisfies never;
  }
}

/** Levels below the list of messages: 1 for a message or the pair that it is in, 0 for the list and what is around it. */
function rowDepth(document: JsonDocument, node: number): number {
  const list = document.kind(0) === 'array' ? 0 : document.member(document.member(0, 'memory') ?? 0, 'content');
  let depth = 0;
  for (let at = node; at >= 0; at = document.parent(at)) {
    if (at === list) return depth;
    depth++;
  }
  return 0;
}

/** Null when what would be stored is no whole JSON text. An envelope that has changed says when. */
function finished(draft: Draft, clock: () => number): RepairedState | null {
  const { entry, original, mends, stages, applied, type } = draft;
  const parsed = parseJson(draft.text);
  const isWhole = parsed.document !== null && !parsed.issues.some(({ severity }) => severity === 'error');
  if (!isWhole || parsed.document === null) return null;
  if (stages.length > 0 && !isOfRows(type)) {
    const stamped = stampEnvelope(parsed.document, clock);
    if (!Buffer.from(stamped).equals(draft.text)) advance(draft, [differing(draft.text, stamped)]);
  }
  const now = parseJson(original).document;
  const then = parseJson(draft.text).document;
  const changes = now === null || then === null || stages.length === 0 ? null : changesBetween(now, then);
  const { key, location } = entry;
  return {
    key,
    keyNow: key,
    type,
    action: 'write',
    before: original,
    after: draft.text,
    mends,
    place: null,
    labels: undefined,
    changes,
    chosen: new Set<Change>(changes?.list ?? []),
    stages,
    location,
    repairs: applied,
  };
}
