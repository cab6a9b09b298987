import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { LatencyFigures } from '../../../shared/ipc/performance.ts';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './advice.module.css';
import { backendName } from './backend-name.ts';
import { useUnits } from './use-units.ts';

/** How long loading and saving took since the source was opened, by store and kind. Not there where nothing was measured. */
export function LatencyTable({ latencies }: { readonly latencies: readonly LatencyFigures[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const write = useUnits();
  const id = useId();
  if (latencies.length === 0) return null;
  return (
    <section className={styles.now} aria-labelledby={id}>
      <h2 id={id} className={styles.heading}>
        {t('performance.now.latencies')}
      </h2>
      <table className={styles.table} aria-labelledby={id}>
        <thead>
          <tr>
            <th scope="col">{t('performance.now.operation')}</th>
            <th scope="col" className={styles.number}>
              {t('performance.now.count')}
            </th>
            {(['p50', 'p95', 'p99'] as const).map((percentile) => (
              <th key={percentile} scope="col" className={styles.number}>
                {percentile}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {latencies.map(({ operation, backend, kind, count, p50, p95, p99 }) => (
            <tr key={`${operation} ${backend} ${kind}`}>
              <th scope="row" className={styles.operation} title={visibleText(backendName(t, backend))}>
                {t(`performance.operation.${operation}`)} {visibleText(kind)}
                <span className={styles.aside}>{visibleText(backendName(t, backend))}</span>
              </th>
              <td className={styles.number}>{format.count(count)}</td>
              <td className={styles.number}>{write('ms', p50)}</td>
              <td className={styles.number}>{write('ms', p95)}</td>
              <td className={styles.number}>{write('ms', p99)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
