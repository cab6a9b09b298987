import { useTranslation } from 'react-i18next';
import { formatRelative } from '../../ui/format.ts';
import { clockText, exactText } from '../../ui/moment.ts';
import { useNow } from '../../ui/use-now.ts';

export interface MomentTextProps {
  /** Microseconds. */
  readonly time: number;
  /** Shows the clock, with the relative time on hover. */
  readonly exact?: boolean;
  readonly className?: string | undefined;
}

export function MomentText({ time, exact = false, className }: MomentTextProps) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const moment = new Date(time / 1000);
  const relative = formatRelative(moment, now, i18n.language) ?? t('time.now');
  const full = exactText(time, i18n.language);
  return (
    <time className={className} dateTime={moment.toISOString()} title={exact ? `${relative}, ${full}` : full}>
      {exact ? clockText(time) : relative}
    </time>
  );
}
