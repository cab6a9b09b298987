import { join, resolve } from 'node:path';
import type { SnapshotInfo } from '../../shared/ipc/snapshots.ts';
import { dataFolder } from '../core/files/data-folder.ts';
import { exportSnapshot, importSnapshot } from '../core/snapshots/snapshot-file.ts';
import { snapshotMissing } from '../core/snapshots/snapshot-missing.ts';
import { SnapshotStore } from '../core/snapshots/snapshot-store.ts';
import { nameOf } from './find-journal.ts';
import { EXIT, type Output } from './output.ts';
import { padColumns, textWidth } from './text-width.ts';

export interface SnapshotsOptions {
  /** The file that is exported to. */
  readonly out: string | null;
  readonly keep: number | null;
  /** Days. */
  readonly olderThan: number | null;
  readonly manual: boolean;
  readonly write: boolean;
  readonly json: boolean;
  readonly limit: number;
  readonly signal: AbortSignal;
}

export function snapshotFolder(): string {
  return join(dataFolder(), 'snapshots');
}

interface Run extends SnapshotsOptions {
  readonly output: Output;
  readonly store: SnapshotStore;
  /** What stands behind the action. */
  readonly words: readonly string[];
}

const ACTIONS = {
  list,
  show,
  rename,
  pin: (run: Run) => tellChanged(run, run.store.change(chosen(run).id, { pinned: true })),
  unpin: (run: Run) => tellChanged(run, run.store.change(chosen(run).id, { pinned: false })),
  rm: remove,
  export: toFile,
  import: fromFile,
  prune,
} as const;
type SnapshotAction = keyof typeof ACTIONS;

export function isSnapshotAction(text: string): text is SnapshotAction {
  return Object.hasOwn(ACTIONS, text);
}

/** `snapshots SOURCE [ACTION …]`: what is kept of a source, which need not be there any more. */
export async function snapshots(
  output: Output,
  location: string,
  action: SnapshotAction,
  words: readonly string[],
  options: SnapshotsOptions,
): Promise<void> {
  const store = SnapshotStore.open(snapshotFolder(), await nameOf(location));
  try {
    await ACTIONS[action]({ ...options, output, store, words });
  } finally {
    store.close();
  }
}

function list({ output, store, words, json, limit }: Run): void {
  const { rows, total } = store.list({ filter: { words: words.join(' ') }, limit: Math.max(1, limit) });
  if (json) return output.json(rows);
  const t = output.translate;
  const told = rows.map(({ id, takenAt, reason, states, bytes, name, tags, pinned }) => [
    id,
    takenAt,
    t(`snapshots.reasons.${reason}`),
    String(states),
    String(bytes),
    [pinned ? '*' : '', oneLine(name), ...tags.map((tag) => `#${oneLine(tag)}`)].filter(Boolean).join(' '),
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) =>
    told.reduce((widest, row) => Math.max(widest, textWidth(row[column] ?? '')), 0),
  );
  for (const row of told) {
    const cells = row.map((cell, column) =>
      column === 3 || column === 4 ? cell.padStart(widths[column] ?? 0) : padColumns(cell, widths[column] ?? 0),
    );
    output.write(`${cells.join('  ').trimEnd()}\n`);
  }
  if (total > rows.length) output.error(`${t('cli.snapshotsMore', { more: total - rows.length })}\n`);
}

function show(run: Run): void {
  const { output, store, json } = run;
  const info = chosen(run);
  const states = store.manifest(info.id);
  if (json) return output.json({ ...info, manifest: states });
  list({ ...run, words: [info.id], limit: 1 });
  if (info.description !== '') output.write(`${oneLine(info.description)}\n`);
  const width = states.reduce((widest, { key }) => Math.max(widest, textWidth(oneLine(key))), 0);
  for (const { key, bytes, sha256 } of states) {
    output.write(`${padColumns(oneLine(key), width)}  ${sha256}  ${bytes}\n`);
  }
}

function rename(run: Run): void {
  const { id } = chosen(run);
  tellChanged(run, run.store.change(id, { name: run.words.slice(1).join(' ') }));
}

function remove(run: Run): void {
  const { output, store, json } = run;
  const info = chosen(run);
  store.remove(info.id);
  if (json) output.json({ id: info.id });
  else output.write(`${output.translate('cli.snapshotRemoved', { id: info.id })}\n`);
}

async function toFile(run: Run): Promise<void> {
  const { output, store, json } = run;
  const { id } = chosen(run);
  const file = resolve(run.out ?? `${id}.json`);
  await exportSnapshot(store, id, file);
  if (json) output.json({ id, file });
  else output.write(`${output.translate('cli.snapshotExported', { id, file })}\n`);
}

async function fromFile({ output, store, words, json, signal }: Run): Promise<void> {
  const taken = await importSnapshot(store, resolve(words[0] ?? ''), signal);
  const { id, states, bytes } = taken;
  if (json) output.json(taken);
  else output.write(`${output.translate('cli.snapshotTaken', { id, count: states, bytes })}\n`);
}

/** Without `--write` nothing is forgotten, and what would be is told. */
async function prune({ output, store, keep, olderThan, manual, write, json, signal }: Run): Promise<void> {
  if (keep === null && olderThan === null) {
    output.error(`statescope: ${output.translate('cli.snapshotsPruneHow')}\n`);
    output.exitCode = EXIT.unusable;
    return;
  }
  const plan = await store.prunePlan({ keep: keep ?? 0, olderThanDays: olderThan, manual }, { signal });
  const { bytes, remaining } = plan;
  const report = write ? await store.prune(plan, signal) : { snapshots: plan.snapshots.length, bytes, remaining };
  if (json) output.json({ ...report, dryRun: !write });
  else output.write(`${output.translate(write ? 'cli.snapshotsPruned' : 'cli.snapshotsWould', { ...report })}\n`);
}

/** By its id, the beginning of it, or its name. @throws SourceError `snapshot-missing`. */
function chosen({ store, words }: Run): SnapshotInfo {
  const found = store.find(words[0] ?? '');
  if (found === null) throw snapshotMissing(words[0] ?? '', store.source);
  return found;
}

function tellChanged({ output, json, store, ...run }: Run, info: SnapshotInfo): void {
  if (json) output.json(info);
  else list({ ...run, output, json, store, words: [info.id], limit: 1 });
}

function oneLine(text: string): string {
  return text.replaceAll(/[\n\r]/g, (char) => (char === '\n' ? '\\n' : '\\r'));
}
