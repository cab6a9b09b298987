import { GitFork, GitMerge, type LucideIcon, TriangleAlert, X } from 'lucide-react';
import { type KeyboardEvent, useCallback, useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { LaneEvent, LaneMark, LanePage } from '../../../shared/ipc/sync.ts';
import { moreLanes, openEvent, showLanesOf } from '../../host/sync.ts';
import { useSelection } from '../../stores/selection-store.ts';
import { changeSync, useSync } from '../../stores/sync-store.ts';
import { Button } from '../../ui/button.tsx';
import { clockText } from '../../ui/moment.ts';
import type { RowRange } from '../../ui/scaled-scroll.ts';
import { useFormat } from '../../ui/use-format.ts';
import { type RowView, VirtualRows } from '../../ui/virtual-rows.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import { EventDetail } from './event-detail.tsx';
import { LaneGraph, laneClass, widthOf } from './lane-graph.tsx';
import { laneName } from './lane-name.ts';
import styles from './sync.module.css';

const ROW_HEIGHT = 24;
const MICROS = 1000;
const MARKS: Readonly<Record<LaneMark, LucideIcon>> = { concurrent: GitFork, lost: TriangleAlert, settles: GitMerge };

/** What followed what, one lane for each node, the newest first. */
export function Lanes() {
  const { t } = useTranslation();
  const { lanes, key } = useSync();
  const selectedKey = useSelection((selection) => selection.key);
  return (
    <section className={styles.lanesSection} aria-label={t('sync.lanes')}>
      <div className={styles.sectionHead}>
        <h2>{t('sync.lanes')}</h2>
        {key === null ? (
          selectedKey === null ? null : (
            <Button kind="quiet" onClick={() => showLanesOf(selectedKey)}>
              {t('sync.onlyOne', { key: visibleText(selectedKey) })}
            </Button>
          )
        ) : (
          <Button kind="quiet" icon={<X size={13} aria-hidden />} onClick={() => showLanesOf(null)}>
            {visibleText(key)}
          </Button>
        )}
      </div>
      {lanes !== null && lanes.events.length > 0 && lanes.order === 'time' ? (
        <p className={styles.help}>{t('sync.noClocks')}</p>
      ) : null}
      {lanes?.events.length === 0 ? <p className={styles.help}>{t('sync.noChanges')}</p> : null}
      {lanes !== null && lanes.events.length > 0 ? <LaneList lanes={lanes} /> : null}
    </section>
  );
}

function LaneList({ lanes }: { readonly lanes: LanePage }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { selected } = useSync();
  const { events } = lanes;
  const bySeq = useMemo(() => new Map(events.map((event) => [event.seq, event])), [events]);
  const active = Math.max(
    0,
    events.findIndex(({ seq }) => seq === selected),
  );
  const current = selected === null ? undefined : events[active];
  const related = useMemo(() => relationsOf(current), [current]);

  const onSight = useCallback(
    ({ end }: RowRange) => {
      if (end >= events.length) void moreLanes();
    },
    [events.length],
  );
  // Escape looks at none again.
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && current !== undefined) openEvent(current);
    else if (event.key === 'Escape') changeSync({ selected: null });
    else return;
    event.preventDefault();
  };
  useEffect(() => {
    if (selected !== null && !bySeq.has(selected)) changeSync({ selected: null });
  }, [selected, bySeq]);

  const row = (index: number): RowView => {
    const event = events[index];
    if (event === undefined) return { level: 1, content: null };
    const parents = event.parents.flatMap((seq) => bySeq.get(seq)?.lane ?? []);
    const content = (
      <>
        <span role="gridcell" className={styles.graph}>
          <LaneGraph event={event} parents={parents} lanes={lanes.lanes.length} />
          <span className="visually-hidden">{laneName(lanes, event, t('sync.here'))}</span>
        </span>
        <span role="gridcell" className={styles.clock} title={format.exact(new Date(event.time))}>
          {clockText(Date.parse(event.time) * MICROS)}
        </span>
        <span role="gridcell" className={styles.eventKey}>
          {visibleText(event.key)}
        </span>
        <span role="gridcell" className={styles.what}>
          {t(`sync.what.${event.what}`)}
        </span>
        <span role="gridcell" className={styles.size}>
          {event.bytes === null ? '' : format.bytes(event.bytes)}
        </span>
        <span role="gridcell" className={styles.mark} data-mark={event.mark ?? undefined}>
          {event.mark === null ? null : <Mark mark={event.mark} />}
        </span>
      </>
    );
    return { level: 1, content, className: related.has(event.seq) ? styles.related : undefined };
  };
  return (
    <>
      <div className={styles.laneNames} aria-hidden>
        {lanes.lanes.map(({ name }, at) => (
          <span key={name} className={laneClass(at)}>
            <i />
            {name === '' ? t('sync.here') : visibleText(name)}
          </span>
        ))}
      </div>
      <div className={styles.laneRows} style={{ '--graph': `${widthOf(lanes.lanes.length)}px` } as React.CSSProperties}>
        <VirtualRows
          className={styles.rows}
          count={events.length}
          rowHeight={ROW_HEIGHT}
          columns={6}
          label={t('sync.lanes')}
          active={selected === null ? -1 : active}
          onActive={(index) => changeSync({ selected: events[index]?.seq ?? null })}
          row={row}
          onSight={onSight}
          onKeyDown={onKeyDown}
          onDoubleClick={(index) => {
            const event = events[index];
            if (event) openEvent(event);
          }}
          testId="lanes"
        />
      </div>
      {current === undefined ? null : <EventDetail event={current} bySeq={bySeq} lanes={lanes} />}
    </>
  );
}

function Mark({ mark }: { readonly mark: LaneMark }) {
  const { t } = useTranslation();
  const Icon = MARKS[mark];
  return (
    <>
      <Icon size={13} aria-hidden />
      {t(`sync.marks.${mark}`)}
    </>
  );
}

/** What an event is tied to: the rows that are marked with it. */
function relationsOf(event: LaneEvent | undefined): ReadonlySet<number> {
  return new Set(event === undefined ? [] : [...event.parents, ...event.concurrentWith]);
}
