import { ChevronDown, ChevronRight } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import styles from './tree-indent.module.css';

const INDENT = 16;

export interface TreeIndentProps {
  readonly depth: number;
  /** Deeper rows are not indented further; they show their depth as a number. */
  readonly maxIndents: number;
  readonly expandable: boolean;
  readonly expanded: boolean;
}

/** What stands before the name in a row of a tree; its sign for open and closed has `data-disclosure`. */
export function TreeIndent({ depth, maxIndents, expandable, expanded }: TreeIndentProps) {
  const { t } = useTranslation();
  const Chevron = expanded ? ChevronDown : ChevronRight;
  return (
    <>
      <span className={styles.indent} style={{ width: Math.min(depth, maxIndents) * INDENT }} />
      {depth > maxIndents ? (
        <span className={styles.deep} title={t('tree.deep', { depth })}>
          {depth}
        </span>
      ) : null}
      <span className={styles.disclosure} data-disclosure={expandable ? '' : undefined}>
        {expandable ? <Chevron size={14} aria-hidden /> : null}
      </span>
    </>
  );
}
