import type { WordPiece } from '../../../shared/diff/words.ts';
import styles from './words.module.css';

export interface WordsProps {
  readonly pieces: readonly WordPiece[];
  /** Only what this side has of them. */
  readonly side?: 'before' | 'after';
  /** How a piece is written, e.g. on one line. */
  readonly show?: (text: string) => string;
}

const as = (text: string): string => text;

/** A text of which some words went, struck out, and others came, underlined. */
export function Words({ pieces, side, show = as }: WordsProps) {
  const shown = pieces.filter(({ kind }) => kind === 'same' || side === undefined || kind === KINDS[side]);
  return shown.map(({ kind, text }, index) => {
    // Pieces of one comparison do not move.
    const key = `${index}-${kind}`;
    if (kind === 'added') {
      return (
        <ins key={key} className={styles.added}>
          {show(text)}
        </ins>
      );
    }
    if (kind === 'removed') {
      return (
        <del key={key} className={styles.removed}>
          {show(text)}
        </del>
      );
    }
    return <span key={key}>{show(text)}</span>;
  });
}

const KINDS = { before: 'removed', after: 'added' } as const;
