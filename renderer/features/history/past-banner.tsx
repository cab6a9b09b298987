import { History } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import { travel } from '../../host/time-travel.ts';
import { exactText } from '../../ui/moment.ts';
import { useFormat } from '../../ui/use-format.ts';
import styles from './past.module.css';

/** Says, while the window shows an earlier moment, which one; and leads back. */
export function PastBanner({ workspace: { asOf } }: { readonly workspace: WorkspaceSummary }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (asOf === null) return null;
  const time = exactText(asOf.time, format.locale);
  return (
    <div className={styles.banner} role="status">
      <History size={14} aria-hidden />
      <span className={styles.text}>{t('history.asOf', { time, change: format.count(asOf.seq) })}</span>
      <span className={styles.note}>{t('history.pastNote')}</span>
      <button type="button" className={styles.back} onClick={() => travel(null)}>
        {t('history.backToNow')}
      </button>
    </div>
  );
}
