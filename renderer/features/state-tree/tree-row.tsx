import { CircleX, CopyX, Unplug } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TreeRow } from '../../../shared/ipc/model.ts';
import { findingText } from '../../host/told-text.ts';
import { cx } from '../../ui/cx.ts';
import { isSameNumber } from '../../ui/number-text.ts';
import { TreeIndent } from '../../ui/tree-indent.tsx';
import { useFormat } from '../../ui/use-format.ts';
import type { RowView } from '../../ui/virtual-rows.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './state-tree.module.css';

const MAX_INDENTS = 40;
const ROLES: ReadonlySet<string> = new Set(['user', 'assistant', 'system', 'tool']);

/** The row whose value is being changed, and the field for it. */
export interface EditedRow {
  readonly node: number;
  readonly field: ReactNode;
}

/** Gives each row of the tree its attributes and content. */
export function useTreeRow(
  row: (index: number) => TreeRow | undefined,
  type: string | null,
  edited: EditedRow | null,
): (index: number) => RowView {
  return (index) => {
    const each = row(index);
    if (!each) {
      return {
        level: 1,
        content: (
          <span role="gridcell" className={styles.placeholder}>
            <span />
          </span>
        ),
      };
    }
    return {
      level: each.depth + 1,
      expanded: each.children > 0 ? each.expanded : undefined,
      position: each.index + 1,
      size: each.siblings,
      className: edited?.node === each.node ? styles.edited : undefined,
      content: <TreeCells row={each} type={type} field={edited?.node === each.node ? edited.field : null} />,
    };
  };
}

interface TreeCellsProps {
  readonly row: TreeRow;
  /** Name of the state's type, where that is known. */
  readonly type: string | null;
  readonly field: ReactNode;
}

/** Rows keep their identity while their page is kept, so that scrolling renders only those that come into sight. */
const TreeCells = memo(function TreeCells({ row, type, field }: TreeCellsProps) {
  const { t } = useTranslation();
  return (
    <>
      <span
        role="gridcell"
        className={cx(styles.nameCell, row.declared && styles.declared)}
        title={row.declared && type !== null ? t('types.declared', { type }) : undefined}
      >
        <TreeIndent depth={row.depth} maxIndents={MAX_INDENTS} expandable={row.children > 0} expanded={row.expanded} />
        <RowName row={row} />
      </span>
      <span role="gridcell" className={styles.valueCell}>
        {field ?? (
          <>
            <RowLabel label={row.label} />
            <RowValue row={row} />
            <RowMarks row={row} />
          </>
        )}
      </span>
    </>
  );
});

function RowName({ row }: { readonly row: TreeRow }) {
  const { t } = useTranslation();
  if (row.depth === 0) return <span className={styles.root}>{t('tree.root')}</span>;
  if (row.name === null) return <span className={styles.index}>{row.index}</span>;
  if (row.name === '') return <span className={styles.emptyName}>{t('tree.emptyName')}</span>;
  return <span className={cx(styles.name, row.shadowed && styles.shadowed)}>{visibleText(row.name)}</span>;
}

function RowLabel({ label }: { readonly label: string | null }) {
  if (label === null) return null;
  const [first = '', ...rest] = label.split(' · ');
  const role = ROLES.has(first) ? first : null;
  return (
    <span className={styles.label}>
      {role === null ? null : (
        <span className={styles.role} data-role={role}>
          {role}
        </span>
      )}
      <span className={styles.labelText}>{visibleText(role === null ? label : rest.join(' · '))}</span>
    </span>
  );
}

function RowValue({ row }: { readonly row: TreeRow }) {
  const { t } = useTranslation();
  const format = useFormat();
  switch (row.kind) {
    case 'object':
      return <span className={styles.count}>{`{${format.count(row.children)}}`}</span>;
    case 'array':
      return <span className={styles.count}>{`[${format.count(row.children)}]`}</span>;
    case 'string': {
      const quoted = visibleText(JSON.stringify(row.preview));
      return (
        <span className={styles.string} data-value title={row.previewCut ? t('tree.cutHelp') : undefined}>
          {row.previewCut ? `${quoted.slice(0, -1)}…"` : quoted}
        </span>
      );
    }
    case 'number': {
      const other = row.inexact && !isSameNumber(row.preview);
      const help = other ? t('tree.inexactHelp') : row.inexact ? t('tree.notationHelp') : undefined;
      return (
        <span className={styles.number} data-value title={help}>
          {other ? (
            <span className={styles.inexact} role="img" aria-label={t('tree.inexactHelp')}>
              ≈
            </span>
          ) : null}
          {row.preview}
          {row.previewCut ? '…' : ''}
        </span>
      );
    }
    case 'boolean':
    case 'null':
      return (
        <span className={styles.keyword} data-value>
          {row.preview}
        </span>
      );
    default:
      return row.kind satisfies never;
  }
}

function RowMarks({ row }: { readonly row: TreeRow }) {
  const { t } = useTranslation();
  return (
    <>
      {row.duplicate ? (
        <Mark
          icon={<CopyX size={12} aria-hidden />}
          text={row.shadowed ? t('tree.shadowed') : t('tree.duplicate')}
          help={row.shadowed ? t('tree.shadowedHelp') : t('tree.duplicateHelp')}
        />
      ) : null}
      {row.incomplete ? (
        <Mark icon={<Unplug size={12} aria-hidden />} text={t('tree.incomplete')} help={t('tree.incompleteHelp')} />
      ) : null}
      {row.finding === null ? null : (
        <span className={styles.finding} title={findingText(t, row.finding)}>
          <CircleX size={12} aria-hidden />
          <span className={styles.findingText}>{visibleText(findingText(t, row.finding))}</span>
        </span>
      )}
    </>
  );
}

function Mark({ icon, text, help }: { readonly icon: ReactNode; readonly text: string; readonly help: string }) {
  return (
    <span className={styles.mark} title={help}>
      {icon}
      {text}
    </span>
  );
}
