import { useCallback, useEffect, useMemo, useState } from 'react';
import type { HistoryRow } from '../../../shared/ipc/history.ts';
import { selectChange } from '../../host/history.ts';
import { useHistory } from '../../stores/history-store.ts';
import type { RowRange } from '../../ui/scaled-scroll.ts';

/** Loaded rows that are looked through for the selected change, around what is in sight. */
const SEARCHED = 2000;

type RowAt = (index: number) => HistoryRow | null | undefined;

interface Mark {
  readonly index: number;
  /** What was selected when the mark was put on a row that had not arrived. Undefined: the row was there. */
  readonly before: number | null | undefined;
}

/** The row of the selected change, which moves down as changes come in above it; -1 where it is not among those loaded. */
export function useSelectedRow(row: RowAt, total: number, sight: RowRange) {
  const selected = useHistory((state) => state.selected);
  const [mark, setMark] = useState<Mark>({ index: -1, before: undefined });
  const waiting = mark.before !== undefined && mark.before === selected;

  const onActive = useCallback(
    (index: number) => {
      const change = row(index);
      const before = useHistory.getState().selected;
      setMark({ index, before: change === undefined ? before : undefined });
      if (change !== undefined) selectChange(change?.seq ?? null);
    },
    [row],
  );
  useEffect(() => {
    const standing = row(mark.index);
    if (waiting && standing !== undefined) selectChange(standing?.seq ?? null);
  }, [row, mark, waiting]);

  const active = useMemo(() => {
    // A moment without a change has no sequence to be found by: the mark stays on its row.
    if (waiting || selected === null || row(mark.index)?.seq === selected) return mark.index;
    const end = Math.min(total, sight.end + SEARCHED);
    for (let index = Math.max(0, sight.first - SEARCHED); index < end; index += 1) {
      if (row(index)?.seq === selected) return index;
    }
    return -1;
  }, [row, mark, waiting, selected, total, sight]);
  return { active, onActive };
}
