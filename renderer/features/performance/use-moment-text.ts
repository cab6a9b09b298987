import { useMemo } from 'react';
import type { TimeRange } from '../../../shared/ipc/performance.ts';
import { perLocale } from '../../ui/per-locale.ts';
import { useFormat } from '../../ui/use-format.ts';

const DAY_MS = 86_400_000;
const withDay = perLocale(
  (locale) =>
    new Intl.DateTimeFormat(locale, {
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    }),
);

/** As a clock of this machine shows it to the second; with its day and to the minute where more than one day is shown. */
export function useMomentText({ from, to }: TimeRange): (time: number) => string {
  const format = useFormat();
  return useMemo(() => {
    const isLong = to - from > DAY_MS * 1.05;
    return (time) => (isLong ? withDay(format.locale).format(time) : format.clock(new Date(time)));
  }, [format, from, to]);
}
