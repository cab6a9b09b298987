import { type KeyboardEvent, type MouseEvent, useCallback, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { DiffInfo, DiffRow } from '../../../shared/ipc/diff.ts';
import { call } from '../../host/client.ts';
import { selectDiffRow, showUnchanged, toggleDiffRow, useDiff } from '../../stores/diff-store.ts';
import { useLayout } from '../../stores/layout-store.ts';
import { useWindow } from '../../stores/use-window.ts';
import { cx } from '../../ui/cx.ts';
import type { RowRange } from '../../ui/scaled-scroll.ts';
import { VirtualRows, type VirtualRowsHandle } from '../../ui/virtual-rows.tsx';
import { useDiffRow } from './diff-row.tsx';
import styles from './diff-tree.module.css';
import { useSideText } from './use-side-text.ts';

const ROW_HEIGHT = 24;
/** Rows above the selected one that are looked through for its parent. */
const PARENT_SEARCH = 4000;

/** Both states as one tree: what is the same is folded, what differs is open. */
export function DiffTree({ workspace, info }: { readonly workspace: string; readonly info: DiffInfo }) {
  const { t } = useTranslation();
  const side = useSideText(info);
  const handle = useRef<VirtualRowsHandle>(null);
  const { expansion, kinds, row: active, jumps } = useDiff();
  const beside = useLayout((layout) => layout.diffBeside);
  const { diff } = info;
  const load = useCallback(
    (offset: number, limit: number) =>
      call('diff.rows', { workspace, diff, expansion, kinds: [...kinds], offset, limit }),
    [workspace, diff, expansion, kinds],
  );
  const { total, error, row, want } = useWindow<DiffRow>(load, diff);
  const onSight = useCallback(({ first, end }: RowRange) => want(first, end), [want]);

  const shown = useRef(jumps);
  useEffect(() => {
    if (total === null || shown.current === jumps) return;
    shown.current = jumps;
    handle.current?.show(useDiff.getState().row, 'middle');
  }, [jumps, total]);

  // A selection that stands on a row that has not arrived gets its name when it does.
  const standing = row(active);
  useEffect(() => {
    const { rowId } = useDiff.getState();
    if (rowId === null && standing && active > 0) selectDiffRow(active, standing.id);
  }, [standing, active]);

  const select = (index: number) => selectDiffRow(index, row(index)?.id ?? null);
  const toggle = (index: number) => {
    const chosen = row(index);
    if (chosen?.expandable) toggleDiffRow(index, chosen.id);
  };
  const onActive = (index: number, event: KeyboardEvent | MouseEvent) => {
    select(index);
    const target = event.target instanceof Element ? event.target : null;
    const isOnFold = row(index)?.row === 'fold';
    if (event.type === 'click' && (isOnFold || target?.closest('[data-disclosure]'))) toggle(index);
  };
  const toParent = () => {
    const chosen = row(active);
    if (!chosen) return;
    for (let above = active - 1; above >= Math.max(0, active - PARENT_SEARCH); above -= 1) {
      const candidate = row(above);
      if (!candidate) return;
      if (candidate.depth < chosen.depth) {
        select(above);
        handle.current?.show(above);
        return;
      }
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const chosen = row(active);
    if (!chosen || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'ArrowRight') {
      event.preventDefault();
      if (chosen.expandable && !chosen.expanded) toggle(active);
      else if (chosen.expanded && total !== null && active + 1 < total) {
        select(active + 1);
        handle.current?.show(active + 1);
      }
    } else if (event.key === 'ArrowLeft') {
      event.preventDefault();
      if (chosen.expanded) toggle(active);
      else toParent();
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      toggle(active);
    } else if (event.key === '*') {
      event.preventDefault();
      showUnchanged(!expansion.unchanged);
    }
  };
  const rowView = useDiffRow(row, beside);
  return (
    <div className={cx(styles.frame, beside && styles.beside)}>
      {beside ? (
        <div className={styles.heads} aria-hidden>
          <span className={styles.nameHead} />
          <span className={styles.sideHead}>{side('before')}</span>
          <span className={styles.sideHead}>{side('after')}</span>
        </div>
      ) : null}
      {error && total === 0 ? <p className={styles.error}>{error.message}</p> : null}
      <VirtualRows
        handle={handle}
        className={styles.rows}
        count={total ?? 0}
        rowHeight={ROW_HEIGHT}
        columns={beside ? 3 : 2}
        label={t('diff.label')}
        active={active}
        onActive={onActive}
        onKeyDown={onKeyDown}
        onDoubleClick={toggle}
        row={rowView}
        onSight={onSight}
        testId="diff-rows"
      />
    </div>
  );
}
