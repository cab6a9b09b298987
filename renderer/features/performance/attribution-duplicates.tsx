import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AttributionSummary, DuplicateRow, SizePlace } from '../../../shared/ipc/attribution.ts';
import { toDot } from '../../../shared/json/path.ts';
import { call } from '../../host/client.ts';
import { openPlace } from '../../host/measuring.ts';
import { errorText } from '../../host/told-text.ts';
import { useWindow } from '../../stores/use-window.ts';
import { Button } from '../../ui/button.tsx';
import type { RowRange } from '../../ui/scaled-scroll.ts';
import { useFormat } from '../../ui/use-format.ts';
import { VirtualRows } from '../../ui/virtual-rows.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './attribution.module.css';

const ROW_HEIGHT = 32;
const PLACES = 200;

interface DuplicatesProps {
  readonly workspace: string;
  readonly summary: AttributionSummary;
}

/** What is stored more than once, and where. */
export function AttributionDuplicates({ workspace, summary }: DuplicatesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { run, duplicates } = summary;
  const [active, setActive] = useState(0);
  const [open, setOpen] = useState<DuplicateRow | null>(null);
  const load = useCallback(
    (offset: number, limit: number) => call('attribution.duplicates', { workspace, run, offset, limit }),
    [workspace, run],
  );
  const { total, error, row, want } = useWindow<DuplicateRow>(load, 0);
  const onSight = useCallback(({ first, end }: RowRange) => want(first, end), [want]);
  const toggle = (index: number) => {
    const chosen = row(index);
    if (chosen) setOpen(open?.duplicate === chosen.duplicate ? null : chosen);
  };
  if (error) return <p role="alert">{errorText(t, error)}</p>;
  if (total === 0) return <p className={styles.lead}>{t('attribution.duplicates.none')}</p>;
  return (
    <div className={styles.duplicates}>
      <p className={styles.note}>{t('attribution.duplicates.total', { bytes: format.bytes(duplicates.saved) })}</p>
      <VirtualRows
        className={styles.rows}
        count={total ?? 0}
        rowHeight={ROW_HEIGHT}
        columns={4}
        label={t('attribution.duplicates.label')}
        active={Math.min(active, Math.max(0, (total ?? 0) - 1))}
        onActive={setActive}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          toggle(active);
        }}
        onDoubleClick={toggle}
        row={(index) => {
          const each = row(index);
          const isOpen = each !== undefined && open?.duplicate === each.duplicate;
          const content = each ? <Duplicate row={each} isOpen={isOpen} onToggle={() => toggle(index)} /> : null;
          return { level: 1, expanded: isOpen, content };
        }}
        onSight={onSight}
        testId="duplicate-rows"
      />
      {open === null ? null : <Places key={open.duplicate} workspace={workspace} run={run} of={open} />}
    </div>
  );
}

interface DuplicateProps {
  readonly row: DuplicateRow;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function Duplicate({ row, isOpen, onToggle }: DuplicateProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { kind, name, preview, count, bytes, saved } = row;
  return (
    <>
      <span role="gridcell" className={styles.saved}>
        {t('attribution.duplicates.saved', { bytes: format.bytes(saved) })}
      </span>
      <span role="gridcell" className={styles.times}>
        {t('attribution.duplicates.times', { count })}
        <span className={styles.each}>{t('attribution.duplicates.each', { bytes: format.bytes(bytes) })}</span>
      </span>
      <span role="gridcell" className={styles.what} title={visibleText(preview)}>
        <span className={styles.kind}>{t(`attribution.duplicates.kinds.${kind}`)}</span>
        {name === '' ? null : <span className={styles.named}>{visibleText(name)}</span>}
        <span className={styles.preview}>{visibleText(preview)}</span>
      </span>
      <span role="gridcell">
        <Button kind="quiet" tabIndex={-1} aria-expanded={isOpen} onClick={onToggle}>
          {t(isOpen ? 'attribution.duplicates.hidePlaces' : 'attribution.duplicates.places')}
        </Button>
      </span>
    </>
  );
}

interface PlacesProps {
  readonly workspace: string;
  readonly run: string;
  readonly of: DuplicateRow;
}

function Places({ workspace, run, of }: PlacesProps) {
  const { t } = useTranslation();
  const load = useCallback(
    (offset: number, limit: number) =>
      call('attribution.places', { workspace, run, duplicate: of.duplicate, offset, limit }),
    [workspace, run, of.duplicate],
  );
  const { total, row, want } = useWindow<SizePlace>(load, 0);
  const [active, setActive] = useState(0);
  const onSight = useCallback(({ first, end }: RowRange) => want(first, end), [want]);
  const open = (index: number) => {
    const place = row(index);
    if (place) void openPlace(place);
  };
  return (
    <section className={styles.places} aria-label={t('attribution.duplicates.placesOf')}>
      <VirtualRows
        className={styles.rows}
        count={total ?? Math.min(of.count, PLACES)}
        rowHeight={24}
        columns={2}
        label={t('attribution.duplicates.placesOf')}
        active={active}
        onActive={(index, event) => {
          setActive(index);
          if (event.type === 'click') open(index);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          open(active);
        }}
        row={(index) => {
          const place = row(index);
          return { level: 1, content: place ? <Place place={place} isFirst={index === 0} /> : null };
        }}
        onSight={onSight}
        testId="duplicate-places"
      />
    </section>
  );
}

function Place({ place, isFirst }: { readonly place: SizePlace; readonly isFirst: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      <span role="gridcell" className={styles.placeKey}>
        {visibleText(place.key)}
        {isFirst ? <span className={styles.each}>{t('attribution.duplicates.first')}</span> : null}
      </span>
      <span role="gridcell" className={styles.placePath}>
        <bdi dir="ltr">{visibleText(toDot(place.segments))}</bdi>
      </span>
    </>
  );
}
