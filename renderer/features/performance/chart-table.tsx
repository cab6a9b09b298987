import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { MetricUnit } from '../../../shared/ipc/performance.ts';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './charts.module.css';
import { type ChartLine, measuredRows } from './line-points.ts';
import { useUnits } from './use-units.ts';

export interface ChartTableProps {
  readonly title: string;
  readonly unit: MetricUnit;
  readonly lines: readonly ChartLine[];
  readonly height: number;
}

/** The points of a chart as figures, the newest first. */
export function ChartTable({ title, unit, lines, height }: ChartTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const write = useUnits();
  const rows = useMemo(() => measuredRows(lines.map(({ points }) => points)), [lines]);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, so keys have to reach it
    <div className={styles.tableBox} style={{ height }} tabIndex={0} role="group" aria-label={title}>
      <table className={styles.table} aria-label={title}>
        <thead>
          <tr>
            <th scope="col">{t('performance.time')}</th>
            {lines.map(({ id, name }) => (
              <th key={id} scope="col" className={styles.number} title={name}>
                {visibleText(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ time, values }) => (
            <tr key={time}>
              <th scope="row" title={format.exact(new Date(time))}>
                {format.clock(new Date(time))}
              </th>
              {lines.map(({ id }, line) => {
                const value = values[line] ?? null;
                return (
                  <td key={id} className={styles.number}>
                    {value === null ? '' : write(unit, value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
