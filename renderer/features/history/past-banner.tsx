import { History } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import { momentOf, openRestore } from '../../host/restoring.ts';
import { travel } from '../../host/time-travel.ts';
import { openDiff, shownState } from '../../stores/diff-store.ts';
import { useSelection } from '../../stores/selection-store.ts';
import { exactText } from '../../ui/moment.ts';
import { useFormat } from '../../ui/use-format.ts';
import { asOfText } from './as-of-text.ts';
import styles from './past.module.css';

/** Says, while the window shows an earlier moment, which one; and leads back. */
export function PastBanner({ workspace: { asOf } }: { readonly workspace: WorkspaceSummary }) {
  const { t } = useTranslation();
  const format = useFormat();
  const key = useSelection((selection) => selection.key);
  if (asOf === null) return null;
  const time = exactText(asOf.time, format.locale);
  return (
    <div className={styles.banner} role="status">
      <History size={14} aria-hidden />
      <span className={styles.text}>{asOfText(t, asOf, time, format)}</span>
      <span className={styles.note}>{t('history.pastNote')}</span>
      {key === null ? null : (
        <button
          type="button"
          className={styles.back}
          onClick={() => openDiff(shownState(key), { moment: { at: 'now' }, key })}
        >
          {t('diff.compareWithNow')}
        </button>
      )}
      <button type="button" className={styles.back} onClick={() => openRestore(momentOf(asOf), null)}>
        {t('restore.thisMoment')}
      </button>
      <button type="button" className={styles.back} onClick={() => travel(null)}>
        {t('history.backToNow')}
      </button>
    </div>
  );
}
