import { Check } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { CHECK_GROUPS, type ConsistencyCheckRun } from '../../../shared/ipc/consistency.ts';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './consistency.module.css';
import { ruleTitle, ruleWhy } from './finding-text.ts';
import { SeveritySign } from './severity-sign.tsx';

/** Everything that was looked for, also what was not found. */
export function CheckTable({ checks }: { readonly checks: readonly ConsistencyCheckRun[] }) {
  const { t } = useTranslation();
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolled table must be reachable by keyboard
    <div className={styles.scroller} role="group" aria-label={t('consistency.checks')} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th>{t('consistency.columns.rule')}</th>
            <th className={styles.number}>{t('consistency.columns.lookedAt')}</th>
            <th className={styles.outcome}>{t('consistency.columns.found')}</th>
          </tr>
        </thead>
        {CHECK_GROUPS.map((group) => {
          const ofGroup = checks.filter((check) => check.group === group);
          return ofGroup.length === 0 ? null : (
            <tbody key={group}>
              <tr className={styles.groupRow}>
                <th colSpan={3} scope="rowgroup">
                  {t(`consistency.groups.${group}`)}
                </th>
              </tr>
              {ofGroup.map((check) => (
                <CheckRow key={check.rule} check={check} />
              ))}
            </tbody>
          );
        })}
      </table>
    </div>
  );
}

function CheckRow({ check }: { readonly check: ConsistencyCheckRun }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { rule, lookedAt, notRun } = check;
  return (
    <tr>
      <td title={ruleWhy(t, rule)}>{ruleTitle(t, rule)}</td>
      <td className={styles.number}>{notRun === null ? format.count(lookedAt) : '–'}</td>
      <td className={styles.outcome}>
        <Outcome check={check} />
      </td>
    </tr>
  );
}

function Outcome({ check: { severity, lookedAt, found, notRun } }: { readonly check: ConsistencyCheckRun }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (notRun !== null) {
    return (
      <span className={styles.muted}>
        {visibleText(t(`consistency.notRun.${notRun.code}` as 'consistency.title', { ...notRun.details }))}
      </span>
    );
  }
  if (found > 0) {
    return (
      <span className={styles.outcomeFound}>
        <SeveritySign severity={severity} />
        {format.count(found)}
      </span>
    );
  }
  if (lookedAt === 0) return <span className={styles.muted}>{t('consistency.nothingToLookAt')}</span>;
  return (
    <span className={styles.fine}>
      <Check size={14} aria-hidden />
      {t('consistency.fine')}
    </span>
  );
}
