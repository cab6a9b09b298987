/** How the two sides of a comparison are called. */
import { useTranslation } from 'react-i18next';
import type { DiffInfo, DiffSide } from '../../../shared/ipc/diff.ts';
import type { MomentRef } from '../../../shared/ipc/moments.ts';
import { shortVersion } from '../../../shared/ipc/sync.ts';
import { clockText, exactText } from '../../ui/moment.ts';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';

const MICROS = 1000;

/** What tells one side from the other: its moment where both are one state, else its key, too. */
export function useSideText(info: Pick<DiffInfo, 'before' | 'after'> | null): (which: 'before' | 'after') => string {
  const momentText = useMomentText();
  return (which) => {
    if (info === null) return '';
    const { key, moment } = info[which];
    const when = momentText(moment, info[which]);
    return info.before.key === info.after.key ? when : `${visibleText(key)}, ${when}`;
  };
}

/** What is known of a moment beyond its reference. */
type Told = Partial<Pick<DiffSide, 'time' | 'name'>>;

/** Of today the time is enough. */
function shortText(micros: number, locale: string): string {
  const isToday = new Date(micros / MICROS).toDateString() === new Date().toDateString();
  return isToday ? clockText(micros) : exactText(micros, locale);
}

/** `now`, `change 12, 10:31:07.250`, a snapshot's name, or the last part of another source's place. */
export function useMomentText(): (moment: MomentRef, told?: Told) => string {
  const { t } = useTranslation();
  const format = useFormat();
  return (moment, { time = null, name = null } = {}) => {
    const when = time === null ? null : shortText(time, format.locale);
    switch (moment.at) {
      case 'now':
        return t('diff.now');
      case 'seq': {
        const change = t('diff.change', { change: format.count(moment.seq) });
        return when === null ? change : `${change}, ${when}`;
      }
      case 'snapshot':
        return name === null ? t('diff.snapshot', { time: when ?? moment.snapshot }) : visibleText(name);
      case 'source':
        return visibleText(moment.location.split(/[\\/]/).findLast((part) => part !== '') ?? moment.location);
      case 'version':
        return visibleText(shortVersion(moment));
      default:
        return moment satisfies never;
    }
  };
}
