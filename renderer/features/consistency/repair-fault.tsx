import { useTranslation } from 'react-i18next';
import { errorText } from '../../host/told-text.ts';
import type { RestoreFault } from '../../stores/restore-store.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './repair.module.css';

const MOST_KEYS = 5;

/** Why it could not be carried out. A repair is written like a restore, so the words are the same. */
export function RepairFault({ fault }: { readonly fault: RestoreFault }) {
  const { t } = useTranslation();
  return (
    <div className={styles.fault} role="alert">
      {fault.kind === 'error' ? (
        <p>{errorText(t, fault.error)}</p>
      ) : fault.kind === 'stale' ? (
        <p>
          {t('restore.stale', {
            count: fault.keys.length,
            keys: visibleText(fault.keys.slice(0, MOST_KEYS).join(', ')),
          })}
        </p>
      ) : (
        <>
          <p>
            {fault.reason === null
              ? t('restore.stopped')
              : t('restore.failed', { key: visibleText(fault.key), reason: visibleText(fault.reason) })}
          </p>
          {fault.left.length === 0 ? <p>{t('restore.asBefore')}</p> : null}
          {fault.left.map(({ key, trash, reason }) => (
            <p key={key}>
              {t('restore.left', { key: visibleText(key), reason: visibleText(reason), trash: trash ?? '–' })}
            </p>
          ))}
        </>
      )}
    </div>
  );
}
