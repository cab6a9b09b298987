import { ChevronRight } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ConsistencyRow } from '../../../shared/ipc/consistency-view.ts';
import { cx } from '../../ui/cx.ts';
import { useFormat } from '../../ui/use-format.ts';
import styles from './consistency.module.css';
import { findingTitle, foundText, placeName, ruleTitle } from './finding-text.ts';
import { SeveritySign } from './severity-sign.tsx';

/** A heading with how much is below it, or one finding. */
export function FindingRow({ row }: { readonly row: ConsistencyRow }) {
  const { t } = useTranslation();
  if (row.row === 'finding') {
    const { finding, below } = row;
    return (
      <>
        <span role="gridcell" className={styles.what}>
          <SeveritySign severity={finding.severity} />
          <span className={styles.title}>{below === 'rule' ? placeName(t, finding) : findingTitle(t, finding)}</span>
        </span>
        <span role="gridcell" className={styles.place}>
          {below === 'group' ? placeName(t, finding) : foundText(t, finding)}
        </span>
      </>
    );
  }
  return (
    <>
      <span role="gridcell" className={styles.what}>
        <ChevronRight size={14} aria-hidden className={cx(styles.chevron, row.open && styles.turned)} />
        {row.row === 'group' ? null : <SeveritySign severity={row.worst} />}
        <span className={styles.title}>
          {row.row === 'group'
            ? t(`consistency.groups.${row.group}`)
            : row.row === 'rule'
              ? ruleTitle(t, row.rule)
              : placeName(t, row)}
        </span>
      </span>
      <Count count={row.findings} />
    </>
  );
}

function Count({ count }: { readonly count: number }) {
  const format = useFormat();
  return (
    <span role="gridcell" className={styles.count}>
      {format.count(count)}
    </span>
  );
}
