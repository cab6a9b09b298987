import { type KeyboardEvent, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SizeRow } from '../../../shared/ipc/attribution.ts';
import { cx } from '../../ui/cx.ts';
import { useFormat } from '../../ui/use-format.ts';
import styles from './attribution.module.css';
import { changeText, isRest, netOf, partText } from './attribution-text.ts';
import { type Area, squarify } from './squarify.ts';

/** Areas below this are neither seen nor hit. */
const SMALLEST_AREA = 36;
const MOST_AREAS = 150;
/** What a line of text takes at least. */
const LINE = { width: 44, height: 18 };
const SECOND_LINE_HEIGHT = 36;

interface MapProps {
  readonly rows: readonly SizeRow[];
  readonly active: number | null;
  readonly onActive: (node: number) => void;
  /** Its parts, or the place where it stands. */
  readonly onOpen: (row: SizeRow) => void;
  readonly onUp: () => void;
}

/** Parts as areas. All of it stands in the table, too. */
export function AttributionMap({ rows, active, onActive, onOpen, onUp }: MapProps) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const cells = useMemo(() => cellsOf(rows, size), [rows, size]);
  /** What had the focus goes with the level that it was in. */
  const keepsFocus = useRef(false);
  useLayoutEffect(() => {
    if (!keepsFocus.current || cells.length === 0) return;
    keepsFocus.current = false;
    box.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }, [cells]);
  const seen = new Set(cells.map(({ row }) => row.node));
  const left = rows.filter(({ node, bytes }) => bytes > 0 && !seen.has(node)).length;
  const current = Math.max(
    0,
    cells.findIndex(({ row }) => row.node === active),
  );

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.key === 'Backspace' || event.key === 'Escape') {
      event.preventDefault();
      keepsFocus.current = true;
      onUp();
      return;
    }
    const next = neighbour(cells, current, event.key);
    if (next === null) return;
    event.preventDefault();
    const cell = cells[next];
    if (cell === undefined) return;
    onActive(cell.row.node);
    box.current?.querySelector<HTMLElement>(`[data-node="${cell.row.node}"]`)?.focus();
  };
  return (
    <div className={styles.mapSide}>
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of the buttons within */}
      <div ref={box} className={styles.map} role="group" aria-label={t('attribution.map')} onKeyDown={onKeyDown}>
        {cells.map(({ row, area }, at) => (
          <Cell
            key={row.node}
            row={row}
            area={area}
            isActive={row.node === active}
            inOrder={at === current}
            onActive={onActive}
            onOpen={(chosen) => {
              keepsFocus.current = chosen.parts > 0;
              onOpen(chosen);
            }}
          />
        ))}
      </div>
      <p className={styles.note}>{left > 0 ? t('attribution.more', { count: left }) : '\u00a0'}</p>
    </div>
  );
}

interface CellProps {
  readonly row: SizeRow;
  readonly area: Area;
  readonly isActive: boolean;
  /** It is the one of all that Tab comes to. */
  readonly inOrder: boolean;
  readonly onActive: (node: number) => void;
  readonly onOpen: (row: SizeRow) => void;
}

function Cell({ row, area, isActive, inOrder, onActive, onOpen }: CellProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = partText(t, row);
  const net = netOf(row);
  const size = format.bytes(row.bytes);
  const grown = net === null || net === 0 ? '' : changeText(format, net);
  const opens = row.parts > 0 || row.place !== null;
  const [wide, tall] = [area.width >= LINE.width, area.height >= LINE.height];
  return (
    <button
      type="button"
      className={cx(styles.cell, isActive && styles.activeCell)}
      data-node={row.node}
      data-rest={isRest(row)}
      data-labelled={wide && tall}
      data-growth={net === null || net === 0 ? 'none' : net > 0 ? 'more' : 'less'}
      style={{ left: area.x, top: area.y, width: area.width, height: area.height }}
      tabIndex={inOrder ? 0 : -1}
      title={[name, size, grown].filter(Boolean).join(' · ')}
      aria-label={[name, size, grown].filter(Boolean).join(' ')}
      aria-disabled={!opens}
      onFocus={() => onActive(row.node)}
      onClick={() => onOpen(row)}
    >
      {wide && tall ? <span className={styles.cellName}>{name}</span> : null}{' '}
      {wide && area.height >= SECOND_LINE_HEIGHT ? (
        <span className={styles.cellSize}>
          {size}
          {grown === '' ? '' : ` ${grown}`}
        </span>
      ) : null}
    </button>
  );
}

interface CellArea {
  readonly row: SizeRow;
  readonly area: Area;
}

function cellsOf(rows: readonly SizeRow[], { width, height }: { readonly width: number; readonly height: number }) {
  if (width === 0 || height === 0) return [];
  const whole = rows.reduce((sum, { bytes }) => sum + bytes, 0);
  const ordered = rows.filter(({ bytes }) => bytes > 0).toSorted((a, b) => b.bytes - a.bytes);
  const large = ordered.slice(0, MOST_AREAS).filter(({ bytes }) => (bytes / whole) * width * height >= SMALLEST_AREA);
  const areas = squarify(
    large.map(({ bytes }) => bytes),
    { x: 0, y: 0, width, height },
  );
  return large.flatMap((row, at): CellArea[] => {
    const area = areas[at];
    return area === undefined ? [] : [{ row, area }];
  });
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The nearest area in the direction of an arrow key; null for another key, and at the edge. */
function neighbour(cells: readonly CellArea[], from: number, key: string): number | null {
  const step = STEPS[key];
  const start = cells[from];
  if (step === undefined || start === undefined) return null;
  const [stepX, stepY] = step;
  const middle = ({ area }: CellArea) => [area.x + area.width / 2, area.y + area.height / 2] as const;
  const [x, y] = middle(start);
  let [best, nearest] = [null as number | null, Infinity];
  for (const [at, cell] of cells.entries()) {
    const [toX, toY] = middle(cell);
    const along = (toX - x) * stepX + (toY - y) * stepY;
    if (at === from || along <= 1) continue;
    const aside = Math.abs((toX - x) * stepY) + Math.abs((toY - y) * stepX);
    if (along + 2 * aside < nearest) [best, nearest] = [at, along + 2 * aside];
  }
  return best;
}
