/** The rows of a state's tree, its open nodes and its selection, and the ways to change them. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Expansion } from '../../../shared/ipc/contract.ts';
import type { StateSummary, TreeRow } from '../../../shared/ipc/model.ts';
import { call } from '../../host/client.ts';
import { showNotice } from '../../stores/notice-store.ts';
import { changeView, selectNode, useSelection, viewOf } from '../../stores/selection-store.ts';
import { useOpenState } from '../../stores/state-store.ts';
import { useWindow } from '../../stores/use-window.ts';
import { nearestShown, toDepth, toggleNode } from './expansion.ts';

/** Rows above the selected one that are looked through for its parent before the engine is asked. */
const PARENT_SEARCH = 500;

export function useTree(workspace: string, summary: StateSummary, show: (index: number) => void) {
  const key = summary.key;
  const view = useSelection((selection) => viewOf(selection.views, key));
  const { expansion, row: active } = view;

  const load = useCallback(
    (offset: number, limit: number) => call('tree.rows', { workspace, key, expansion, offset, limit }),
    [workspace, key, expansion],
  );
  const { total, error, replacing, row, want } = useWindow<TreeRow>(load, summary.revision);

  /** Counts what a person has selected. */
  const picks = useRef(0);
  /** Questions for the place of a node that are on their way. */
  const [revealing, setRevealing] = useState(0);
  /** Set while the selection stands on a row that has not arrived; it gets its node when it does. */
  const awaited = useRef(false);

  /** The row to be shown: it may be one that is there only when the rows of another expansion have come. */
  const wanted = useRef<number | null>(null);
  const showWhenThere = useCallback((index: number) => {
    wanted.current = index;
  }, []);
  // After each rendering: whoever asks to be shown has changed the view.
  useEffect(() => {
    if (wanted.current === null || replacing || total === null) return;
    show(wanted.current);
    wanted.current = null;
  });

  /** Opens what stands above a node and moves to its row; with another expansion if one is given. */
  const reveal = useCallback(
    async (node: number, from: Expansion) => {
      setRevealing((count) => count + 1);
      await place({ workspace, key, node, from, picks, show: showWhenThere });
      awaited.current = false;
      setRevealing((count) => count - 1);
    },
    [workspace, key, showWhenThere],
  );

  const select = useCallback(
    (index: number) => {
      picks.current += 1;
      const chosen = row(index);
      if (replacing && chosen) {
        // A row of the list before: its node counts, wherever that stands in the list to come.
        selectNode(key, chosen.node);
        void reveal(chosen.node, expansion);
        return;
      }
      awaited.current = chosen === undefined;
      changeView(key, chosen ? { row: index, node: chosen.node } : { row: index });
    },
    [key, row, replacing, expansion, reveal],
  );
  useEffect(() => {
    const standing = row(active);
    if (!awaited.current || !standing) return;
    awaited.current = false;
    selectNode(key, standing.node);
  }, [row, active, key]);

  const toggle = useCallback(
    (index: number) => {
      const chosen = row(index);
      if (!chosen || chosen.children === 0) return;
      changeView(key, { expansion: toggleNode(expansion, chosen.node), row: index, node: chosen.node });
    },
    [key, expansion, row],
  );

  /** The end of a list that is about to be another is where the other ends. */
  const endWanted = useRef(false);
  const unsettled = replacing || revealing > 0;
  useEffect(() => {
    if (!endWanted.current || unsettled || total === null) return;
    endWanted.current = false;
    select(total - 1);
    show(total - 1);
  }, [unsettled, total, select, show]);
  /** False where it is known already, and the list can go there itself. */
  const toEnd = useCallback(() => {
    if (unsettled) endWanted.current = true;
    return unsettled;
  }, [unsettled]);

  const expandTo = useCallback(
    (depth: number) => {
      const { detail, summary } = useOpenState.getState();
      if (depth > 1 && summary?.paged === true) showNotice({ kind: 'opened-by-hand' });
      const known = detail?.node === view.node ? detail : null;
      void reveal(nearestShown(known?.steps ?? [], known?.stepsLeft ?? 0, depth), toDepth(depth));
    },
    [reveal, view.node],
  );

  const toParent = useCallback(
    (index: number) => {
      const chosen = row(index);
      if (!chosen || chosen.depth === 0) return;
      for (let above = index - 1; above >= Math.max(0, index - PARENT_SEARCH); above -= 1) {
        const candidate = row(above);
        if (!candidate) break;
        if (candidate.depth < chosen.depth) {
          select(above);
          show(above);
          return;
        }
      }
      const ask = async () => {
        const answer = await call('value.get', { workspace, key, node: chosen.node });
        if (answer.ok) await reveal(answer.value.steps.at(-2)?.node ?? 0, expansion);
      };
      void ask();
    },
    [workspace, key, row, select, show, reveal, expansion],
  );

  return { view, total, unsettled, error, row, want, select, toggle, toParent, toEnd, reveal, expandTo };
}

interface Placing {
  readonly workspace: string;
  readonly key: string;
  readonly node: number;
  readonly from: Expansion;
  readonly picks: { readonly current: number };
  readonly show: (index: number) => void;
}

/** What a person selects while the engine is asked stays selected, and is looked for in the expansion that came of it. */
async function place({ workspace, key, node, from, picks, show }: Placing): Promise<void> {
  const mine = picks.current;
  const answer = await call('tree.reveal', { workspace, key, expansion: from, node });
  if (!answer.ok) {
    changeView(key, { expansion: from, node: 0, row: 0 });
    return;
  }
  const { expansion, index } = answer.value;
  if (picks.current !== mine) {
    const { node: picked } = viewOf(useSelection.getState().views, key);
    await place({ workspace, key, node: picked, from: expansion, picks, show });
    return;
  }
  changeView(key, { expansion, node, row: index });
  show(index);
}

export type Tree = ReturnType<typeof useTree>;
