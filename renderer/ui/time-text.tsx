import { useTranslation } from 'react-i18next';
import { formatExact, formatRelative, readTime, shortNaive } from './format.ts';
import { useNow } from './use-now.ts';

export interface TimeTextProps {
  readonly stored: string;
  readonly className?: string | undefined;
  /** Shows the exact time, with the relative one on hover. */
  readonly exact?: boolean;
}

/** A stored time, relative with the exact one on hover. A time without a zone is shown as it stands. */
export function TimeText({ stored, className, exact = false }: TimeTextProps) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const time = readTime(stored);
  if (time.kind !== 'instant') {
    const naive = time.kind === 'naive';
    return (
      <span
        className={className}
        title={naive ? t('time.naive', { time: time.text }) : t('time.asStored', { stored: time.text })}
      >
        {exact ? time.text : shortNaive(time.text)}
      </span>
    );
  }
  const relative = formatRelative(time.moment, now, i18n.language) ?? t('time.now');
  const full = formatExact(time.moment, i18n.language);
  return (
    <time
      className={className}
      dateTime={time.moment.toISOString()}
      title={exact ? `${relative}, ${t('time.asStored', { stored })}` : t('time.exact', { time: full, stored })}
    >
      {exact ? full : relative}
    </time>
  );
}
