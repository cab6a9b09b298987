import { useTranslation } from 'react-i18next';
import type { CopyStatesProgress } from '../../../shared/ipc/persistence.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './copying.module.css';

/** How far it is, and which state is at work. */
export function CopyProgress({ progress }: { readonly progress: CopyStatesProgress | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const fraction = progress && progress.total > 0 ? progress.done / progress.total : null;
  const text = progress ? t('copying.progress', { done: progress.done, total: progress.total }) : t('copying.starting');
  return (
    <div className={styles.progress}>
      <ProgressBar label={t('copying.progressLabel')} fraction={fraction} text={text} />
      <p className={styles.progressText}>
        <span>{text}</span>
        <span className={styles.progressKey}>{visibleText(progress?.key ?? '')}</span>
        <span>{progress ? format.bytes(progress.bytes) : null}</span>
      </p>
    </div>
  );
}
