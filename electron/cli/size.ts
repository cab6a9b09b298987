import { randomInt } from 'node:crypto';
import type { AttributionView, Growth, SizePlace } from '../../shared/ipc/attribution.ts';
import { toDot } from '../../shared/json/path.ts';
import { type Attribution, attributeSource, type Since } from '../core/attribution/attribute-source.ts';
import { type CutRow, cut, pathText } from '../core/attribution/cut.ts';
import { type Duplicate, totalsOf } from '../core/attribution/duplicates.ts';
import { openSince } from '../core/attribution/since.ts';
import { netGrowth, type SizeNode, sumGrowth, sumTokens } from '../core/attribution/size-node.ts';
import { TokenCounter } from '../core/attribution/token-counter.ts';
import { Turns } from '../core/search/turns.ts';
import { snapshotMissing } from '../core/snapshots/snapshot-missing.ts';
import { SnapshotStore } from '../core/snapshots/snapshot-store.ts';
import type { OpenOptions, Source } from '../core/sources/source.ts';
import { withSource } from './open.ts';
import { openNamed } from './open-moment.ts';
import type { Output } from './output.ts';
import { ProgressLine } from './progress-line.ts';
import { snapshotFolder } from './snapshots.ts';
import { textWidth } from './text-width.ts';

interface SizeFlags extends OpenOptions {
  readonly by: AttributionView;
  /** The name or the id of a snapshot; a number: after this change of the history. */
  readonly since: string | null;
  /** Null: that at which each view says the most. */
  readonly depth: number | null;
  readonly top: number;
  readonly tokens: boolean;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** States; `state_data.memory.content`; messages below their conversations; calls and results below their tools. */
const DEPTHS: Readonly<Record<AttributionView, number>> = { state: 1, attribute: 3, message: 2, tool: 2 };
const PREVIEW = 60;
const SEEDS = 2 ** 31;

/** `size SOURCE`: where its bytes and tokens went, what has grown, and what is stored more than once. */
export async function size(output: Output, location: string, flags: SizeFlags): Promise<void> {
  const { signal, followLinks } = flags;
  await withSource(output, location, { signal, followLinks: followLinks ?? false }, async (source) => {
    const counter = flags.tokens ? await TokenCounter.load() : null;
    const since = flags.since === null ? null : await openedSince(output, source, flags.since, flags);
    const line = new ProgressLine(output);
    try {
      const found = await attributeSource(source, {
        turns: new Turns(() => signal.aborted),
        counter,
        since,
        seed: randomInt(SEEDS),
        onProgress: (done, total) => line.show(output.translate('cli.sizing'), done, total, ''),
      });
      line.clear();
      tell(output, source, found, flags);
    } finally {
      line.clear();
      await since?.release();
    }
  });
}

async function openedSince(
  output: Output,
  source: Source,
  text: string,
  { signal, followLinks }: SizeFlags,
): Promise<Since & { readonly release: () => Promise<void> }> {
  const { location } = source;
  if (/^\d+$/.test(text)) {
    const opened = await openNamed(output, { location, moment: text }, { signal, followLinks: followLinks ?? false });
    return { source: opened.source, hashes: null, release: () => opened.close() };
  }
  const store = SnapshotStore.open(snapshotFolder(), location);
  const found = store.find(text);
  if (found === null) {
    store.close();
    throw snapshotMissing(text, location);
  }
  const open = (): Promise<Source> => Promise.reject(new TypeError('a snapshot is in its store'));
  const since = await openSince(
    { at: 'snapshot', snapshot: found.id },
    { now: source, journal: null, snapshots: store, open },
  );
  return { ...since, release: async () => store.close() };
}

interface Row {
  readonly kind: SizeNode['kind'];
  readonly name: string;
  readonly count: number;
  readonly bytes: number;
  readonly share: number;
  readonly tokensEstimated: number | null;
  readonly growth: Growth | null;
  readonly place: SizePlace | null;
}

function tell(output: Output, source: Source, found: Attribution, { by, depth, top, json, since }: SizeFlags): void {
  const root = found.views[by];
  const all = cut(root, depth ?? DEPTHS[by]);
  const rows = all.slice(0, top).map((row) => rowOf(output, by, row, root.bytes));
  const rest = all.slice(top).map(({ node }) => node);
  const more = { rows: rest.length, bytes: rest.reduce((sum, { bytes }) => sum + bytes, 0), ...figuresOf(rest) };
  const duplicates = found.duplicates.slice(0, top);
  if (json) {
    const { bytes, tokens, growth } = root;
    output.json({
      source: source.location,
      states: found.states,
      unread: found.unread,
      bytes,
      tokensEstimated: tokens,
      by,
      since,
      growth,
      rows,
      more,
      duplicates: { ...totalsOf(found.duplicates), rows: duplicates },
    });
    return;
  }
  tellTable(output, root, rows, more, since);
  if (found.unread > 0)
    output.error(`${output.translate('cli.sizeUnread', { count: found.unread, reason: found.firstUnread ?? '' })}\n`);
  tellDuplicates(output, found.duplicates, duplicates);
}

function figuresOf(nodes: readonly SizeNode[]) {
  return {
    tokensEstimated: sumTokens(nodes.map(({ tokens }) => tokens)),
    growth: sumGrowth(nodes.map((n) => n.growth)),
  };
}

function rowOf(output: Output, by: AttributionView, { node, trail }: CutRow, whole: number): Row {
  const { kind, count, bytes, tokens, growth, place } = node;
  const share = whole === 0 ? 0 : bytes / whole;
  return { kind, name: nameOf(output, by, node, trail), count, bytes, share, tokensEstimated: tokens, growth, place };
}

/** What a person calls it, on one line. */
function nameOf(output: Output, by: AttributionView, node: SizeNode, trail: readonly SizeNode[]): string {
  const { kind, name, place, count } = node;
  const t = output.translate;
  const told = TOLD.has(kind) ? t(`attribution.kinds.${kind}`, { count }) : null;
  const above = trail.slice(0, -1);
  if (by === 'attribute') return oneLine([pathText(trail), told ?? ''].filter(Boolean).join(' '));
  const where = above.map((each) => each.name || t('attribution.noTool')).join(' ');
  const at = place?.segments.at(-1);
  const label = kind === 'message' ? `#${typeof at === 'number' ? at : '?'} ${name}` : name;
  const own = told ?? (label || t('attribution.noTool'));
  return oneLine([where, own].filter(Boolean).join(' '));
}

const TOLD: ReadonlySet<SizeNode['kind']> = new Set(['structure', 'smaller', 'outside', 'calls', 'results']);

function tellTable(
  output: Output,
  root: SizeNode,
  rows: readonly Row[],
  more: Omit<Row, 'kind' | 'name' | 'count' | 'share' | 'place'> & { readonly rows: number },
  since: string | null,
): void {
  const t = output.translate;
  const columns = [
    'bytes',
    'share',
    ...(root.tokens === null ? [] : ['tokens']),
    ...(since === null ? [] : ['growth']),
  ];
  const cells = (row: Pick<Row, 'bytes' | 'tokensEstimated' | 'growth'>): string[] => [
    String(row.bytes),
    percent(row.bytes, root.bytes),
    ...(root.tokens === null ? [] : [row.tokensEstimated === null ? '-' : `~${row.tokensEstimated}`]),
    ...(since === null ? [] : [row.growth === null ? '-' : signed(netGrowth(row.growth))]),
  ];
  const total = { bytes: root.bytes, tokensEstimated: root.tokens, growth: root.growth };
  const lines = [
    [...columns.map((column) => t(`cli.sizeColumns.${column}`)), ''],
    ...rows.map((row) => [...cells(row), row.name]),
    ...(more.rows === 0 ? [] : [[...cells(more), t('cli.sizeMore', { count: more.rows })]]),
    [...cells(total), t('cli.sizeTotal')],
  ];
  tellLines(output, lines, columns.length);
}

/** Figures to the right, the last column as it is. */
function tellLines(output: Output, lines: readonly (readonly string[])[], figures: number): void {
  const widths = Array.from({ length: figures }, (_, column) =>
    lines.reduce((widest, line) => Math.max(widest, textWidth(line[column] ?? '')), 0),
  );
  for (const line of lines) {
    const told = line.map((cell, column) =>
      column < figures ? ' '.repeat(Math.max(0, (widths[column] ?? 0) - textWidth(cell))) + cell : cell,
    );
    output.write(`${told.join('  ').trimEnd()}\n`);
  }
}

function tellDuplicates(output: Output, all: readonly Duplicate[], shown: readonly Duplicate[]): void {
  if (all.length === 0) return;
  const t = output.translate;
  const { saved } = totalsOf(all);
  output.write(`\n${t('cli.sizeDuplicates', { count: all.length, saved })}\n`);
  const columns = ['saved', 'times'].map((column) => t(`cli.sizeColumns.${column}`));
  const lines = shown.map(({ saved: bytes, places, kind, name, preview }) => {
    const [first] = places;
    const what = `${t(`attribution.duplicates.kinds.${kind}`)}${name === '' ? '' : ` ${name}`}`;
    const at = first === undefined ? '' : `${first.key}:${toDot(first.segments)}`;
    return [String(bytes), `${places.length}×`, oneLine(`${what}  ${at}  ${preview.slice(0, PREVIEW)}`)];
  });
  tellLines(output, [[...columns, ''], ...lines], columns.length);
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((part / whole) * 100).toFixed(1)} %`;
}

function signed(bytes: number): string {
  return bytes > 0 ? `+${bytes}` : String(bytes);
}

function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ');
}
