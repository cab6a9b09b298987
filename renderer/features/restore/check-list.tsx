import { CircleAlert, Info, OctagonAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { RestoreCheck, RestoreCheckCode } from '../../../shared/ipc/restore.ts';
import { checkText } from '../../host/check-text.ts';
import { changeRestore, useRestore } from '../../stores/restore-store.ts';
import { Check } from '../../ui/field.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './restore.module.css';

const ICONS = { error: OctagonAlert, warning: CircleAlert, note: Info } as const;
const GRAVEST_FIRST = ['error', 'warning', 'note'] as const;
/** Of one kind; the others are counted. */
const MOST_OF_ONE = 4;

/** What speaks against it, the gravest first. What a person may accept can be accepted here. */
export function CheckList({ checks }: { readonly checks: readonly RestoreCheck[] }) {
  const { t } = useTranslation();
  const accepted = useRestore((state) => state.accepted);
  if (checks.length === 0) return null;
  const codes = GRAVEST_FIRST.flatMap((severity) => [
    ...new Set(checks.filter((check) => check.severity === severity).map(({ code }) => code)),
  ]);
  const accept = (code: RestoreCheckCode, on: boolean) => {
    const next = new Set(accepted);
    if (on) next.add(code);
    else next.delete(code);
    changeRestore({ accepted: next });
  };
  return (
    <ul className={styles.checks} aria-label={t('restore.checks')}>
      {codes.map((code) => {
        const same = checks.filter((check) => check.code === code);
        const [first] = same;
        if (first === undefined) return null;
        const Icon = ICONS[first.severity];
        return (
          <li key={code} className={styles.check} data-severity={first.severity}>
            <Icon size={14} aria-hidden />
            <div>
              <strong>{t(`restore.severities.${first.severity}`)}</strong>
              {same.slice(0, MOST_OF_ONE).map((check) => (
                <p key={`${check.key} ${check.path} ${JSON.stringify(check.details)}`}>
                  {visibleText(checkText(t, check))}
                </p>
              ))}
              {same.length > MOST_OF_ONE ? (
                <p>{t('restore.moreChecks', { count: same.length - MOST_OF_ONE })}</p>
              ) : null}
            </div>
            {first.severity === 'error' && first.acceptable ? (
              <Check
                label={t('restore.anyway')}
                checked={accepted.has(code)}
                onChange={(event) => accept(code, event.target.checked)}
              />
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}
