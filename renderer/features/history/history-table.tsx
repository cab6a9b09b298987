/** Changes as a table: only rows in sight exist, columns are as wide as a person wants them. */
import {
  type ColumnSizingState,
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  createColumnHelper,
  functionalUpdate,
  type Header,
  tableFeatures,
  type Updater,
  useTable,
} from '@tanstack/react-table';
import { type KeyboardEvent, type Ref, useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HistoryRow } from '../../../shared/ipc/history.ts';
import { changeColumns, useHistoryColumns } from '../../stores/history-columns.ts';
import type { RowRange } from '../../ui/scaled-scroll.ts';
import { type RowView, VirtualRows, type VirtualRowsHandle } from '../../ui/virtual-rows.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import { ShortChange } from './change-cells.tsx';
import styles from './history.module.css';
import { MomentText } from './moment-text.tsx';

export const COLUMNS = ['time', 'key', 'path', 'change', 'origin'] as const;
export type Column = (typeof COLUMNS)[number];

const ROW_HEIGHT = 24;
const KEY_STEP = 16;
const features = tableFeatures({ columnSizingFeature, columnResizingFeature, columnVisibilityFeature });
const helper = createColumnHelper<typeof features, HistoryRow>();
const COLUMN_DEFS = helper.columns([
  helper.accessor('time', { size: 96, minSize: 56 }),
  helper.accessor('key', { size: 168, minSize: 56 }),
  helper.accessor('path', { size: 220, minSize: 56 }),
  // Takes what is left; so the last one has no edge of its own.
  helper.accessor('new', { id: 'change', size: 280, enableResizing: false }),
  helper.accessor('origin', { size: 104, enableResizing: false }),
]);

export interface HistoryTableProps {
  readonly count: number;
  readonly row: (index: number) => HistoryRow | null | undefined;
  readonly active: number;
  readonly onActive: (index: number) => void;
  readonly onSight: (range: RowRange) => void;
  readonly onOpen: (index: number) => void;
  readonly onKeyDown: (event: KeyboardEvent<HTMLDivElement>) => void;
  readonly onTop: (isAtTop: boolean) => void;
  readonly handle: Ref<VirtualRowsHandle>;
  /** Row onto which another is dragged. */
  readonly over: number | null;
  /** Columns that would say the same in each row. */
  readonly without: readonly Column[];
}

export function HistoryTable(props: HistoryTableProps) {
  const { count, row, active, onSight, without } = props;
  const { t } = useTranslation();
  const { sizes, hidden, exactTimes } = useHistoryColumns();
  const [range, setRange] = useState<RowRange>({ first: 0, end: 0 });

  const sight = useCallback(
    (next: RowRange) => {
      setRange(next);
      onSight(next);
    },
    [onSight],
  );
  const data = useMemo(() => {
    const rows: HistoryRow[] = [];
    for (let index = range.first; index < range.end; index += 1) {
      const each = row(index);
      if (each) rows.push(each);
    }
    return rows;
  }, [row, range]);
  const state = useMemo(() => {
    const away = new Set<string>([...hidden, ...without]);
    const columnVisibility = Object.fromEntries(COLUMNS.map((column) => [column, !away.has(column)]));
    return { columnSizing: { ...sizes }, columnVisibility };
  }, [sizes, hidden, without]);
  const table = useTable({
    features,
    columns: COLUMN_DEFS,
    data,
    state,
    columnResizeMode: 'onChange',
    getRowId: ({ seq }) => String(seq),
    onColumnSizingChange: (update: Updater<ColumnSizingState>) =>
      changeColumns({ sizes: functionalUpdate(update, { ...useHistoryColumns.getState().sizes }) }),
  });
  const rowModel = table.getRowModel();

  const view = (index: number): RowView => {
    const change = row(index);
    if (!change) return { level: 1, content: change === null ? <NoChange /> : null };
    const cells = rowModel.rowsById[String(change.seq)]?.getVisibleCells() ?? [];
    const content = cells.map(({ id, column }) => (
      <span key={id} role="gridcell" className={styles.cell} style={cellStyle(column.id, column.getSize())}>
        <Cell column={column.id as Column} change={change} exactTimes={exactTimes} />
      </span>
    ));
    const className = props.over === index ? styles.dropTarget : undefined;
    return { level: 1, content, className, draggable: true };
  };

  const headers = table.getFlatHeaders();
  return (
    <div
      className={styles.table}
      onScrollCapture={(event) => {
        if (event.target instanceof HTMLElement) props.onTop(event.target.scrollTop < 1);
      }}
    >
      <div className={styles.headers} role="group" aria-label={t('history.columnsLabel')}>
        {headers.map((header) => (
          <ColumnHead key={header.id} header={header} />
        ))}
      </div>
      <VirtualRows
        handle={props.handle}
        className={styles.rows}
        count={count}
        rowHeight={ROW_HEIGHT}
        columns={headers.length}
        label={t('history.label')}
        active={active}
        onActive={props.onActive}
        onKeyDown={props.onKeyDown}
        onDoubleClick={props.onOpen}
        row={view}
        onSight={sight}
        testId="history-rows"
      />
    </div>
  );
}

