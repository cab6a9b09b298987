import { type KeyboardEvent, type MouseEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ExplorerGrouping, ExplorerRow, WorkspaceSummary } from '../../../shared/ipc/model.ts';
import { call } from '../../host/client.ts';
import { mayWriteSource } from '../../host/writing.ts';
import { openDialog } from '../../stores/dialog-store.ts';
import { openDiff, pickForCompare, shownState, useDiff } from '../../stores/diff-store.ts';
import { changeLayout, useLayout } from '../../stores/layout-store.ts';
import { fillSelection, selectState, useSelection } from '../../stores/selection-store.ts';
import { askForTree, explorerPainted, useUi } from '../../stores/ui-store.ts';
import { useCompareDrag } from '../../stores/use-compare-drag.ts';
import { useWindow } from '../../stores/use-window.ts';
import { cx } from '../../ui/cx.ts';
import { ContextMenu } from '../../ui/menu.tsx';
import type { RowRange } from '../../ui/scaled-scroll.ts';
import { type RowView, VirtualRows, type VirtualRowsHandle } from '../../ui/virtual-rows.tsx';
import styles from './explorer.module.css';
import { ExplorerHeader } from './explorer-header.tsx';
import { ExplorerMenu } from './explorer-menu.tsx';
import { useExplorerRow } from './explorer-row.tsx';
import { WorkspaceViews } from './workspace-views.tsx';

const ROW_HEIGHT = 24;
/** A held arrow key runs over states without reading each of them. */
const SELECT_DELAY_MS = 140;
/** Loaded rows that are looked through for the selected state. */
const SEARCHED_ROWS = 4000;
const SEARCHED_NEAR = 100;

