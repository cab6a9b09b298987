import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastJsonPatch from 'fast-json-patch';
import { create } from 'jsondiffpatch';
import microdiff from 'microdiff';
import { SnapshotStore } from '../../electron/core/snapshots/snapshot-store.ts';
import { applyDelta, byteDelta } from '../../shared/diff/delta.ts';
import { diffDocuments } from '../../shared/diff/diff.ts';
import type { JsonDocument } from '../../shared/json/document.ts';
import { parseJson } from '../../shared/json/parse.ts';
import { randomFor } from '../sample-workspace/random.ts';
import { type DiffCase, diffCases } from './diff-cases.ts';
import type { GroupContext, GroupResult } from './group.ts';
import { alternate, expectEqual, type Repeats, type Row, ratioAtMost, rowOf } from './measure.ts';
import { StateWriter } from './states.ts';

/**
 * Several runs in one sample: collecting garbage before it also throws away the optimized code of whatever has no object alive,
 * which is all of ours.
 */
const REPEATS: Repeats = { pairs: 5, warmUps: 2, runs: 4 };
/** jsondiffpatch takes seconds for it. */
const FEW: Repeats = { pairs: 2, warmUps: 0 };
/** Some 12 MB on each side. */
const LARGE: Repeats = { pairs: 3, warmUps: 2, runs: 2 };
/** Runs of ours before the first measurement, where there is no time to warm up in turns. */
const WARM_UPS = 5;
/** Two snapshots that differ in one of 10,000 messages, of jsondiffpatch. */
const OPEN_SNAPSHOTS = 0.1;
/** A session re-saved with one message more, in bytes. */
const MAX_DELTA = 2000;
/** Never slower than fast-json-patch by more than a seventh. */
const AS_FAST_AS_PATCH = ratioAtMost(1 + 1 / 7);

export async function runGroup({ say }: GroupContext): Promise<GroupResult> {
  const rows: Row[] = [];
  for (const diffCase of diffCases()) {
    say(diffCase.name);
    rows.push(...(await rowsOf(diffCase)));
  }
  say('two snapshots');
  rows.push(...(await twoSnapshots()));
  const { row, note } = await savedAgain();
  return { rows: [...rows, row], notes: [note] };
}

async function rowsOf({ name, before, after, operations, target, isSlow }: DiffCase): Promise<Row[]> {
  const texts = [before, after].map((value) => Buffer.from(JSON.stringify(value)));
  const [textA, textB] = [texts[0] ?? Buffer.alloc(0), texts[1] ?? Buffer.alloc(0)];
  const [docA, docB] = [documentOf(textA), documentOf(textB)];
  // Theirs get values that share nothing, as values have that were read from two files.
  const [a, b] = [parsed(textA), parsed(textB)];
  const ours = () => requireOperations(name, docA, docB, operations);
  const theirs = jsondiffpatch();
  requireThatTheyMakeTheSame(name, a, b, isSlow);
  for (let i = 0; i < WARM_UPS; i += 1) ours();

  const repeats = isSlow ? FEW : REPEATS;
  const against = await alternate(ours, () => requireDifference(name, theirs.diff(a, b)), repeats);
  const parsing = await alternate(
    () => requireOperations(name, documentOf(textA), documentOf(textB), operations),
    () => requireDifference(name, theirs.diff(parsed(textA), parsed(textB))),
    isSlow ? { pairs: 1, warmUps: 0 } : REPEATS,
  );
  const patch = await alternate(ours, () => requireDifference(name, fastJsonPatch.compare(a, b)[0]), REPEATS);
  const micro = await alternate(ours, () => requireDifference(name, microdiff(a, b)[0]), REPEATS);
  return [
    rowOf(`${name}, against jsondiffpatch`, against, ratioAtMost(target)),
    rowOf(`${name}, parsing included`, parsing),
    rowOf(`${name}, against fast-json-patch`, patch, AS_FAST_AS_PATCH),
    rowOf(`${name}, against microdiff`, micro),
  ];
}

/** By id where there is one: by nothing but the id, it takes everything without one for another thing. */
function jsondiffpatch() {
  return create({
    objectHash: (item: object) => ('id' in item && typeof item.id === 'string' ? item.id : JSON.stringify(item)),
  });
}

function requireOperations(name: string, before: JsonDocument, after: JsonDocument, wanted: number): void {
  expectEqual(`${name}: operations`, diffDocuments(before, after).operations.length, wanted);
}

function requireDifference(name: string, found: unknown): void {
  expectEqual(`${name}: a difference`, found === undefined, false);
}

