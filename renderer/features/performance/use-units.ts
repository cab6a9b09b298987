import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { MetricUnit } from '../../../shared/ipc/performance.ts';
import { perLocale } from '../../ui/per-locale.ts';
import { useFormat } from '../../ui/use-format.ts';

const short = perLocale((locale) => new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 }));

export type WriteFigure = (unit: MetricUnit, value: number) => string;

/** Figures as a person reads them, three digits at most: `34 MB`, `2.1 ms`, `93.5%`, `0.4/s`. */
export function useUnits(): WriteFigure {
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo(() => {
    const { locale } = format;
    return (unit, value) => {
      switch (unit) {
        case 'bytes':
          return value < 0 ? `−${format.bytes(-value)}` : format.bytes(value);
        case 'ms':
          return value < 1000 ? `${short(locale).format(value)} ms` : `${short(locale).format(value / 1000)} s`;
        case 'seconds':
          return `${short(locale).format(value)} s`;
        case 'ratio':
          return format.percent(value);
        case 'perSecond':
          return t('units.perSecond', { amount: short(locale).format(value) });
        case 'count':
          return format.count(Math.round(value * 100) / 100);
        default:
          return unit satisfies never;
      }
    };
  }, [format, t]);
}
