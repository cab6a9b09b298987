import { CircleDashed } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Indexing } from '../../shared/ipc/model.ts';
import { goOnIndexing, stopIndexing } from '../host/indexing.ts';
import { Button } from '../ui/button.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { useFormat } from '../ui/use-format.ts';
import styles from './status-bar.module.css';

/** How much of a big file is listed, as long as that is not all of it. */
export function IndexingItem({ indexing }: { readonly indexing: Indexing }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { done, total } = indexing;
  if (indexing.status === 'stopped') {
    const amounts = { done: format.bytes(done), total: format.bytes(total ?? 0) };
    return (
      <span className={styles.job} title={t('indexing.partialHelp')}>
        <CircleDashed size={12} className={styles.partial} aria-hidden />
        <span className={styles.jobText}>
          {t(total === null ? 'indexing.partialUnknown' : 'indexing.partial', amounts)}
        </span>
        <Button kind="quiet" className={styles.cancel} onClick={goOnIndexing}>
          {t('indexing.goOn')}
        </Button>
      </span>
    );
  }
  const amounts =
    total === null
      ? format.bytes(done)
      : t('opening.bytesOf', { done: format.bytes(done), total: format.bytes(total) });
  return (
    <span className={styles.job}>
      <span className={styles.jobBar}>
        <ProgressBar
          label={t('indexing.running')}
          fraction={total === null || total === 0 ? null : done / total}
          text={amounts}
        />
      </span>
      <span className={styles.jobText}>
        {t('indexing.running')} · <span className={styles.amounts}>{amounts}</span>
      </span>
      <Button kind="quiet" className={styles.cancel} title={t('indexing.stopHelp')} onClick={stopIndexing}>
        {t('indexing.stop')}
      </Button>
    </span>
  );
}
