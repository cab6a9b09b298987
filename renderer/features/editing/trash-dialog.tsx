import { RotateCcw } from 'lucide-react';
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import type { TrashRow } from '../../../shared/ipc/writing.ts';
import { call } from '../../host/client.ts';
import { errorText } from '../../host/told-text.ts';
import { restoreFromTrash } from '../../host/writing.ts';
import { closeDialog } from '../../stores/dialog-store.ts';
import { useWindow } from '../../stores/use-window.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import type { RowRange } from '../../ui/scaled-scroll.ts';
import { TimeText } from '../../ui/time-text.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { VirtualRows, type VirtualRowsHandle } from '../../ui/virtual-rows.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './trash.module.css';

const ROW_HEIGHT = 32;

/** What was deleted and overwritten in this source, the last first, and the way back. */
export function TrashDialog({ workspace }: { readonly workspace: WorkspaceSummary }) {
  const { t } = useTranslation();
  const [active, setActive] = useState(0);
  const list = useRef<VirtualRowsHandle>(null);
  const { workspace: id, armed } = workspace;
  const load = useCallback(
    (offset: number, limit: number) => call('trash.rows', { workspace: id, offset, limit }),
    [id],
  );
  const { total, error, row, want } = useWindow<TrashRow>(load, workspace.generation);
  const onSight = useCallback(({ first, end }: RowRange) => want(first, end), [want]);
  const filled = total !== null && total > 0;
  useEffect(() => {
    if (filled) list.current?.focus();
  }, [filled]);
  const restore = (entry: TrashRow | undefined) => {
    if (armed && entry) void restoreFromTrash(entry.id, entry.key);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    restore(row(active));
  };
  const rowView = (index: number) => {
    const entry = row(index);
    return { level: 1, content: entry ? <TrashCells entry={entry} armed={armed} onRestore={restore} /> : null };
  };
  return (
    <Dialog open onClose={closeDialog} title={t('trash.title')} closeLabel={t('common.close')} wide>
      <div className={styles.frame}>
        {error ? <p className={styles.error}>{errorText(t, error)}</p> : null}
        {total === 0 && !error ? <p className={styles.note}>{t('trash.empty')}</p> : null}
        {filled ? (
          <VirtualRows
            handle={list}
            className={styles.rows}
            count={total}
            rowHeight={ROW_HEIGHT}
            columns={5}
            label={t('trash.label')}
            active={Math.min(active, total - 1)}
            onActive={setActive}
            onKeyDown={onKeyDown}
            row={rowView}
            onSight={onSight}
          />
        ) : null}
      </div>
      <DialogActions>
        <span className={styles.note}>{armed ? null : t('trash.readOnly')}</span>
        <Button onClick={closeDialog}>{t('common.close')}</Button>
      </DialogActions>
    </Dialog>
  );
}

interface TrashCellsProps {
  readonly entry: TrashRow;
  readonly armed: boolean;
  readonly onRestore: (entry: TrashRow) => void;
}

function TrashCells({ entry, armed, onRestore }: TrashCellsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const key = visibleText(entry.key);
  return (
    <>
      <span role="gridcell" className={styles.key} title={key}>
        {key}
      </span>
      <span role="gridcell" className={styles.reason}>
        {t(`trash.reasons.${entry.reason}`)}
      </span>
      <span role="gridcell" className={styles.when}>
        <TimeText stored={entry.trashedAt} />
      </span>
      <span role="gridcell" className={styles.size}>
        {format.bytes(entry.bytes)}
      </span>
      <span role="gridcell">
        <Button
          kind="quiet"
          icon={<RotateCcw size={12} aria-hidden />}
          disabled={!armed}
          title={armed ? undefined : t('trash.readOnly')}
          aria-label={t('trash.restoreOf', { key })}
          onClick={() => onRestore(entry)}
        >
          {t('trash.restore')}
        </Button>
      </span>
    </>
  );
}