/** One column takes what is left; the others give way where there is no room. */
function cellStyle(column: string, size: number) {
  return column === 'change' ? { flex: `1 1 ${size}px` } : { flex: `0 1 ${size}px` };
}

function ColumnHead({ header }: { readonly header: Header<typeof features, HistoryRow> }) {
  const { t } = useTranslation();
  const { column } = header;
  const size = column.getSize();
  const name = t(`history.columns.${column.id as Column}`);
  const resize = header.getResizeHandler();
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -KEY_STEP, ArrowRight: KEY_STEP }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const { sizes } = useHistoryColumns.getState();
    changeColumns({ sizes: { ...sizes, [column.id]: Math.max(column.columnDef.minSize ?? 0, size + by) } });
  };
  return (
    <span className={styles.head} style={cellStyle(column.id, size)}>
      <span className={styles.headName}>{name}</span>
      {column.getCanResize() ? (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a separator that can be moved
        <span
          role="separator"
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it is moved by keys as well
          tabIndex={0}
          aria-orientation="vertical"
          aria-label={t('history.resize', { name })}
          aria-valuenow={size}
          aria-valuemin={column.columnDef.minSize ?? 0}
          className={styles.handle}
          onMouseDown={resize}
          onTouchStart={resize}
          onDoubleClick={() => column.resetSize()}
          onKeyDown={onKeyDown}
        />
      ) : null}
    </span>
  );
}

interface CellProps {
  readonly column: Column;
  readonly change: HistoryRow;
  readonly exactTimes: boolean;
}

function Cell({ column, change, exactTimes }: CellProps) {
  const { t } = useTranslation();
  switch (column) {
    case 'time':
      return <MomentText time={change.time} exact={exactTimes} className={styles.muted} />;
    case 'key':
      return <span title={visibleText(change.key)}>{visibleText(change.key)}</span>;
    case 'path':
      return change.path === '' ? (
        <span className={styles.muted}>{t('history.wholeState')}</span>
      ) : (
        <span className={styles.mono} title={visibleText(change.path)}>
          {visibleText(change.path)}
        </span>
      );
    case 'change':
      return <ShortChange change={change} />;
    case 'origin':
      return (
        <span className={styles.muted} title={`${t(`history.types.${change.type}`)} · ${visibleText(change.origin)}`}>
          {visibleText(change.origin)}
        </span>
      );
    default:
      return column satisfies never;
  }
}

/** Something was saved at this moment without another value, as when only spaces changed. */
function NoChange() {
  const { t } = useTranslation();
  return (
    <span role="gridcell" className={styles.noChange}>
      {t('history.noChange')}
    </span>
  );
}
