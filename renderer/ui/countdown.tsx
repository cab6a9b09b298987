import { useTranslation } from 'react-i18next';
import { durationParts } from './duration.ts';
import { formatExact } from './format.ts';
import { useNow } from './use-now.ts';

const HOUR_MS = 3_600_000;

export interface CountdownProps {
  /** ISO 8601 UTC. */
  readonly expiresAt: string;
  readonly className?: string | undefined;
  /** For what is past already. */
  readonly pastClassName?: string | undefined;
}

/** How long something still lives, or since when it no longer does; the exact time on hover. Runs by the second in the last hour. */
export function Countdown({ expiresAt, className, pastClassName }: CountdownProps) {
  const { t, i18n } = useTranslation();
  const moment = new Date(expiresAt);
  const soon = Math.abs(moment.getTime() - useNow().getTime()) < HOUR_MS + 60_000;
  const now = useNow(soon ? 'second' : 'half-minute');
  const left = (moment.getTime() - now.getTime()) / 1000;
  const past = left <= 0;
  // Of what is past only the largest unit is of interest.
  const parts = past ? durationParts(-left).slice(0, 1) : durationParts(left);
  const duration = parts.map(({ unit, amount }) => t(`duration.${unit}`, { count: amount })).join(' ');
  const exact = formatExact(moment, i18n.language);
  return (
    <time
      className={past ? (pastClassName ?? className) : className}
      dateTime={expiresAt}
      title={past ? t('duration.expiredAt', { time: exact }) : t('duration.expiresAt', { time: exact })}
    >
      {t(past ? 'duration.expired' : 'duration.expiresIn', { duration })}
    </time>
  );
}
