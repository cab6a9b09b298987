import { Camera, FileInput, Search, Trash2 } from 'lucide-react';
import { type KeyboardEvent, useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HostError } from '../../../shared/ipc/result.ts';
import type { SnapshotInfo } from '../../../shared/ipc/snapshots.ts';
import { call } from '../../host/client.ts';
import { importSnapshot, removeSnapshot } from '../../host/snapshots.ts';
import { travel } from '../../host/time-travel.ts';
import { errorText } from '../../host/told-text.ts';
import { openDialog } from '../../stores/dialog-store.ts';
import { searchSnapshots, useSnapshots } from '../../stores/snapshot-store.ts';
import { useWindow } from '../../stores/use-window.ts';
import { Button } from '../../ui/button.tsx';
import { Input } from '../../ui/field.tsx';
import { ContextMenu } from '../../ui/menu.tsx';
import type { RowRange } from '../../ui/scaled-scroll.ts';
import { useFormat } from '../../ui/use-format.ts';
import { VirtualRows, type VirtualRowsHandle } from '../../ui/virtual-rows.tsx';
import { SnapshotCells } from './snapshot-cells.tsx';
import { SnapshotMenu } from './snapshot-menu.tsx';
import styles from './snapshots.module.css';

const ROW_HEIGHT = 32;
const COLUMNS = ['time', 'name', 'tags', 'reason', 'states', 'size'] as const;

/** What was captured of this source, the newest first. */
export function SnapshotsView({ workspace }: { readonly workspace: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { changes, words } = useSnapshots();
  const [told, setTold] = useState<{ readonly stored: number; readonly problem: HostError | null } | null>(null);
  const [active, setActive] = useState(0);
  const list = useRef<VirtualRowsHandle>(null);
  const load = useCallback(
    async (offset: number, limit: number) => {
      const answer = await call('snapshots.rows', { workspace, words, offset, limit });
      if (answer.ok) setTold(answer.value);
      return answer;
    },
    [workspace, words],
  );
  const { total, error, row, want } = useWindow<SnapshotInfo>(load, changes);
  const onSight = useCallback(({ first, end }: RowRange) => want(first, end), [want]);
  const filled = total !== null && total > 0;
  const current = row(active);

  const onKeyDown = (event: KeyboardEvent) => {
    if (current === undefined) return;
    const act = {
      Enter: () => travel({ snapshot: current.id }),
      F2: () => openDialog({ kind: 'edit-snapshot', snapshot: current }),
      Delete: () => void removeSnapshot(current),
    }[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  const rowView = (index: number) => {
    const snapshot = row(index);
    return { level: 1, content: snapshot ? <SnapshotCells snapshot={snapshot} /> : null };
  };
  return (
    <section className={styles.view} aria-label={t('snapshots.title')}>
      <header className={styles.header}>
        <h1 className={styles.headline}>{t('snapshots.title')}</h1>
        <span className={styles.note}>
          {total === null ? '' : t('snapshots.count', { count: total })}
          {told && told.stored > 0 ? ` · ${t('snapshots.stored', { size: format.bytes(told.stored) })}` : ''}
        </span>
        <span className={styles.gap} />
        <Button kind="quiet" icon={<FileInput size={14} aria-hidden />} onClick={() => void importSnapshot()}>
          {t('snapshots.import')}
        </Button>
        <Button
          kind="quiet"
          icon={<Trash2 size={14} aria-hidden />}
          disabled={!filled}
          onClick={() => openDialog({ kind: 'prune-snapshots' })}
        >
          {t('snapshots.prune')}
        </Button>
        <Button
          icon={<Camera size={14} aria-hidden />}
          onClick={() => openDialog({ kind: 'take-snapshot', key: null })}
        >
          {t('snapshots.take')}
        </Button>
      </header>
      <div className={styles.search}>
        <Search size={14} aria-hidden className={styles.searchIcon} />
        <Input
          aria-label={t('snapshots.search')}
          placeholder={t('snapshots.search')}
          maxLength={1000}
          value={words}
          onChange={(event) => searchSnapshots(event.target.value)}
        />
      </div>
      {error ? <p className={styles.error}>{errorText(t, error)}</p> : null}
      {told?.problem ? <p className={styles.error}>{errorText(t, told.problem)}</p> : null}
      {total === 0 && !error ? (
        <p className={styles.lead}>{t(words === '' ? 'snapshots.nothing' : 'snapshots.noMatch')}</p>
      ) : null}
      {filled ? (
        <ContextMenu
          target={
            <div className={styles.table}>
              <div className={styles.heads} aria-hidden>
                {COLUMNS.map((column) => (
                  <span key={column} className={styles[column]}>
                    {t(`snapshots.columns.${column}`)}
                  </span>
                ))}
              </div>
              <VirtualRows
                handle={list}
                className={styles.rows}
                count={total}
                rowHeight={ROW_HEIGHT}
                columns={COLUMNS.length}
                label={t('snapshots.label')}
                active={Math.min(active, total - 1)}
                onActive={setActive}
                onKeyDown={onKeyDown}
                onDoubleClick={(index) => {
                  const chosen = row(index);
                  if (chosen) travel({ snapshot: chosen.id });
                }}
                row={rowView}
                onSight={onSight}
                testId="snapshot-rows"
              />
            </div>
          }
        >
          <SnapshotMenu snapshot={current} before={row(active + 1)} />
        </ContextMenu>
      ) : null}
    </section>
  );
}
