import { useTranslation } from 'react-i18next';
import type { RestoreRow } from '../../../shared/ipc/restore.ts';
import { previewTicked } from '../../host/restoring.ts';
import { changeRestore, isStateOn, toggleState, useRestore } from '../../stores/restore-store.ts';
import { cx } from '../../ui/cx.ts';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './restore.module.css';

/** A longer list is ticked by its keys where it was asked for, not here. */
const MOST_ROWS = 500;

/** The states that the moment has, those that would change first. */
export function StateList({ rows }: { readonly rows: readonly RestoreRow[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const state = useRestore();
  return (
    <ul className={styles.states} aria-label={t('restore.states')}>
      {rows.slice(0, MOST_ROWS).map((row) => {
        const { key, action, counts } = row;
        const off = state.offChanges.get(key)?.size ?? 0;
        const on = isStateOn(state, row);
        return (
          <li key={key} className={cx(styles.row, key === state.selected && styles.selected)}>
            <input
              type="checkbox"
              aria-label={t('restore.tickState', { key: visibleText(key) })}
              checked={on}
              disabled={action === 'same' || state.applying}
              ref={(box) => {
                if (box) box.indeterminate = on && off > 0;
              }}
              onChange={() => {
                toggleState(row);
                previewTicked();
              }}
            />
            <button
              type="button"
              className={styles.name}
              aria-current={key === state.selected}
              title={visibleText(key)}
              onClick={() => changeRestore({ selected: key })}
            >
              <span className={styles.key}>{visibleText(key)}</span>
              <span className={styles.what}>
                {action === 'write'
                  ? t('restore.changes', { count: counts.added + counts.removed + counts.changed })
                  : t(`restore.actions.${action}`)}
              </span>
            </button>
          </li>
        );
      })}
      {rows.length > MOST_ROWS ? (
        <li className={styles.more}>
          {t('restore.moreStates', { count: rows.length - MOST_ROWS, shown: format.count(MOST_ROWS) })}
        </li>
      ) : null}
    </ul>
  );
}
