import { CircleAlert, Info, OctagonAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { RefusedRepair } from '../../../shared/ipc/repairs.ts';
import type { RestoreCheck, RestoreCheckCode } from '../../../shared/ipc/restore.ts';
import { checkText } from '../../host/check-text.ts';
import { changeRepair, useRepair } from '../../stores/repair-store.ts';
import { Check } from '../../ui/field.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './repair.module.css';

const ICONS = { error: OctagonAlert, warning: CircleAlert, note: Info } as const;
/** Of all; the others are counted. */
const MOST = 6;

interface RepairChecksProps {
  readonly checks: readonly RestoreCheck[];
  readonly refused: readonly RefusedRepair[];
}

/** What speaks against it, and what cannot be repaired after all. */
export function RepairChecks({ checks, refused }: RepairChecksProps) {
  const { t } = useTranslation();
  const accepted = useRepair((state) => state.accepted);
  if (checks.length === 0 && refused.length === 0) return null;
  const accept = (code: RestoreCheckCode, on: boolean) => {
    const next = new Set(accepted);
    if (on) next.add(code);
    else next.delete(code);
    changeRepair({ accepted: next });
  };
  const more = Math.max(0, checks.length - MOST) + Math.max(0, refused.length - MOST);
  return (
    <ul className={styles.checks} aria-label={t('restore.checks')}>
      {checks.slice(0, MOST).map((check) => {
        const Icon = ICONS[check.severity];
        return (
          <li key={`${check.code} ${check.key} ${check.path}`} className={styles.check} data-severity={check.severity}>
            <Icon size={14} aria-hidden />
            <span>
              <strong>{t(`restore.severities.${check.severity}`)}</strong> {visibleText(checkText(t, check))}
            </span>
            {check.severity === 'error' && check.acceptable ? (
              <Check
                label={t('restore.anyway')}
                checked={accepted.has(check.code)}
                onChange={(event) => accept(check.code, event.target.checked)}
              />
            ) : null}
          </li>
        );
      })}
      {refused.slice(0, MOST).map(({ finding, key, why }) => (
        <li key={finding} className={styles.check} data-severity="warning">
          <CircleAlert size={14} aria-hidden />
          <span>
            {visibleText(key ?? finding)}: {t(`consistency.refused.${why}` as 'consistency.title')}
          </span>
        </li>
      ))}
      {more > 0 ? <li className={styles.more}>{t('restore.moreChecks', { count: more })}</li> : null}
    </ul>
  );
}
