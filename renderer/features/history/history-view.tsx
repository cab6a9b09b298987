import { ArrowUp, CircleX, FileClock, Pause, Play } from 'lucide-react';
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { record, setQuery, typeQuery } from '../../host/history.ts';
import { travel } from '../../host/time-travel.ts';
import { type HistoryScope, pauseHistory, queryOf, quoted, useHistory } from '../../stores/history-store.ts';
import { useSelection } from '../../stores/selection-store.ts';
import { useCompareDrag } from '../../stores/use-compare-drag.ts';
import { Button } from '../../ui/button.tsx';
import { ContextMenu } from '../../ui/menu.tsx';
import type { RowRange } from '../../ui/scaled-scroll.ts';
import { useFormat } from '../../ui/use-format.ts';
import type { VirtualRowsHandle } from '../../ui/virtual-rows.tsx';
import { ChangeMenu } from './change-menu.tsx';
import { ColumnMenu } from './column-menu.tsx';
import styles from './history.module.css';
import { type Column, HistoryTable } from './history-table.tsx';
import { QueryField } from './query-field.tsx';
import { ERRORS, hasTerm, hasTimes, toggleTerm, withTimes } from './query-text.ts';
import { useHistoryRows } from './use-history-rows.ts';
import { useSelectedRow } from './use-selected-row.ts';

export interface HistoryViewProps {
  readonly workspace: string;
  /** The state whose history it is; null for that of the whole source. */
  readonly stateKey: string | null;
}

const KEY_COLUMN: readonly Column[] = ['key'];
const NO_COLUMNS: readonly Column[] = [];

/** How a state, or all of the source, changed: the newest first, live. */
export function HistoryView({ workspace, stateKey }: HistoryViewProps) {
  const { t } = useTranslation();
  const scope = useMemo<HistoryScope>(
    () => (stateKey === null ? { of: 'source' } : { of: 'state', key: stateKey }),
    [stateKey],
  );
  const query = useHistory((state) => queryOf(state, scope).applied);
  const text = useHistory((state) => queryOf(state, scope).text);
  const fault = useHistory((state) => queryOf(state, scope).fault);
  const paused = useHistory((state) => state.paused);
  const [isAtTop, setAtTop] = useState(true);
  const rows = useHistoryRows(workspace, query, isAtTop && !paused);
  const { total, error, row, want, fresh, showNewest } = rows;
  const handle = useRef<VirtualRowsHandle>(null);
  const [sight, setSight] = useState<RowRange>({ first: 0, end: 0 });
  const { active, onActive } = useSelectedRow(row, total ?? 0, sight);

  // Only this state is asked for, so that its name in each row would say nothing.
  const without = stateKey !== null && query === `key:${quoted(stateKey)}` ? KEY_COLUMN : NO_COLUMNS;
  const drag = useCompareDrag((index) => {
    const change = row(index);
    return change ? { moment: { at: 'seq', seq: change.seq }, key: change.key } : null;
  });
  const onSight = useCallback(
    (range: RowRange) => {
      setSight(range);
      want(range.first, range.end);
    },
    [want],
  );
  const toTop = () => {
    showNewest();
    handle.current?.show(0);
    handle.current?.focus();
    setAtTop(true);
  };
  const goTo = (index: number) => {
    const change = row(index);
    if (change) travel({ seq: change.seq });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    goTo(active);
  };

  // Another query begins at its top.
  useEffect(() => {
    handle.current?.show(0);
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- asked again for each query
  }, [query]);

  return (
    <section className={styles.view} aria-label={t('history.title')}>
      <div className={styles.bar}>
        <QueryField
          value={text}
          fault={fault}
          onChange={(next) => typeQuery(scope, next)}
          onLeave={() => handle.current?.focus()}
        />
        <Button
          kind="quiet"
          icon={paused ? <Play size={13} aria-hidden /> : <Pause size={13} aria-hidden />}
          aria-pressed={paused}
          title={t(paused ? 'history.resumeHelp' : 'history.pauseHelp')}
          onClick={() => pauseHistory(!paused)}
        >
          {t(paused ? 'history.resume' : 'history.pause')}
        </Button>
        <ColumnMenu without={without} />
      </div>
      <QuickFilters scope={scope} text={text} />
      <div className={styles.body}>
        {total === null || total > 0 ? (
          <ContextMenu
            target={
              <div className={styles.table} {...drag.handlers}>
                <HistoryTable
                  count={total ?? 0}
                  row={row}
                  active={active}
                  onActive={onActive}
                  onSight={onSight}
                  onOpen={goTo}
                  onKeyDown={onKeyDown}
                  onTop={setAtTop}
                  handle={handle}
                  without={without}
                  over={drag.over}
                />
              </div>
            }
          >
            <ChangeMenu change={row(active) ?? null} />
          </ContextMenu>
        ) : (
          <Nothing query={query} error={error?.message ?? null} />
        )}
        {fresh.count > 0 && (!isAtTop || paused) ? <NewPill {...fresh} onClick={toTop} /> : null}
      </div>
    </section>
  );
}

