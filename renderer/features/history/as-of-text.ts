import type { TFunction } from 'i18next';
import type { AsOf } from '../../../shared/ipc/model.ts';
import type { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';

/** Which moment is shown. @param time as it is to be written */
export function asOfText(
  t: TFunction,
  { seq, snapshot }: AsOf,
  time: string,
  format: ReturnType<typeof useFormat>,
): string {
  if (snapshot === null) return t('history.asOf', { time, change: format.count(seq ?? 0) });
  if (snapshot.name === '') return t('snapshots.asOf', { time });
  return t('snapshots.asOfNamed', { time, name: visibleText(snapshot.name) });
}
