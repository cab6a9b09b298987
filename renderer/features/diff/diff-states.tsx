import { type KeyboardEvent, useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DiffStateRow, DiffStates } from '../../../shared/ipc/diff.ts';
import { call } from '../../host/client.ts';
import { openDiff, type Wanted } from '../../stores/diff-store.ts';
import { useWindow } from '../../stores/use-window.ts';
import type { RowRange } from '../../ui/scaled-scroll.ts';
import { useFormat } from '../../ui/use-format.ts';
import { type RowView, VirtualRows } from '../../ui/virtual-rows.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './diff-view.module.css';
import { Sign } from './sign.tsx';

const ROW_HEIGHT = 24;
const KINDS = ['changed', 'added', 'removed', 'same'] as const;
type Kind = (typeof KINDS)[number];

export interface DiffStatesListProps {
  readonly workspace: string;
  readonly wanted: Extract<Wanted, { of: 'all' }>;
  readonly states: DiffStates;
}

/** Which states of two moments differ; each that both have leads to its comparison. */
export function DiffStatesList({ workspace, wanted, states: { states, counts } }: DiffStatesListProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [kinds, setKinds] = useState<readonly Kind[]>(['changed', 'added', 'removed']);
  const [active, setActive] = useState(0);
  const load = useCallback(
    (offset: number, limit: number) => call('diff.stateRows', { workspace, states, kinds: [...kinds], offset, limit }),
    [workspace, states, kinds],
  );
  const { total, row, want } = useWindow<DiffStateRow>(load, states);
  const onSight = useCallback(({ first, end }: RowRange) => want(first, end), [want]);
  const open = (index: number) => {
    const chosen = row(index);
    if (chosen?.kind !== 'changed' && chosen?.kind !== 'same') return;
    openDiff({ moment: wanted.before, key: chosen.key }, { moment: wanted.after, key: chosen.key });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open(active);
  };
  const view = (index: number): RowView => {
    const each = row(index);
    if (!each) return { level: 1, content: null };
    const size = (bytes: number | null) => (bytes === null ? '' : format.bytes(bytes));
    return {
      level: 1,
      content: (
        <>
          <span role="gridcell">{each.kind === 'same' ? '' : <Sign kind={each.kind} />}</span>
          <span role="gridcell" className={styles.stateKey}>
            {visibleText(each.key)}
          </span>
          <span role="gridcell" className={styles.size}>
            {size(each.bytesBefore)}
          </span>
          <span aria-hidden className={styles.arrow}>
            {each.kind === 'changed' ? '→' : ''}
          </span>
          <span role="gridcell" className={styles.size}>
            {size(each.bytesAfter)}
          </span>
        </>
      ),
    };
  };
  return (
    <>
      <div className={styles.listBar}>
        <div className={styles.chips} role="group" aria-label={t('diff.filter')}>
          {KINDS.map((kind) => (
            <button
              key={kind}
              type="button"
              className={styles.chip}
              aria-pressed={kinds.includes(kind)}
              onClick={() => {
                setActive(0);
                setKinds(kinds.includes(kind) ? kinds.filter((each) => each !== kind) : [...kinds, kind]);
              }}
            >
              {t(kind === 'same' ? 'diff.same' : `diff.kinds.${kind}`)}
              <span className={styles.chipCount}>{format.count(counts[kind])}</span>
            </button>
          ))}
        </div>
        <span className={styles.gap} />
        <span className={styles.muted}>{t('diff.openState')}</span>
      </div>
      {total === 0 ? (
        <p className={styles.message}>{t('diff.noStates')}</p>
      ) : (
        <VirtualRows
          className={styles.states}
          count={total ?? 0}
          rowHeight={ROW_HEIGHT}
          columns={4}
          label={t('diff.statesLabel')}
          active={active}
          onActive={setActive}
          onKeyDown={onKeyDown}
          onDoubleClick={open}
          row={view}
          onSight={onSight}
          testId="diff-state-rows"
        />
      )}
    </>
  );
}