/** The peers do their work, too: their patch makes the one value out of the other. */
function requireThatTheyMakeTheSame(name: string, a: object, b: object, isSlow: boolean): void {
  const wanted = JSON.stringify(b);
  const patched = fastJsonPatch.applyPatch(structuredClone(a), fastJsonPatch.compare(a, b)).newDocument;
  expectEqual(`${name}: what fast-json-patch makes`, JSON.stringify(patched) === wanted, true);
  if (isSlow) return;
  const peer = jsondiffpatch();
  const made = peer.patch(structuredClone(a), peer.diff(a, b));
  expectEqual(`${name}: what jsondiffpatch makes`, JSON.stringify(made) === wanted, true);
}

/** Two snapshots of a state of which one message in 10,000 was edited: once they are open, and from the store on. */
async function twoSnapshots(): Promise<Row[]> {
  const { state_data: data } = new StateWriter('snapshots').state('s', 10_000) as {
    state_data: { messages: object[] };
  };
  const edited = data.messages.with(7000, { ...data.messages[7000], content: 'something else' });
  const [before, after] = [data.messages, edited].map((messages) => Buffer.from(JSON.stringify({ messages })));
  if (before === undefined || after === undefined) throw new Error('two states');
  const folder = mkdtempSync(join(tmpdir(), 'statescope-bench-snapshots-'));
  const store = SnapshotStore.open(folder, 'bench');
  try {
    const entry = { key: 'agent:a', type: null, status: null, updatedAt: null };
    const take = async (bytes: Buffer) => (await store.take([{ entry, bytes }], { reason: 'manual' })).id;
    const [first, second] = [await take(before), await take(after)];
    const [docA, docB] = [documentOf(before), documentOf(after)];
    const [a, b] = [parsed(before), parsed(after)];
    const theirs = jsondiffpatch();
    const peer = () => requireDifference('two snapshots', theirs.diff(a, b));
    const read = (id: string) => documentOf(Buffer.from(store.read(id, entry.key)));
    const ours = () => requireOperations('two snapshots', docA, docB, 1);
    for (let i = 0; i < WARM_UPS; i += 1) ours();
    const name = 'two snapshots, one of 10,000 messages edited';
    return [
      rowOf(`${name}, open, against jsondiffpatch`, await alternate(ours, peer, REPEATS), ratioAtMost(OPEN_SNAPSHOTS)),
      rowOf(
        `${name}, read from the store and parsed, against jsondiffpatch on parsed values`,
        await alternate(() => requireOperations(name, read(first), read(second), 1), peer, LARGE),
      ),
    ];
  } finally {
    store.close();
    rmSync(folder, { recursive: true });
  }
}

async function savedAgain(): Promise<{ readonly row: Row; readonly note: string }> {
  const { state_data: data } = new StateWriter('saved again').state('s', 900) as { state_data: { messages: object[] } };
  // The others are parts of one text, in which a new one would be found.
  const random = randomFor('new message');
  const words = Array.from({ length: 100 }, () => Math.floor(random.next() * 1e9).toString(36)).join(' ');
  const added = { ...data.messages[0], id: 'new', content: [{ type: 'text', text: words }] };
  const session = (summary: string, count: number, messages: readonly object[]) =>
    Buffer.from(JSON.stringify({ summary, first: messages.slice(0, 450), calls: count, memory: messages.slice(450) }));
  const [before, after] = [
    session('what was said so far', 899, data.messages),
    session('what was said so far, and then some', 1000, [...data.messages, added]),
  ];
  const delta = byteDelta(before, after);
  const made = () => expectEqual('bytes made', after.equals(applyDelta(before, byteDelta(before, after))), true);
  const theirs = jsondiffpatch();
  const peer = () => requireDifference('saved again', JSON.stringify(theirs.diff(parsed(before), parsed(after))));
  const grown = JSON.stringify(added).length;
  return {
    row: rowOf(
      'a session of 1 MB saved again: delta made and applied, against jsondiffpatch',
      await alternate(made, peer),
    ),
    note: `a session of ${(before.length / 1e6).toFixed(1)} MB saved again with a message of ${grown} bytes: a delta of ${delta.length} bytes (at most ${MAX_DELTA}${delta.length > MAX_DELTA ? ': over' : ''})`,
  };
}

function documentOf(bytes: Buffer): JsonDocument {
  const { document } = parseJson(bytes);
  if (document === null) throw new Error('nothing was parsed');
  return document;
}

function parsed(bytes: Buffer): object {
  return JSON.parse(bytes.toString('utf8')) as object;
}
