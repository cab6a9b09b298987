/** The body of `…/changes`: one JSON object a line. Values are handed on as the bytes that came, so that nothing is rounded. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import type { JsonPath } from '../../../shared/json/path.ts';
import { wholeJson } from '../tracking/state-overlay.ts';
import { NAME_CHARS, PATH_SEGMENTS, type ProbeLimits } from './probe-limits.ts';
import { ProbeRefusal } from './probe-refusal.ts';
import type { ProbeChange, ProbeState } from './probe-types.ts';

export type ProbeLine = ProbeChange | ProbeState;

const NEWLINE = 0x0a;
/** After so many bytes others get their turn: a few milliseconds' work. */
const TURN_BYTES = 64 * 1024;

/**
 * @param now for lines without a time, in microseconds.
 * @throws ProbeRefusal with the number of the line. A body with one bad line is refused whole, so that the probe knows what
 * has arrived.
 */
export async function parseLines(body: Uint8Array, limits: ProbeLimits, now: number): Promise<ProbeLine[]> {
  const lines: ProbeLine[] = [];
  let sinceTurn = 0;
  let number = 0;
  for (let at = 0; at < body.length; ) {
    number++;
    const newline = body.indexOf(NEWLINE, at);
    const end = newline < 0 ? body.length : newline;
    const line = body.subarray(at, end);
    at = end + 1;
    if (line.length > limits.lineBytes) {
      throw new ProbeRefusal(413, 'line-too-large', `line ${number} has more than ${limits.lineBytes} bytes`);
    }
    if (isBlank(line)) continue;
    if (lines.length >= limits.linesPerBody) {
      throw new ProbeRefusal(413, 'too-many-lines', `a request has at most ${limits.linesPerBody} lines`);
    }
    lines.push(parseLine(line, number, now));
    sinceTurn += line.length + 200;
    if (sinceTurn > TURN_BYTES) {
      sinceTurn = 0;
      await nextTurn();
    }
  }
  return lines;
}

function parseLine(line: Uint8Array, number: number, now: number): ProbeLine {
  const bad = (what: string): ProbeRefusal => new ProbeRefusal(400, 'bad-line', `line ${number}: ${what}`);
  const doc = parseObject(line);
  if (!doc) throw bad('this is no JSON object');
  const module = nameIn(doc, 'module');
  if (module === undefined) throw bad(`"module" has to be a text of 1 to ${NAME_CHARS} characters`);
  const seq = integerIn(doc, 'seq');
  if (seq === undefined || seq < 1) throw bad('"seq" has to be an integer from 1 on');
  const time = doc.member(0, 'time') === undefined ? now : integerIn(doc, 'time');
  if (time === undefined) throw bad('"time" has to be whole microseconds since 1970');
  const state = bytesIn(doc, 'state');
  const pathNode = doc.member(0, 'path');
  if ((state === null) === (pathNode === undefined)) throw bad('it needs either "path" or "state"');
  if (state) return { kind: 'state', module, state, time, seq };
  const path = pathNode === undefined ? undefined : pathAt(doc, pathNode);
  if (!path) throw bad(`"path" has to be a list of 1 to ${PATH_SEGMENTS} texts and positions`);
  const removed = doc.member(0, 'removed');
  const after = bytesIn(doc, 'new');
  const isRemoved = removed !== undefined && doc.kind(removed) === 'boolean' && doc.boolean(removed);
  if (isRemoved === (after !== null)) throw bad('it needs either "new" or "removed": true');
  return { kind: 'change', module, path, old: bytesIn(doc, 'old'), new: after, time, seq };
}

/** The object that a text is; undefined for anything else, and for damaged text. */
export function parseObject(bytes: Uint8Array): JsonDocument | undefined {
  const document = wholeJson(bytes);
  return document?.kind(0) === 'object' ? document : undefined;
}

/** A text of 1 to 256 characters. */
export function nameIn(doc: JsonDocument, member: string, parent: NodeId = 0): string | undefined {
  const node = doc.member(parent, member);
  if (node === undefined || doc.kind(node) !== 'string') return undefined;
  const { text, truncated } = doc.stringPrefix(node, NAME_CHARS);
  return truncated || text === '' ? undefined : text;
}

/** A safe integer from 0 on. */
export function integerIn(doc: JsonDocument, member: string): number | undefined {
  const node = doc.member(0, member);
  return node === undefined ? undefined : positionAt(doc, node);
}

function positionAt(doc: JsonDocument, node: NodeId): number | undefined {
  if (doc.kind(node) !== 'number') return undefined;
  const { value, exact } = doc.number(node);
  return exact && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function pathAt(doc: JsonDocument, node: NodeId): JsonPath | undefined {
  if (doc.kind(node) !== 'array') return undefined;
  const count = doc.childCount(node);
  if (count < 1 || count > PATH_SEGMENTS) return undefined;
  const path: (string | number)[] = [];
  for (const child of doc.children(node)) {
    const segment = doc.kind(child) === 'string' ? doc.string(child) : positionAt(doc, child);
    if (segment === undefined) return undefined;
    path.push(segment);
  }
  return path;
}

/** A copy: a view would keep the whole body for as long as the value lives. */
function bytesIn(doc: JsonDocument, member: string): Uint8Array | null {
  const node = doc.member(0, member);
  return node === undefined ? null : new Uint8Array(doc.rawBytes(node));
}

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
