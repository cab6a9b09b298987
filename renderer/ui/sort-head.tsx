import { ArrowDown, ArrowUp } from 'lucide-react';
import { cx } from './cx.ts';
import styles from './sort-head.module.css';

export interface SortHeadProps {
  readonly name: string;
  /** What a click does, on hover. */
  readonly title: string;
  /** How the rows are sorted by this column; false: by another. */
  readonly sorted: 'asc' | 'desc' | false;
  readonly onClick: ((event: unknown) => void) | undefined;
  /** Its width and where its text stands, as in the cells below. */
  readonly className?: string | undefined;
}

/** The head of a column by which a person may sort. */
export function SortHead({ name, title, sorted, onClick, className }: SortHeadProps) {
  const Arrow = sorted === 'desc' ? ArrowDown : ArrowUp;
  return (
    <button
      type="button"
      className={cx(styles.head, className)}
      aria-pressed={sorted !== false}
      title={title}
      onClick={onClick}
    >
      {name}
      {sorted === false ? null : <Arrow size={12} aria-hidden />}
    </button>
  );
}
