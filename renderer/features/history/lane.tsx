import { lazy, Suspense, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HistoryLane } from '../../../shared/ipc/history.ts';
import { selectChange } from '../../host/history.ts';
import { cx } from '../../ui/cx.ts';
import { clockText, exactText } from '../../ui/moment.ts';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './change.module.css';

const Sparkline = lazy(() => import('../../ui/sparkline.tsx'));

const HEIGHT = 72;
/** Beside the curve, for its bounds. */
const FIGURES = 48;
/** More different values than this are no states of something, and get no colours. */
const MOST_COLOURS = 6;

type Values = HistoryLane['values'];

/** All values of one path in their order: a curve for numbers, blocks for words. */
export function LaneView({ lane, selected }: { readonly lane: HistoryLane; readonly selected: number }) {
  const { t } = useTranslation();
  const numbers = lane.values.map(({ value }) => (value === null ? Number.NaN : numberOf(value)));
  const isNumeric = lane.values.length > 1 && numbers.every((value) => Number.isFinite(value));
  return (
    <div className={styles.lane}>
      <h3 className={styles.label}>{t('history.lane', { count: lane.values.length })}</h3>
      {isNumeric ? <Curve values={lane.values} numbers={numbers} selected={selected} /> : null}
      <Blocks values={lane.values} selected={selected} plain={isNumeric} />
    </div>
  );
}

/** Booleans are words; texts that look like numbers stay texts. */
function numberOf(value: string): number {
  return /^-?\d/.test(value) ? Number(value) : Number.NaN;
}

function Curve({ values, numbers, selected }: { values: Values; numbers: readonly number[]; selected: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const least = Math.min(...numbers);
  const most = Math.max(...numbers);
  const number = (value: number) => new Intl.NumberFormat(format.locale, { maximumSignificantDigits: 6 }).format(value);
  const marked = values.findIndex(({ seq }) => seq === selected);
  return (
    <div ref={place} className={styles.curve} style={{ height: HEIGHT }}>
      {width > FIGURES ? (
        <Suspense>
          <Sparkline
            values={numbers}
            width={width - FIGURES}
            height={HEIGHT}
            label={t('history.curve', { least: number(least), most: number(most) })}
            marked={marked === -1 ? null : marked}
            onPick={(index) => selectChange(values[index]?.seq ?? null)}
          />
        </Suspense>
      ) : null}
      <span className={styles.most}>{number(most)}</span>
      <span className={styles.least}>{number(least)}</span>
    </div>
  );
}

/** One block for each change; what is the same has the same colour, and always its word. */
function Blocks({ values, selected, plain }: { values: Values; selected: number; plain: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const shown = useRef<HTMLButtonElement>(null);
  // Brought into sight again whenever it is another block.
  useLayoutEffect(() => {
    shown.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [selected, values]);
  const different = [...new Set(values.map(({ value }) => value))];
  const coloured = !plain && different.length <= MOST_COLOURS;
  return (
    <ol className={styles.blocks} aria-label={t('history.laneValues')}>
      {values.map(({ seq, time, value }) => (
        <li key={seq}>
          <button
            type="button"
            ref={seq === selected ? shown : null}
            aria-pressed={seq === selected}
            className={cx(styles.block, coloured && styles[`colour${different.indexOf(value)}`])}
            title={`${exactText(time, format.locale)}\n${value === null ? t('history.noValue') : visibleText(value)}`}
            onClick={() => selectChange(seq)}
          >
            <span className={styles.blockValue}>{value === null ? '∅' : visibleText(value)}</span>
            <span className={styles.blockTime}>{clockText(time)}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}
