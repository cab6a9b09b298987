import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useRef,
} from 'react';
import { useTranslation } from 'react-i18next';
import type { StateSummary } from '../../../shared/ipc/model.ts';
import { copyNode } from '../../host/copying.ts';
import { editValue } from '../../host/starting-edits.ts';
import { removeNode } from '../../host/writing.ts';
import { type Draft, useDraft } from '../../stores/draft-store.ts';
import { requestTaken, useSelection } from '../../stores/selection-store.ts';
import { statePainted, treeFocused, useUi } from '../../stores/ui-store.ts';
import { useWritable } from '../../stores/use-writable.ts';
import { ContextMenu } from '../../ui/menu.tsx';
import type { RowRange } from '../../ui/scaled-scroll.ts';
import { VirtualRows, type VirtualRowsHandle } from '../../ui/virtual-rows.tsx';
import { Breadcrumbs } from './breadcrumbs.tsx';
import { ALL_DEPTHS } from './expansion.ts';
import styles from './state-tree.module.css';
import { TreeContextMenu } from './tree-menu.tsx';
import { useTreeRow } from './tree-row.tsx';
import { TreeTools } from './tree-tools.tsx';
import { type Tree, useTree } from './use-tree.ts';

const ROW_HEIGHT = 24;

export interface StateTreeProps {
  readonly workspace: string;
  readonly summary: StateSummary;
  /** Draws the field of a row whose value is being changed. */
  readonly field: (draft: Draft) => ReactNode;
}

export function StateTree({ workspace, summary, field }: StateTreeProps) {
  const { t } = useTranslation();
  const handle = useRef<VirtualRowsHandle>(null);
  const show = useCallback((index: number) => handle.current?.show(index, 'middle'), []);
  const tree = useTree(workspace, summary, show);
  const { view, total, unsettled, error, row, want, select, toggle, toParent, toEnd, reveal, expandTo } = tree;
  const active = view.row;
  const onSight = useCallback(({ first, end }: RowRange) => want(first, end), [want]);

  useFirstPaint(summary.key, total !== null);
  useOutsideRequests(summary.key, handle, tree);

  // Coming back to a state shows the row that was left.
  const arrived = useRef(false);
  useEffect(() => {
    if (arrived.current || total === null) return;
    arrived.current = true;
    if (active > 0) handle.current?.show(active, 'middle');
  }, [total, active]);

  const onActive = (index: number, event: KeyboardEvent | MouseEvent) => {
    select(index);
    const onDisclosure = event.target instanceof Element && event.target.closest('[data-disclosure]') !== null;
    if (event.type === 'click' && onDisclosure) toggle(index);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const chosen = row(active);
    const control = event.ctrlKey || event.metaKey;
    if (control && event.key.toLowerCase() === 'c') {
      event.preventDefault();
      void copyNode(event.shiftKey ? 'jsonpath' : 'value');
      return;
    }
    if (!control && !event.altKey && event.key === 'End' && toEnd()) {
      event.preventDefault();
      return;
    }
    if (!chosen || control || event.altKey) return;
    if (event.key === 'F2') {
      event.preventDefault();
      void editValue(chosen.node, 'row');
    } else if (event.key === 'Delete') {
      event.preventDefault();
      void removeNode(chosen.node);
    }
    if (event.key === 'ArrowRight') {
      event.preventDefault();
      if (chosen.children > 0 && !chosen.expanded) toggle(active);
      else if (chosen.expanded && total !== null && active + 1 < total) {
        select(active + 1);
        handle.current?.show(active + 1);
      }
    } else if (event.key === 'ArrowLeft') {
      event.preventDefault();
      if (chosen.expanded && chosen.children > 0) toggle(active);
      else toParent(active);
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      toggle(active);
    } else if (event.key === '*') {
      event.preventDefault();
      expandTo(ALL_DEPTHS);
    }
  };

  const writable = useWritable();
  const onDoubleClick = (index: number, event: MouseEvent) => {
    const on = event.target instanceof Element ? event.target : null;
    if (on?.closest('[data-edit-field]')) return;
    const chosen = row(index);
    if (chosen?.children === 0 && writable && on?.closest('[data-value]')) void editValue(chosen.node, 'row');
    else toggle(index);
  };

  const draft = useDraft((state) => (state.draft?.key === summary.key ? state.draft : null));
  const editing = draft?.place === 'row' ? { node: draft.node, field: field(draft) } : null;
  const rowView = useTreeRow(row, summary.type?.name ?? null, editing);
  return (
    <div className={styles.tree}>
      <div className={styles.bar}>
        <Breadcrumbs stateKey={summary.key} onStep={(node) => void reveal(node, view.expansion)} />
        <TreeTools onDepth={expandTo} />
      </div>
      {error && total === 0 ? <p className={styles.error}>{error.message}</p> : null}
      <ContextMenu
        target={
          <div className={styles.rowsFrame}>
            <VirtualRows
              handle={handle}
              className={styles.rows}
              count={total ?? 0}
              rowHeight={ROW_HEIGHT}
              columns={2}
              busy={unsettled}
              label={t('tree.label', { name: summary.key })}
              active={active}
              onActive={onActive}
              onKeyDown={onKeyDown}
              onDoubleClick={onDoubleClick}
              row={rowView}
              onSight={onSight}
              testId="tree-rows"
            />
          </div>
        }
      >
        <TreeContextMenu row={row(active)} />
      </ContextMenu>
    </div>
  );
}

function useFirstPaint(key: string, ready: boolean): void {
  useEffect(() => {
    if (ready) statePainted(key);
  }, [key, ready]);
}

/** Commands and other views ask for the focus, or for a node's row. */
function useOutsideRequests(key: string, handle: RefObject<VirtualRowsHandle | null>, tree: Tree): void {
  const { reveal, view, expandTo, total } = tree;
  const wanted = useUi((ui) => ui.treeWanted) && total !== null;
  useEffect(() => {
    if (!wanted) return undefined;
    // A closing dialog gives the focus back first.
    const frame = window.requestAnimationFrame(() => {
      treeFocused();
      handle.current?.focus();
    });
    return () => window.cancelAnimationFrame(frame);
  }, [wanted, handle]);

  const request = useSelection((selection) => selection.request);
  useEffect(() => {
    if (request?.key !== key || request.kind === 'message') return;
    requestTaken();
    if (request.kind === 'node') void reveal(request.node, view.expansion);
    else expandTo(request.depth);
  }, [request, key, reveal, view.expansion, expandTo]);
}
