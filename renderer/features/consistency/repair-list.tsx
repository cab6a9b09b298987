import { useTranslation } from 'react-i18next';
import type { AppliedRepair } from '../../../shared/ipc/repairs.ts';
import { tickRepair } from '../../host/repairing.ts';
import { changeRepair, useRepair } from '../../stores/repair-store.ts';
import { cx } from '../../ui/cx.ts';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import { ruleTitle } from './finding-text.ts';
import styles from './repair.module.css';

/** A longer list is filtered before it is repaired, not here. */
const MOST_ROWS = 500;

/** What can be repaired; a person unticks what is to stay. */
interface RepairListProps {
  readonly repairs: readonly AppliedRepair[];
  /** Ids of findings that come to light only by repairing others. */
  readonly followUps: readonly string[];
}

export function RepairList({ repairs, followUps }: RepairListProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { off, selected, applying } = useRepair();
  return (
    <ul className={styles.list} aria-label={t('consistency.repairing.list')}>
      {repairs.slice(0, MOST_ROWS).map(({ finding, rule, key }) => (
        <li key={finding} className={cx(styles.row, finding === selected && styles.selected)}>
          <input
            type="checkbox"
            aria-label={t('consistency.repairing.tick', { what: ruleTitle(t, rule), key: visibleText(key) })}
            checked={!off.has(finding)}
            disabled={applying}
            onChange={() => tickRepair(finding)}
          />
          <button
            type="button"
            className={styles.name}
            aria-current={finding === selected}
            onClick={() => changeRepair({ selected: finding })}
          >
            <span className={styles.what}>{ruleTitle(t, rule)}</span>
            <span className={styles.key}>
              {visibleText(key)}
              {followUps.includes(finding) ? ` · ${t('consistency.repairing.follows')}` : null}
            </span>
          </button>
        </li>
      ))}
      {repairs.length > MOST_ROWS ? (
        <li className={styles.more}>
          {t('consistency.repairing.more', { count: repairs.length - MOST_ROWS, shown: format.count(MOST_ROWS) })}
        </li>
      ) : null}
    </ul>
  );
}
