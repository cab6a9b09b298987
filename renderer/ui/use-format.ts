import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import {
  formatBytes,
  formatClock,
  formatCount,
  formatExact,
  formatMinute,
  formatPercent,
  formatSeconds,
} from './format.ts';

/** The pure rules of format.ts in the language of the window. */
export function useFormat() {
  const { i18n } = useTranslation();
  const locale = i18n.language;
  return useMemo(
    () => ({
      locale,
      bytes: (bytes: number) => formatBytes(bytes, locale),
      count: (count: number) => formatCount(count, locale),
      percent: (fraction: number) => formatPercent(fraction, locale),
      seconds: (seconds: number) => formatSeconds(seconds, locale),
      clock: (moment: Date) => formatClock(moment, locale),
      minute: (moment: Date) => formatMinute(moment, locale),
      exact: (moment: Date) => formatExact(moment, locale),
    }),
    [locale],
  );
}
