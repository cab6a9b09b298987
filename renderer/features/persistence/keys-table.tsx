import { CircleCheck } from 'lucide-react';
import { type KeyboardEvent, useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import type { PersistenceEdit, PlacedKey, PlacementRule } from '../../../shared/ipc/persistence.ts';
import { call } from '../../host/client.ts';
import { errorText } from '../../host/told-text.ts';
import { selectState } from '../../stores/selection-store.ts';
import { askForTree } from '../../stores/ui-store.ts';
import { useWindow } from '../../stores/use-window.ts';
import { Countdown } from '../../ui/countdown.tsx';
import { cx } from '../../ui/cx.ts';
import { Check } from '../../ui/field.tsx';
import type { RowRange } from '../../ui/scaled-scroll.ts';
import { VirtualRows } from '../../ui/virtual-rows.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './persistence.module.css';

const ROW_HEIGHT = 24;

export interface KeysTableProps {
  readonly workspace: WorkspaceSummary;
  /** With which the engine places the keys. */
  readonly edits: readonly PersistenceEdit[];
  /** As they are after these edits. */
  readonly rules: readonly PlacementRule[];
  readonly misplaced: number;
}

/** Every state: where it lies, which rule decides, where it belongs, until when it lives. */
export function KeysTable({ workspace: { workspace, generation }, edits, rules, misplaced }: KeysTableProps) {
  const { t } = useTranslation();
  const [only, setOnly] = useState(false);
  const [active, setActive] = useState(0);
  const load = useCallback(
    (offset: number, limit: number) =>
      call('persistence.keys', { workspace, edits: [...edits], misplaced: only, offset, limit }),
    [workspace, edits, only],
  );
  const { total, error, row, want } = useWindow<PlacedKey>(load, generation);
  const onSight = useCallback(({ first, end }: RowRange) => want(first, end), [want]);
  const goTo = (placed: PlacedKey | undefined) => {
    if (!placed) return;
    selectState(placed.key);
    askForTree();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    goTo(row(active));
  };
  const rowView = (index: number) => {
    const placed = row(index);
    return { level: 1, content: placed ? <Cells placed={placed} rules={rules} onOpen={goTo} /> : null };
  };
  const nothing = only ? t('persistence.noneMisplaced') : t('explorer.noStates');
  return (
    <section className={cx(styles.section, styles.keys)}>
      <h2 className={styles.title}>
        {t('persistence.keys')}
        <span className={styles.titleNote} />
        <Check
          label={t('persistence.misplacedOnly', { count: misplaced })}
          checked={only}
          onChange={(event) => {
            setOnly(event.target.checked);
            setActive(0);
          }}
        />
      </h2>
      <div className={styles.keysHead} aria-hidden>
        <span className={styles.key}>{t('metadata.key')}</span>
        <span className={styles.place}>{t('persistence.liesIn')}</span>
        <span className={styles.rule}>{t('persistence.rule')}</span>
        <span className={styles.place}>{t('persistence.belongsTo')}</span>
        <span className={styles.expiry}>{t('overview.expires')}</span>
      </div>
      {error ? <p className={styles.note}>{errorText(t, error)}</p> : null}
      {total === 0 && !error ? (
        <p className={styles.note}>
          {only ? <CircleCheck size={14} aria-hidden /> : null}
          {nothing}
        </p>
      ) : (
        <VirtualRows
          className={styles.rows}
          count={total ?? 0}
          rowHeight={ROW_HEIGHT}
          columns={5}
          label={t('persistence.keys')}
          active={Math.min(active, Math.max(0, (total ?? 1) - 1))}
          onActive={setActive}
          onKeyDown={onKeyDown}
          onDoubleClick={(index) => goTo(row(index))}
          row={rowView}
          onSight={onSight}
        />
      )}
    </section>
  );
}

interface CellsProps {
  readonly placed: PlacedKey;
  readonly rules: readonly PlacementRule[];
  readonly onOpen: (placed: PlacedKey) => void;
}

function Cells({ placed, rules, onOpen }: CellsProps) {
  const { t } = useTranslation();
  const { backend, rule, belongsTo, expiresAt } = placed;
  const key = visibleText(placed.key);
  const misplaced = backend !== belongsTo;
  const pattern = rule === null ? null : visibleText(rules[rule]?.pattern ?? '');
  return (
    <>
      <span role="gridcell" className={styles.key} title={key}>
        <button type="button" tabIndex={-1} className={styles.link} onClick={() => onOpen(placed)}>
          {key}
        </button>
      </span>
      <span role="gridcell" className={styles.place} title={backend}>
        {visibleText(backend)}
      </span>
      <span role="gridcell" className={styles.rule} title={pattern ?? undefined}>
        {pattern === null ? (
          <span className={styles.muted}>{t('persistence.byDefault')}</span>
        ) : (
          <code>{t('persistence.ruleNumber', { number: (rule ?? 0) + 1, pattern })}</code>
        )}
      </span>
      <span
        role="gridcell"
        className={cx(styles.place, misplaced && styles.misplaced)}
        title={misplaced ? t('persistence.misplacedHelp', { backend, belongsTo }) : belongsTo}
      >
        {misplaced ? `→ ${visibleText(belongsTo)}` : visibleText(belongsTo)}
      </span>
      <span role="gridcell" className={styles.expiry}>
        {expiresAt === null ? (
          <span className={styles.muted}>{t('persistence.never')}</span>
        ) : (
          <Countdown expiresAt={expiresAt} pastClassName={styles.warning} />
        )}
      </span>
    </>
  );
}
