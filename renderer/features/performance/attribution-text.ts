import type { TFunction } from 'i18next';
import type { AttributionSummary, SizeRow } from '../../../shared/ipc/attribution.ts';
import type { SnapshotInfo } from '../../../shared/ipc/snapshots.ts';
import type { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';

type Format = ReturnType<typeof useFormat>;

/** What a person calls it. */
export function partText(t: TFunction, row: SizeRow): string {
  const { kind, name, count, place } = row;
  const last = place?.segments.at(-1);
  switch (kind) {
    case 'source':
      return t('attribution.whole');
    case 'message':
      return `${t('attribution.kinds.message', { index: typeof last === 'number' ? last : 0 })}${name === '' ? '' : ` · ${visibleText(name)}`}`;
    case 'items':
    case 'calls':
    case 'results':
    case 'outside':
    case 'structure':
    case 'smaller':
      return t(`attribution.kinds.${kind}`, { count });
    case 'call':
    case 'result':
    case 'tool':
      return name === '' ? t('attribution.noTool') : visibleText(name);
    case 'state':
    case 'object':
    case 'array':
    case 'value':
    case 'conversation':
      return name === '' ? '""' : visibleText(name);
    default:
      return kind satisfies never;
  }
}

/** The answer to the question with which it is opened: where did all of it go? */
export function headlineText(t: TFunction, format: Format, { answer, bytes }: AttributionSummary): string {
  const share = format.percent(bytes === 0 ? 0 : Math.round((answer.bytes / bytes) * 100) / 100);
  const name = visibleText(answer.name);
  return t(`attribution.headline.${answer.what}`, { share, bytes: format.bytes(bytes), count: answer.count, name });
}

/** `+1.2 kB`, `−300 B`, `±0 B`. */
export function changeText(format: Format, bytes: number): string {
  const sign = bytes > 0 ? '+' : bytes < 0 ? '\u2212' : '\u00b1';
  return `${sign}${format.bytes(Math.abs(bytes))}`;
}

export function netOf({ growth }: SizeRow): number | null {
  return growth === null ? null : growth.added - growth.removed + growth.grown;
}

/** What a person calls a snapshot. */
export function snapshotText(format: Format, { name, takenAt }: Pick<SnapshotInfo, 'name' | 'takenAt'>): string {
  return [visibleText(name), format.minute(new Date(takenAt))].filter(Boolean).join(' · ');
}

/** What is no thing of its own, and cannot be made smaller by itself. */
export function isRest({ kind }: SizeRow): boolean {
  return kind === 'outside' || kind === 'structure' || kind === 'smaller';
}
