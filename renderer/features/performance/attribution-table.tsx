import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  type SortingState,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { ChevronRight, ExternalLink } from 'lucide-react';
import { type KeyboardEvent, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SizeRow } from '../../../shared/ipc/attribution.ts';
import { openPlace } from '../../host/measuring.ts';
import { IconButton } from '../../ui/button.tsx';
import { SortHead } from '../../ui/sort-head.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { VirtualRows } from '../../ui/virtual-rows.tsx';
import styles from './attribution.module.css';
import { changeText, isRest, netOf, partText } from './attribution-text.ts';

const ROW_HEIGHT = 24;
/** A shorter bar is a dot. */
const LEAST_BAR = 0.05;
const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });
const helper = createColumnHelper<typeof features, SizeRow>();

const COLUMNS = helper.columns([
  helper.accessor((row) => row.name, { id: 'name' }),
  helper.accessor((row) => row.bytes, { id: 'bytes' }),
  helper.accessor((row) => row.bytes, { id: 'share' }),
  helper.accessor((row) => row.tokens ?? -1, { id: 'tokens' }),
  helper.accessor((row) => netOf(row) ?? -Infinity, { id: 'growth' }),
]);
type Column = 'name' | 'bytes' | 'share' | 'tokens' | 'growth';
const LARGEST_FIRST: SortingState = [{ id: 'bytes', desc: true }];

interface TableProps {
  readonly rows: readonly SizeRow[];
  /** Of all, of which shares are told. */
  readonly whole: number;
  readonly withTokens: boolean;
  readonly withGrowth: boolean;
  readonly active: number | null;
  readonly onActive: (node: number) => void;
  readonly onOpen: (row: SizeRow) => void;
  readonly onUp: () => void;
}

export function AttributionTable(props: TableProps) {
  const { rows, whole, withTokens, withGrowth, active, onActive, onOpen, onUp } = props;
  const { t } = useTranslation();
  const [sorting, setSorting] = useState(LARGEST_FIRST);
  const data = useMemo(() => [...rows], [rows]);
  const state = useMemo(() => ({ sorting }), [sorting]);
  const table = useTable({
    features,
    columns: COLUMNS,
    data,
    state,
    onSortingChange: setSorting,
    getRowId: ({ node }) => String(node),
  });
  const shown = table.getRowModel().rows.map(({ original }) => original);
  const at = Math.max(
    0,
    shown.findIndex(({ node }) => node === active),
  );
  const isShown = (id: string) => (id !== 'tokens' || withTokens) && (id !== 'growth' || withGrowth);

  const onKeyDown = (event: KeyboardEvent) => {
    const row = shown[at];
    if (row === undefined) return;
    if (event.key === 'Enter' || (event.key === 'ArrowRight' && row.parts > 0)) onOpen(row);
    else if (event.key === 'Backspace' || event.key === 'Escape' || event.key === 'ArrowLeft') onUp();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={styles.table}>
      <div className={styles.heads} role="group" aria-label={t('attribution.columnsLabel')}>
        {table
          .getFlatHeaders()
          .filter(({ id }) => isShown(id))
          .map(({ id, column }) => {
            const name = t(`attribution.columns.${id as Column}`);
            return (
              <SortHead
                key={id}
                name={name}
                title={t('attribution.sortBy', { column: name })}
                sorted={column.getIsSorted()}
                onClick={column.getToggleSortingHandler()}
                className={styles[id]}
              />
            );
          })}
      </div>
      <VirtualRows
        className={styles.rows}
        count={shown.length}
        rowHeight={ROW_HEIGHT}
        columns={3 + Number(withTokens) + Number(withGrowth)}
        label={t('attribution.table')}
        active={at}
        onActive={(index) => {
          const row = shown[index];
          if (row) onActive(row.node);
        }}
        onKeyDown={onKeyDown}
        onDoubleClick={(index) => {
          const row = shown[index];
          if (row) onOpen(row);
        }}
        row={(index) => {
          const row = shown[index];
          const content = row ? <Cells row={row} {...{ whole, withTokens, withGrowth, onOpen }} /> : null;
          return { level: 1, content };
        }}
        onSight={() => undefined}
        testId="attribution-rows"
      />
    </div>
  );
}

type CellsProps = Pick<TableProps, 'whole' | 'withTokens' | 'withGrowth' | 'onOpen'> & { readonly row: SizeRow };

function Cells({ row, whole, withTokens, withGrowth, onOpen }: CellsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { bytes, tokens, place, parts } = row;
  const share = whole === 0 ? 0 : bytes / whole;
  const name = partText(t, row);
  return (
    <>
      <span role="gridcell" className={styles.name} data-rest={isRest(row)} title={name}>
        {parts > 0 ? (
          <IconButton label={t('attribution.partsOf', { name })} tabIndex={-1} onClick={() => onOpen(row)}>
            <ChevronRight size={14} aria-hidden />
          </IconButton>
        ) : (
          <span className={styles.noParts} />
        )}
        <span className={styles.named}>{name}</span>
        {bytes === 0 && row.growth !== null ? <span className={styles.gone}>{t('attribution.gone')}</span> : null}
        {place !== null && bytes > 0 ? (
          <span className={styles.opener}>
            <IconButton
              label={t('attribution.open', { name })}
              tabIndex={-1}
              onClick={() => void openPlace(place, row.kind)}
            >
              <ExternalLink size={12} aria-hidden />
            </IconButton>
          </span>
        ) : null}
      </span>
      <span role="gridcell" className={styles.bytes} title={t('units.bytes', { count: bytes })}>
        {format.bytes(bytes)}
      </span>
      <span role="gridcell" className={styles.share}>
        {share < LEAST_BAR ? null : <span className={styles.bar} style={{ width: `${share * 100}%` }} aria-hidden />}
        {format.percent(share)}
      </span>
      {withTokens ? (
        <span role="gridcell" className={styles.tokens}>
          {tokens === null ? '–' : format.count(tokens)}
        </span>
      ) : null}
      {withGrowth ? <GrowthCell row={row} /> : null}
    </>
  );
}

function GrowthCell({ row }: { readonly row: SizeRow }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { growth } = row;
  const net = netOf(row);
  if (growth === null || net === null)
    return (
      <span role="gridcell" className={styles.growth}>
        –
      </span>
    );
  const detail = t('attribution.growthDetail', {
    added: format.bytes(growth.added),
    removed: format.bytes(growth.removed),
    grown: changeText(format, growth.grown),
  });
  return (
    <span
      role="gridcell"
      className={styles.growth}
      data-growth={net > 0 ? 'more' : net < 0 ? 'less' : 'none'}
      title={detail}
    >
      {changeText(format, net)}
    </span>
  );
}
