/** How lines are told apart: by dashes and the form of their mark, and by colours besides. */
import styles from './charts.module.css';

export interface LineLook {
  readonly colour: string;
  /** Of SVG's `stroke-dasharray`; undefined for a line without gaps. */
  readonly dash: string | undefined;
  /** Around 0, 0. */
  readonly mark: string;
}

const CIRCLE = 'M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z';
const SQUARE = 'M-3 -3h6v6h-6z';
const DIAMOND = 'M0 -4.5l4.5 4.5l-4.5 4.5l-4.5 -4.5z';
const TRIANGLE = 'M0 -4l4 7h-8z';
const CROSS = 'M-1.2 -4h2.4v2.8h2.8v2.4h-2.8v2.8h-2.4v-2.8h-2.8v-2.4h2.8z';
const POINTED = 'M0 4l4 -7h-8z';

const LOOKS: readonly LineLook[] = [
  { colour: 'var(--series-1)', dash: undefined, mark: CIRCLE },
  { colour: 'var(--series-2)', dash: '7 3', mark: SQUARE },
  { colour: 'var(--series-3)', dash: '2 2.5', mark: DIAMOND },
  { colour: 'var(--series-4)', dash: '9 3 2 3', mark: TRIANGLE },
  { colour: 'var(--series-5)', dash: '4 2', mark: CROSS },
  { colour: 'var(--series-6)', dash: '12 3 2 3 2 3', mark: POINTED },
];
/** More lines than this in one chart cannot be told apart. */
export const MOST_LINES = LOOKS.length;

export function lookOf(line: number): LineLook {
  const look = LOOKS[line % MOST_LINES];
  if (!look) throw new RangeError(`line ${line} has no look`);
  return look;
}

/** A line as it is drawn, beside its name. */
export function LineSample({ line }: { readonly line: number }) {
  const { colour, dash, mark } = lookOf(line);
  return (
    <svg className={styles.sample} width={26} height={12} viewBox="0 0 26 12" aria-hidden>
      <path d="M0 6H26" stroke={colour} strokeWidth={1.75} strokeDasharray={dash} fill="none" />
      <path d={mark} transform="translate(13 6)" fill={colour} />
    </svg>
  );
}
