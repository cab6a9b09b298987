import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { DiffRow, DiffValue } from '../../../shared/ipc/diff.ts';
import { cx } from '../../ui/cx.ts';
import { TreeIndent } from '../../ui/tree-indent.tsx';
import { useFormat } from '../../ui/use-format.ts';
import type { RowView } from '../../ui/virtual-rows.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './diff-tree.module.css';
import { Notes } from './notes.tsx';
import { Counts, Sign } from './sign.tsx';
import { Words } from './words.tsx';

const MAX_INDENTS = 30;

/** Gives each row of a comparison its attributes and content. */
export function useDiffRow(row: (index: number) => DiffRow | undefined, beside: boolean): (index: number) => RowView {
  return (index) => {
    const each = row(index);
    if (!each) return { level: 1, content: <span role="gridcell" className={styles.placeholder} /> };
    return {
      level: each.depth + 1,
      expanded: each.expandable ? each.expanded : undefined,
      className: cx(each.row === 'fold' ? styles.fold : styles[each.kind]),
      content: each.row === 'fold' ? <FoldCell row={each} /> : <ValueCells row={each} beside={beside} />,
    };
  };
}

/** Stands for neighbours that are not shown. */
function FoldCell({ row }: { readonly row: DiffRow }) {
  const { t } = useTranslation();
  return (
    <span role="gridcell" className={styles.nameCell}>
      <span className={styles.noSign} />
      <TreeIndent {...row} maxIndents={MAX_INDENTS} />
      <span className={styles.foldText}>
        {t(row.hidesChanges ? 'diff.foldedOthers' : 'diff.folded', { count: row.hidden })}
      </span>
    </span>
  );
}

interface CellsProps {
  readonly row: DiffRow;
  readonly beside: boolean;
}

const ValueCells = memo(function ValueCells({ row, beside }: CellsProps) {
  const isBranch = row.kind === 'same' || row.kind === 'moved';
  return (
    <>
      <span role="gridcell" className={styles.nameCell}>
        {row.kind === 'same' ? <span className={styles.noSign} /> : <Sign kind={row.kind} edited={row.edited} />}
        <TreeIndent {...row} maxIndents={MAX_INDENTS} />
        <Name row={row} />
      </span>
      {beside ? (
        <>
          <span role="gridcell" className={styles.sideCell} data-side="before">
            <Side row={row} side="before" />
          </span>
          <span role="gridcell" className={styles.sideCell} data-side="after">
            <Side row={row} side="after" />
            <Marks row={row} />
          </span>
        </>
      ) : (
        <span role="gridcell" className={styles.valueCell}>
          <Label row={row} />
          {isBranch ? <Value value={row.after ?? row.before} /> : <Inline row={row} />}
          <Marks row={row} />
        </span>
      )}
    </>
  );
});

function Marks({ row }: { readonly row: DiffRow }) {
  const { t } = useTranslation();
  return (
    <>
      {row.from === null ? null : <span className={styles.from}>{t('diff.from', { index: row.from })}</span>}
      {row.counts === null ? null : <Counts counts={row.counts} />}
      <Notes notes={row.notes} />
    </>
  );
}

function Name({ row }: { readonly row: DiffRow }) {
  const { t } = useTranslation();
  if (row.name === '') return <span className={styles.quiet}>{t('tree.emptyName')}</span>;
  if (row.name !== null) return <span className={styles.name}>{visibleText(row.name)}</span>;
  if (row.depth === 0) return <span className={styles.quiet}>{t('tree.root')}</span>;
  return <span className={styles.index}>{row.index}</span>;
}

function Label({ row }: { readonly row: DiffRow }) {
  return row.label === null ? null : <span className={styles.label}>{visibleText(row.label)}</span>;
}

/** `old → new`, or the words of a text that changed. */
function Inline({ row }: { readonly row: DiffRow }) {
  const { before, after, words } = row;
  if (words !== null) {
    return (
      <span className={styles.text}>
        <Words pieces={words} show={visibleText} />
      </span>
    );
  }
  if (before === null || after === null) return <Value value={after ?? before} />;
  return (
    <>
      <del className={styles.old}>
        <Value value={before} />
      </del>
      <span aria-hidden className={styles.arrow}>
        →
      </span>
      <ins className={styles.new}>
        <Value value={after} />
      </ins>
    </>
  );
}

function Side({ row, side }: { readonly row: DiffRow; readonly side: 'before' | 'after' }) {
  const { t } = useTranslation();
  const value = row[side];
  if (value === null) {
    return (
      <span className={styles.absent}>
        <span className="visually-hidden">{t('diff.absent')}</span>
      </span>
    );
  }
  const own = side === 'before' ? row.kind !== 'added' : row.kind !== 'removed';
  return (
    <>
      {own ? <Label row={row} /> : null}
      {row.words === null ? (
        <Value value={value} />
      ) : (
        <span className={styles.text}>
          <Words pieces={row.words} side={side} show={visibleText} />
        </span>
      )}
    </>
  );
}

function Value({ value }: { readonly value: DiffValue | null }) {
  const format = useFormat();
  if (value === null) return null;
  switch (value.kind) {
    case 'object':
      return <span className={styles.count}>{`{${format.count(value.children)}}`}</span>;
    case 'array':
      return <span className={styles.count}>{`[${format.count(value.children)}]`}</span>;
    case 'string': {
      const quoted = visibleText(JSON.stringify(value.preview));
      return <span className={styles.text}>{value.previewCut ? `${quoted.slice(0, -1)}…"` : quoted}</span>;
    }
    case 'number':
    case 'boolean':
    case 'null':
      return <span className={styles.text}>{value.previewCut ? `${value.preview}…` : value.preview}</span>;
    default:
      return value.kind satisfies never;
  }
}
