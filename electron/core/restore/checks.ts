/** What is looked at before anything is put back. */
import type { RestoreCheck, RestoreCheckCode } from '../../../shared/ipc/restore.ts';
import type { JsonDocument } from '../../../shared/json/document.ts';
import { toDot } from '../../../shared/json/path.ts';
import { findConversations } from '../../../shared/messages/conversation.ts';
import { toolIdsOf } from '../../../shared/messages/tool-ids.ts';
import { dialectOf } from '../../../shared/state/codec.ts';
import type { StoredBeside } from '../../../shared/state/describe-state.ts';
import type { TypeRegistry } from '../../../shared/state/type-registry.ts';
import { knownState } from '../workspace/known-state.ts';

type Grave = readonly [severity: RestoreCheck['severity'], acceptable: boolean];

const GRAVITY: Readonly<Record<RestoreCheckCode, Grave>> = {
  'not-writable': ['error', false],
  'no-place': ['error', false],
  'not-then': ['error', true],
  unreadable: ['error', false],
  'no-change': ['error', false],
  'not-json': ['error', false],
  rule: ['error', true],
  'other-layout': ['error', true],
  'older-version': ['warning', true],
  'no-migration': ['error', true],
  migrated: ['note', true],
  'orphan-tool-result': ['error', true],
  'open-tool-call': ['warning', true],
  'no-participant': ['warning', true],
  'damaged-copy': ['error', true],
  'incomplete-copy': ['error', true],
};

export function checkOf(
  code: RestoreCheckCode,
  key: string | null,
  details: Readonly<Record<string, string>> = {},
  path: string | null = null,
): RestoreCheck {
  const [severity, acceptable] = GRAVITY[code];
  return { code, severity, acceptable, key, path, details };
}

/** Those that are in the way when a person accepts these codes. */
export function inTheWay(checks: readonly RestoreCheck[], accepted: readonly string[]): readonly RestoreCheck[] {
  return checks.filter(
    ({ severity, acceptable, code }) => severity === 'error' && !(acceptable && accepted.includes(code)),
  );
}

export interface CheckedState {
  readonly key: string;
  /** Null where it is not there now. */
  readonly now: JsonDocument | null;
  /** As it would be. */
  readonly next: JsonDocument;
  /** What is known beside the text now, and would be. */
  readonly beside: StoredBeside;
  readonly besideNext: StoredBeside;
  /** It is replaced whole by what it was. */
  readonly whole: boolean;
}

/** Of what is broken now already nothing is said: putting back does not make it worse. */
export function checkState(state: CheckedState, registry: TypeRegistry): readonly RestoreCheck[] {
  return [...layout(state), ...rules(state, registry), ...toolIds(state)];
}

function layout({ key, now, next, whole }: CheckedState): readonly RestoreCheck[] {
  if (now === null || !whole) return [];
  const [before, after] = [dialectOf(now, 0), dialectOf(next, 0)];
  return before === after ? [] : [checkOf('other-layout', key, { before, after })];
}

const TOLD_ELSEWHERE: ReadonlySet<string> = new Set(['checksum', 'version', 'migration']);

function rules({ key, now, next, beside, besideNext }: CheckedState, registry: TypeRegistry): readonly RestoreCheck[] {
  const name = ({ rule, pathText }: { rule: string; pathText: string }) => `${rule} ${pathText}`;
  const known = new Set(now === null ? [] : knownState(now, registry, beside).findings.map(name));
  // Versions are told with what can be done about them, and a checksum is made anew.
  const broken = knownState(next, registry, besideNext).findings.filter(
    (finding) => !TOLD_ELSEWHERE.has(finding.rule) && !known.has(name(finding)),
  );
  // A value that a codec and a validator find fault with is told once.
  const once = new Map(broken.map((finding) => [name(finding), finding]));
  return [...once.values()].map(({ rule, message, details, path }) =>
    checkOf('rule', key, { ...details, rule, message }, toDot(path)),
  );
}

function toolIds({ key, now, next }: CheckedState): readonly RestoreCheck[] {
  const before = now === null ? null : unmatched(now);
  const after = unmatched(next);
  return (['orphan-tool-result', 'open-tool-call'] as const).flatMap((code) => {
    const ids = [...after[code].keys()].filter((id) => before?.[code].has(id) !== true);
    const [id] = ids;
    if (id === undefined) return [];
    return [checkOf(code, key, { id, count: String(ids.length) }, after[code].get(id) ?? null)];
  });
}

/** Ids with the label of the conversation that they are in. */
function unmatched(document: JsonDocument) {
  const found = { 'orphan-tool-result': new Map<string, string>(), 'open-tool-call': new Map<string, string>() };
  for (const { node, label } of findConversations(document)) {
    const { calls, results } = toolIdsOf(document, node);
    for (const id of results) if (!calls.has(id)) found['orphan-tool-result'].set(id, label);
    for (const id of calls) if (!results.has(id)) found['open-tool-call'].set(id, label);
  }
  return found;
}

/** Who takes part in a session of the design, as it says. */
export function participantsOf(document: JsonDocument): readonly string[] {
  const data = document.member(0, 'state_data') ?? 0;
  const list = document.member(data, 'participants');
  if (list === undefined || document.kind(list) !== 'array') return [];
  return [...document.children(list)]
    .filter((item) => document.kind(item) === 'string')
    .map((item) => document.string(item));
}

/** @param names of those that will be there, and of those that are there now. */
export function checkParticipants(
  key: string,
  now: JsonDocument | null,
  next: JsonDocument,
  { there, before }: { readonly there: ReadonlySet<string>; readonly before: ReadonlySet<string> },
): readonly RestoreCheck[] {
  // Who was missing before is missing still, and it may be a person.
  const known = now === null ? [] : participantsOf(now);
  const missing = participantsOf(next).filter(
    (name) => !there.has(name) && (before.has(name) || !known.includes(name)),
  );
  return missing.map((participant) => checkOf('no-participant', key, { participant }));
}
