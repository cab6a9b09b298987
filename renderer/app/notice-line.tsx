import { Check, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useNotice } from '../stores/notice-store.ts';
import styles from './notice-line.module.css';

/** A short word on what was just done, read out as well. */
export function NoticeLine() {
  const { t } = useTranslation();
  const notice = useNotice((state) => state.notice);
  return (
    <div className={styles.place} role="status" aria-live="polite">
      {notice ? (
        <span className={styles.notice}>
          {notice.kind === 'copied' ? <Check size={14} aria-hidden /> : <TriangleAlert size={14} aria-hidden />}
          {notice.kind === 'copied'
            ? t('copy.done', { count: notice.characters })
            : t('copy.failed', { reason: notice.reason })}
        </span>
      ) : null}
    </div>
  );
}
