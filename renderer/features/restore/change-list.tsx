import { ArrowRight } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { RestoreChange, RestoreRow } from '../../../shared/ipc/restore.ts';
import { previewTicked } from '../../host/restoring.ts';
import { changeId, isChangeOn, toggleChange, useRestore } from '../../stores/restore-store.ts';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './restore.module.css';

const SIGNS = { added: '+', removed: '−', changed: '~' } as const;
const MOST_CHANGES = 300;

/** What restoring one state would do, path by path. */
export function ChangeList({ row }: { readonly row: RestoreRow }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { key, action, changes, counts, bytesBefore, bytesAfter } = row;
  const shown = changes.slice(0, MOST_CHANGES);
  const more = changes.length - shown.length + row.more;
  const bytes = t('restore.bytes', { before: format.bytes(bytesBefore), after: format.bytes(bytesAfter) });
  return (
    <section className={styles.changes} aria-label={t('restore.changesOf', { key: visibleText(key) })}>
      <header className={styles.head}>
        <h3 className={styles.title}>{visibleText(key)}</h3>
        <p className={styles.muted}>
          {action === 'write' ? t('restore.counts', { ...counts }) : t(`restore.actionHelp.${action}`)}
          {action === 'same' ? null : <span className={styles.bytes}>{bytes}</span>}
        </p>
      </header>
      <ul className={styles.list}>
        {shown.map((change) => (
          <Change key={changeId(change)} row={row} change={change} />
        ))}
        {action === 'write' && changes.length === 0 ? <li className={styles.more}>{t('restore.spelling')}</li> : null}
        {more > 0 ? <li className={styles.more}>{t('restore.moreChanges', { count: more })}</li> : null}
      </ul>
    </section>
  );
}

function Change({ row, change }: { readonly row: RestoreRow; readonly change: RestoreChange }) {
  const { t } = useTranslation();
  const on = useRestore((state) => isChangeOn(state, row, change));
  const busy = useRestore((state) => state.applying);
  const { kind, pathText, before, after, chosen } = change;
  const path = pathText === '' ? t('history.wholeState') : visibleText(pathText);
  return (
    <li className={styles.change} data-off={!on}>
      <input
        type="checkbox"
        aria-label={t('restore.tickChange', { what: t(`restore.kinds.${kind}`), path })}
        checked={on}
        disabled={!chosen || busy}
        onChange={() => {
          toggleChange(row, change);
          previewTicked();
        }}
      />
      <span
        className={styles[kind]}
        title={t(`restore.kinds.${kind}`)}
        role="img"
        aria-label={t(`restore.kinds.${kind}`)}
      >
        {SIGNS[kind]}
      </span>
      <span className={styles.path}>{path}</span>
      <span className={styles.values}>
        {chosen ? null : <span className={styles.stays}>{t('restore.stays')}</span>}
        {before === null ? null : <del className={styles.before}>{visibleText(before)}</del>}
        {before === null || after === null ? null : <ArrowRight size={12} aria-hidden />}
        {after === null ? null : <ins className={styles.after}>{visibleText(after)}</ins>}
      </span>
    </li>
  );
}
