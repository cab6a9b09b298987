import { useTranslation } from 'react-i18next';
import { stopSearch } from '../../host/searching.ts';
import { useSearch } from '../../stores/search-store.ts';
import { Button } from '../../ui/button.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import styles from './search.module.css';

const SECOND_MS = 1000;

/** How much was found, in how much of the whole. */
export function SearchLine() {
  const { t, i18n } = useTranslation();
  const { wish, running, stopped, progress, end } = useSearch();
  if (progress === null) return null;
  const { hits, states, done, total, unread } = progress;
  const found =
    hits === 0
      ? running
        ? t('search.searching')
        : t(stopped ? 'search.nothingYet' : 'search.nothing')
      : t('search.found', { count: hits, states: t('search.inStates', { count: states }) });
  const seconds = (end?.milliseconds ?? 0) / SECOND_MS;
  const took = seconds.toLocaleString(i18n.language, { maximumFractionDigits: seconds < 10 ? 2 : 0 });
  const far = t(`search.done.${wish.scope}`, { done, total });
  return (
    <div className={styles.summary} role="status" data-testid="search-summary" data-running={running}>
      <span className={styles.found}>{found}</span>
      {running || stopped ? <span className={styles.muted}>{stopped ? t('search.stopped', { far }) : far}</span> : null}
      {end ? <span className={styles.muted}>{t('search.took', { seconds: took })}</span> : null}
      {unread > 0 ? (
        <span className={styles.warning} title={end?.firstUnread ?? undefined}>
          {t('search.unread', { count: unread })}
        </span>
      ) : null}
      {running ? (
        <>
          <span className={styles.progress}>
            <ProgressBar label={t('search.searching')} fraction={total === 0 ? null : done / total} text={far} />
          </span>
          <Button kind="quiet" onClick={stopSearch}>
            {t('search.stop')}
          </Button>
        </>
      ) : null}
    </div>
  );
}
