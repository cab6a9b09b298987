import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  type SortingState,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { CircleX, LockKeyhole } from 'lucide-react';
import { type KeyboardEvent, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BackupRow } from '../../../shared/ipc/backups.ts';
import { openBackup, removeBackup } from '../../host/backups.ts';
import { changeBackups, fileOf, useBackups } from '../../stores/backup-store.ts';
import { useWorkspace } from '../../stores/workspace-store.ts';
import { ContextMenu } from '../../ui/menu.tsx';
import { splitPath } from '../../ui/paths.ts';
import { SortHead } from '../../ui/sort-head.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { VirtualRows } from '../../ui/virtual-rows.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import { BackupMenu } from './backup-menu.tsx';
import { madeAt, nameText, verdictText } from './backup-text.ts';
import styles from './backups.module.css';
import { VerdictSign } from './verdict-sign.tsx';

const ROW_HEIGHT = 32;
const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });
const helper = createColumnHelper<typeof features, BackupRow>();

const statesOf = ({ backup }: BackupRow) => (backup.status === 'read' ? backup.info.states : null);
const sizeOf = ({ backup }: BackupRow) => (backup.status === 'read' ? backup.info : backup).fileBytes;
const originOf = ({ backup }: BackupRow) => (backup.status === 'read' ? backup.info.origin : null) ?? 'unknown';

const COLUMNS = helper.columns([
  // They come the newest first; their texts tell times in several zones, or in none.
  helper.accessor((_row, index) => -index, { id: 'made' }),
  helper.accessor((row) => nameText(row), { id: 'name' }),
  helper.accessor((row) => statesOf(row) ?? -1, { id: 'states' }),
  helper.accessor((row) => sizeOf(row), { id: 'size' }),
  helper.accessor((row) => originOf(row), { id: 'origin' }),
  helper.accessor((row) => row.verdict?.verifiedAt ?? '', { id: 'verdict' }),
]);
const NAMES = ['made', 'name', 'states', 'size', 'origin', 'verdict'] as const;
type Column = (typeof NAMES)[number];
const NEWEST_FIRST: SortingState = [{ id: 'made', desc: true }];

/** The backups that were found, the newest first unless a person wants them in another order. */
export function BackupTable({ rows }: { readonly rows: readonly BackupRow[] }) {
  const { t } = useTranslation();
  const [sorting, setSorting] = useState(NEWEST_FIRST);
  const selected = useBackups((state) => state.selected);
  const data = useMemo(() => [...rows], [rows]);
  const state = useMemo(() => ({ sorting }), [sorting]);
  const table = useTable({ features, columns: COLUMNS, data, state, onSortingChange: setSorting, getRowId: fileOf });
  const shown = table.getRowModel().rows.map(({ original }) => original);
  const active = Math.max(
    0,
    shown.findIndex((row) => fileOf(row) === selected),
  );
  const current = shown[active];

  const onKeyDown = (event: KeyboardEvent) => {
    if (current === undefined) return;
    if (event.key === 'Enter') openBackup(current);
    else if (event.key === 'Delete') void removeBackup(fileOf(current));
    else return;
    event.preventDefault();
  };
  return (
    <ContextMenu
      target={
        <div className={styles.table}>
          <div className={styles.heads} role="group" aria-label={t('backups.columnsLabel')}>
            {table.getFlatHeaders().map(({ id, column }) => {
              const name = t(`backups.columns.${id as Column}`);
              return (
                <SortHead
                  key={id}
                  name={name}
                  title={t('backups.sortBy', { column: name })}
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
            columns={NAMES.length}
            label={t('backups.label')}
            active={active}
            onActive={(index) => {
              const row = shown[index];
              if (row) changeBackups({ selected: fileOf(row) });
            }}
            onKeyDown={onKeyDown}
            onDoubleClick={(index) => {
              const row = shown[index];
              if (row) openBackup(row);
            }}
            row={(index) => {
              const row = shown[index];
              return { level: 1, content: row ? <Cells row={row} /> : null };
            }}
            onSight={() => undefined}
            testId="backup-rows"
          />
        </div>
      }
    >
      <BackupMenu row={current} others={rows.length > 1} />
    </ContextMenu>
  );
}

function Cells({ row }: { readonly row: BackupRow }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { backup, verdict } = row;
  const info = backup.status === 'read' ? backup.info : null;
  const here = useWorkspace((state) => state.workspace?.location);
  const file = fileOf(row);
  const of = info?.source?.location;
  const states = statesOf(row);
  return (
    <>
      <span role="gridcell" className={styles.made}>
        <TimeText stored={madeAt(row)} />
      </span>
      <span role="gridcell" className={styles.name} title={visibleText(file)}>
        <span className={styles.named}>{nameText(row)}</span>
        {info?.encrypted ? (
          <span className={styles.lock} title={t('backups.encrypted')}>
            <LockKeyhole size={12} aria-label={t('backups.encrypted')} />
          </span>
        ) : null}
        {of !== undefined && of !== here && file !== here ? (
          <span className={styles.of}>{t('backups.ofSource', { name: visibleText(splitPath(of).name) })}</span>
        ) : null}
      </span>
      <span role="gridcell" className={styles.states}>
        {states === null ? '–' : format.count(states)}
      </span>
      <span role="gridcell" className={styles.size}>
        {format.bytes(sizeOf(row))}
      </span>
      <span role="gridcell" className={styles.origin}>
        {t(`backups.origins.${originOf(row)}`)}
      </span>
      <span role="gridcell" className={styles.verdict}>
        {info === null ? (
          <span className={styles.verdict} data-verdict="damaged">
            <CircleX size={13} aria-hidden />
            {t('backups.unreadable')}
          </span>
        ) : (
          <Verification file={file} row={row} text={verdictText(t, verdict)} />
        )}
      </span>
    </>
  );
}

function Verification({ file, row, text }: { readonly file: string; readonly row: BackupRow; readonly text: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const verifying = useBackups((state) => state.verifying.get(file));
  if (verifying === undefined) return <VerdictSign verdict={row.verdict} />;
  return (
    <span title={text}>
      {verifying === null || verifying.total === 0
        ? t('backups.verifyingNow')
        : t('backups.verifyingPart', { part: format.percent(verifying.done / verifying.total) })}
    </span>
  );
}
