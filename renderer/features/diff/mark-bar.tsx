import { GitCompareArrows } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { markForCompare, useDiff } from '../../stores/diff-store.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './mark-bar.module.css';
import { useMomentText } from './use-side-text.ts';

/** Says, while the first of two is picked, which one it is and what comes next. */
export function MarkBar() {
  const { t } = useTranslation();
  const marked = useDiff((state) => state.marked);
  const momentText = useMomentText();
  if (marked === null) return null;
  const name = t('diff.markedName', { key: visibleText(marked.key), moment: momentText(marked.moment) });
  return (
    <div className={styles.bar} role="status">
      <GitCompareArrows size={14} aria-hidden />
      <span className={styles.text}>{t('diff.marked', { name })}</span>
      <span className={styles.note}>{t('diff.markedHelp')}</span>
      <button type="button" className={styles.cancel} onClick={() => markForCompare(null)}>
        {t('diff.unmark')}
      </button>
    </div>
  );
}