export function Explorer({ workspace }: { readonly workspace: WorkspaceSummary }) {
  const { t } = useTranslation();
  const id = workspace.workspace;
  const sort = useLayout((layout) => layout.sort);
  const groupBy = useLayout((layout) => layout.groupBy);
  const selected = useSelection((selection) => selection.key);
  const filter = useUi((ui) => ui.filter);
  const [closed, setClosed] = useState<Readonly<Record<ExplorerGrouping, readonly string[]>>>({ kind: [], class: [] });
  const collapsed = closed[groupBy];
  const [active, setActive] = useState(0);
  const handle = useRef<VirtualRowsHandle>(null);
  const timer = useRef(0);

  const load = useCallback(
    (offset: number, limit: number) =>
      call('explorer.rows', { workspace: id, filter, groupBy, sort, collapsed: [...collapsed], offset, limit }),
    [id, filter, groupBy, sort, collapsed],
  );
  const { total, error, replacing, row, want } = useWindow(
    load,
    // A big file grows while it is indexed.
    `${workspace.generation}/${workspace.states}`,
  );
  const onSight = useCallback(({ first, end }: RowRange) => want(first, end), [want]);

  // The window is never blank: when none is selected the first state is, and after the selected one has gone the next.
  const standing = useRef(active);
  useEffect(() => {
    if (total === null || replacing || selected !== null) return;
    const next = nearestState(row, standing.current, total);
    if (next !== null) fillSelection(next);
  }, [total, replacing, selected, row]);

  useEffect(() => {
    if (total === null) return;
    const anyState = row(0) !== undefined;
    explorerPainted(id, anyState);
  }, [id, total, row]);

  // The marked row follows the selection, also when it was made elsewhere or the order changed; not while a person
  // is moving, and not away from a group's heading unless something else was selected.
  useEffect(() => {
    standing.current = active;
  }, [active]);
  const followed = useRef<string | null>(null);
  useEffect(() => {
    if (selected === null || total === null || timer.current !== 0) return;
    const fresh = followed.current !== selected;
    if (!fresh && row(standing.current)?.row === 'group') return;
    for (let index = 0; index < Math.min(total, SEARCHED_ROWS); index += 1) {
      const each = row(index);
      if (each?.row !== 'state' || each.key !== selected) continue;
      setActive(index);
      if (fresh) handle.current?.show(index);
      followed.current = selected;
      return;
    }
  }, [selected, total, row]);

  // With other rows the mark begins anew, and the selected state is found again among those that are left.
  const laidOut = useRef(filter);
  useEffect(() => {
    if (laidOut.current === filter) return;
    laidOut.current = filter;
    followed.current = null;
    setActive(0);
  }, [filter]);

  useEffect(() => () => window.clearTimeout(timer.current), []);

  const toggle = (group: string) =>
    setClosed((before) => {
      const now = before[groupBy];
      return { ...before, [groupBy]: now.includes(group) ? now.filter((each) => each !== group) : [...now, group] };
    });

  const select = (index: number, delay: number) => {
    window.clearTimeout(timer.current);
    timer.current = 0;
    const chosen = row(index);
    if (chosen?.row !== 'state') return;
    if (delay === 0) {
      // At once, so that a focus asked for in the same breath goes to the new tree and not to the one before it.
      selectState(chosen.key);
      return;
    }
    timer.current = window.setTimeout(() => {
      timer.current = 0;
      selectState(chosen.key);
    }, delay);
  };

  const current = row(active);
  const remove = () => {
    if (current?.row === 'state' && mayWriteSource()) openDialog({ kind: 'remove-state', key: current.key });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (!current || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Delete') {
      event.preventDefault();
      remove();
      return;
    }
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      if (current.row === 'group') toggle(current.group);
      else {
        select(active, 0);
        if (event.key === 'Enter') askForTree();
      }
    } else if (event.key === 'ArrowRight' && current.row === 'group') {
      event.preventDefault();
      if (current.collapsed) toggle(current.group);
      else setActive(Math.min(active + 1, (total ?? 1) - 1));
    } else if (event.key === 'ArrowLeft') {
      event.preventDefault();
      if (current.row === 'group') {
        if (!current.collapsed) toggle(current.group);
        return;
      }
      for (let index = active - 1; index >= 0; index -= 1) {
        const above = row(index);
        if (!above) return;
        if (above.row === 'group') {
          setActive(index);
          handle.current?.show(index);
          return;
        }
      }
    }
  };

  const onActive = (index: number, event: KeyboardEvent | MouseEvent) => {
    setActive(index);
    const click = event.type === 'click';
    const chosen = row(index);
    if (click && chosen?.row === 'state' && (event.ctrlKey || event.metaKey)) {
      pickTwo(chosen.key);
      return;
    }
    if (click && chosen?.row === 'group') toggle(chosen.group);
    select(index, click ? 0 : SELECT_DELAY_MS);
  };

  const stateView = useExplorerRow(row, groupBy);
  const drag = useCompareDrag((index) => {
    const each = row(index);
    return each?.row === 'state' ? shownState(each.key) : null;
  });
  const rowView = (index: number): RowView => {
    const view = stateView(index);
    const className = drag.over === index ? cx(view.className, styles.dropTarget) : view.className;
    return { ...view, className, draggable: row(index)?.row === 'state' };
  };
  const empty = useMemo(() => {
    if (total !== 0) return null;
    if (error) return error.message;
    return filter === '' ? t('explorer.noStates') : t('explorer.noMatch', { filter });
  }, [total, error, filter, t]);

  return (
    <section className={styles.explorer} aria-label={t('explorer.title')}>
      <ExplorerHeader
        sort={sort}
        onSort={(next) => changeLayout({ sort: next })}
        groupBy={groupBy}
        onGroupBy={(next) => changeLayout({ groupBy: next })}
        onLeave={() => {
          setActive((before) => (row(before)?.row === 'group' && row(before + 1) ? before + 1 : before));
          handle.current?.focus();
        }}
      />
      <WorkspaceViews />
      {empty === null ? (
        <ContextMenu
          target={
            <div className={styles.rowsFrame} {...drag.handlers}>
              <VirtualRows
                handle={handle}
                className={styles.rows}
                count={total ?? 0}
                rowHeight={ROW_HEIGHT}
                columns={5}
                label={t('explorer.label')}
                active={active}
                onActive={onActive}
                onKeyDown={onKeyDown}
                onDoubleClick={(index) => {
                  if (row(index)?.row === 'state') askForTree();
                }}
                row={rowView}
                onSight={onSight}
                testId="explorer-rows"
              />
            </div>
          }
        >
          <ExplorerMenu state={current?.row === 'state' ? current : null} onRemove={remove} />
        </ContextMenu>
      ) : (
        <div className={styles.empty}>
          <p>{empty}</p>
          {filter === '' && workspace.problems > 0 ? (
            <p className={styles.muted}>{t('explorer.noStatesHelp')}</p>
          ) : null}
        </div>
      )}
    </section>
  );
}

/** The selected state and one that is clicked with Ctrl or Cmd are compared. */
function pickTwo(key: string): void {
  const selected = useSelection.getState().key;
  if (useDiff.getState().marked === null && selected !== null && selected !== key) {
    openDiff(shownState(selected), shownState(key));
  } else pickForCompare(shownState(key));
}

/** The key of the first state from a row on; else of the last one above it. */
function nearestState(row: (index: number) => ExplorerRow | undefined, from: number, total: number): string | null {
  for (let index = from; index < Math.min(total, from + SEARCHED_NEAR); index += 1) {
    const each = row(index);
    if (each?.row === 'state') return each.key;
  }
  for (let index = Math.min(from, total) - 1; index >= Math.max(0, from - SEARCHED_NEAR); index -= 1) {
    const each = row(index);
    if (each?.row === 'state') return each.key;
  }
  return null;
}
