import { ChevronRight } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { SearchHit, SearchRow } from '../../../shared/ipc/search.ts';
import { cx } from '../../ui/cx.ts';
import { TimeText } from '../../ui/time-text.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './search.module.css';

const MICROS = 1000;

/** A state with what was found in it, one hit, or how many more there are. */
export function SearchRowView({ row }: { readonly row: SearchRow }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (row.row === 'state') {
    return (
      <>
        <span role="gridcell" className={styles.key}>
          <ChevronRight size={14} aria-hidden className={cx(styles.chevron, row.open && styles.turned)} />
          {visibleText(row.key)}
        </span>
        <span role="gridcell" className={styles.count}>
          {format.count(row.hits)}
        </span>
      </>
    );
  }
  if (row.row === 'more') {
    return (
      <span role="gridcell" className={cx(styles.more, !row.kept && styles.muted)}>
        {t(row.kept ? 'search.more' : 'search.notKept', { count: row.left })}
      </span>
    );
  }
  return <Hit hit={row.hit} />;
}

function Hit({ hit }: { readonly hit: SearchHit }) {
  const { t } = useTranslation();
  const { where, path, before, match, after, cutBefore, cutAfter, moment } = hit;
  return (
    <>
      <span role="gridcell" className={styles.path} title={path}>
        <bdi dir="ltr">{visibleText(path)}</bdi>
      </span>
      <span role="gridcell" className={styles.text}>
        {where === 'value' || where === 'node' ? null : (
          <span className={styles.where}>{t(`search.where.${where}`)}</span>
        )}
        <span className={styles.excerpt}>
          {cutBefore ? '…' : ''}
          {visibleText(before)}
          {match === '' ? null : <mark className={styles.match}>{visibleText(match)}</mark>}
          {visibleText(after)}
          {cutAfter ? '…' : ''}
        </span>
      </span>
      {moment === null ? null : (
        <span role="gridcell" className={styles.moment}>
          {t(moment.replaced ? 'search.until' : 'search.since')}{' '}
          <TimeText stored={new Date(moment.time / MICROS).toISOString()} />
        </span>
      )}
    </>
  );
}