function NewPill({ count, atLeast, onClick }: { count: number; atLeast: boolean; onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <button type="button" className={styles.pill} onClick={onClick}>
      <ArrowUp size={12} aria-hidden />
      {t(atLeast ? 'history.newAtLeast' : 'history.new', { count })}
    </button>
  );
}

/** Conditions that are one click away; a second click takes them out again. */
function QuickFilters({ scope, text }: { readonly scope: HistoryScope; readonly text: string }) {
  const { t } = useTranslation();
  const selected = useSelection((selection) => selection.key);
  const change = useHistory((state) => state.change?.detail ?? null);
  const key = scope.of === 'state' ? scope.key : (change?.key ?? selected);
  const filters = [
    key === null ? null : { name: t('history.thisState'), term: `key:${quoted(key)}` },
    change === null || change.path === '' ? null : { name: t('history.thisPath'), term: `path:${quoted(change.path)}` },
    { name: t('history.errors'), term: ERRORS },
  ].filter((filter) => filter !== null);
  return (
    <div className={styles.filters} role="group" aria-label={t('history.filters')}>
      {filters.map(({ name, term }) => (
        <button
          key={name}
          type="button"
          className={styles.filter}
          aria-pressed={hasTerm(text, term)}
          title={term}
          onClick={() => setQuery(scope, toggleTerm(text, term))}
        >
          {name}
        </button>
      ))}
      {hasTimes(text) ? (
        <button
          type="button"
          className={styles.filter}
          aria-pressed
          title={t('history.anyTimeHelp')}
          onClick={() => setQuery(scope, withTimes(text, null))}
        >
          {t('history.inRange')}
        </button>
      ) : null}
      <span className={styles.gap} />
      <Totals />
    </div>
  );
}

function Totals() {
  const { t } = useTranslation();
  const changes = useHistory(({ status }) => status?.changes ?? 0);
  return <span className={styles.note}>{t('history.recorded', { count: changes })}</span>;
}

/** Why the list is empty, and what to do. */
function Nothing({ query, error }: { readonly query: string; readonly error: string | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const status = useHistory((state) => state.status);
  if (error !== null) {
    return (
      <div className={styles.nothing} role="alert">
        <p className={styles.nothingTitle}>
          <CircleX size={16} aria-hidden className={styles.errorIcon} />
          {t('history.failed')}
        </p>
        <p className={styles.note}>{error}</p>
      </div>
    );
  }
  const found = status !== null && status.changes > 0;
  const off = status !== null && !status.recording;
  return (
    <div className={styles.nothing}>
      <p className={styles.nothingTitle}>
        <FileClock size={16} aria-hidden />
        {t(found ? 'history.noMatch' : 'history.nothing')}
      </p>
      <p className={styles.note}>
        {found
          ? t('history.noMatchHelp', { query, total: format.count(status.changes) })
          : t(off ? 'history.nothingOff' : 'history.nothingHelp')}
      </p>
      {off && !found ? (
        <p className={styles.nothingAction}>
          <Button onClick={() => void record(true)}>{t('history.start')}</Button>
        </p>
      ) : null}
    </div>
  );
}
