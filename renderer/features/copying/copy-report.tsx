import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { CopyOutcomeName, CopyStatesReport } from '../../../shared/ipc/persistence.ts';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './copying.module.css';

/** But for those that the first word counts. */
const OTHERS = ['same', 'conflict', 'unsupported', 'corrupt', 'failed'] as const;
const FINE: ReadonlySet<CopyOutcomeName> = new Set<CopyOutcomeName>(['copied', 'moved', 'same']);

/** What became of the states: how many of each outcome, and those of which there is something to say. */
export function CopyReport({ report }: { readonly report: CopyStatesReport }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { counts, bytes, dryRun, cancelled, states } = report;
  const done = counts.copied + counts.moved;
  const remarkable = states.filter(({ outcome, message }) => message !== null || !FINE.has(outcome));
  const others = OTHERS.filter((outcome) => counts[outcome] > 0);
  const whole = remarkable.length === 0 && !cancelled;
  const Icon = whole ? CircleCheck : TriangleAlert;
  const what = dryRun ? 'copying.would' : counts.moved > 0 ? 'copying.moved' : 'copying.done';
  return (
    <div className={styles.report}>
      <p className={styles.summary}>
        <Icon size={14} aria-hidden className={whole ? styles.good : styles.warning} />
        <strong>{t(what, { count: done, bytes: format.bytes(bytes) })}</strong>
        {others.map((outcome) => (
          <span key={outcome}>{t(`copying.counts.${outcome}`, { count: counts[outcome] })}</span>
        ))}
      </p>
      {cancelled ? <p className={styles.note}>{t('copying.cancelled')}</p> : null}
      {remarkable.length > 0 ? (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolled table must be reachable by keyboard
        <div className={styles.scroller} role="group" aria-label={t('copying.remarkable')} tabIndex={0}>
          <table className={styles.table} aria-label={t('copying.remarkable')}>
            <thead>
              <tr>
                <th className={styles.outcome}>{t('copying.outcome')}</th>
                <th className={styles.key}>{t('metadata.key')}</th>
                <th>{t('copying.why')}</th>
              </tr>
            </thead>
            <tbody>
              {remarkable.map(({ key, outcome, message }) => (
                <tr key={key}>
                  <td className={styles.outcome}>
                    {FINE.has(outcome) ? null : <CircleX size={12} aria-hidden className={styles.bad} />}
                    {t(`copying.outcomes.${outcome}`)}
                  </td>
                  <td className={styles.key} title={key}>
                    {visibleText(key)}
                  </td>
                  <td>{message}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </div>
  );
}
