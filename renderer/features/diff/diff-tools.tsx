import { ArrowDown, ArrowUp, Download, UnfoldVertical } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { DIFF_FORMATS, type DiffInfo } from '../../../shared/ipc/diff.ts';
import { exportDiff, stepDifference } from '../../host/comparing.ts';
import { showAllKinds, showUnchanged, toggleKind, useDiff } from '../../stores/diff-store.ts';
import { changeLayout, useLayout } from '../../stores/layout-store.ts';
import { IconButton } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { Segments } from '../../ui/segments.tsx';
import { useFormat } from '../../ui/use-format.ts';
import styles from './diff-view.module.css';
import { Sign } from './sign.tsx';

const KINDS = ['added', 'removed', 'changed', 'moved'] as const;

export interface DiffToolsProps {
  readonly info: DiffInfo;
  /** What stands in the place of the kinds: where two conversations part. */
  readonly children?: ReactNode;
}

/** How many changes of which kind there are, which of them are shown, and how. */
export function DiffTools({ info, children }: DiffToolsProps) {
  const { t } = useTranslation();
  const tab = useDiff((state) => state.tab);
  const unchanged = useDiff((state) => state.expansion.unchanged);
  const beside = useLayout((layout) => layout.diffBeside);
  return (
    <div className={styles.tools}>
      {tab === 'tree' ? <Kinds info={info} /> : children}
      <span className={styles.gap} />
      <IconButton
        label={t('diff.previous')}
        title={`${t('diff.previous')} (p)`}
        onClick={() => void stepDifference('previous')}
      >
        <ArrowUp size={14} aria-hidden />
      </IconButton>
      <IconButton label={t('diff.next')} title={`${t('diff.next')} (n)`} onClick={() => void stepDifference('next')}>
        <ArrowDown size={14} aria-hidden />
      </IconButton>
      {tab === 'tree' ? (
        <>
          <IconButton label={t('diff.showUnchanged')} pressed={unchanged} onClick={() => showUnchanged(!unchanged)}>
            <UnfoldVertical size={14} aria-hidden />
          </IconButton>
          <Segments
            label={t('diff.layout')}
            value={beside ? 'beside' : 'inline'}
            options={[
              { value: 'inline', text: t('diff.inline') },
              { value: 'beside', text: t('diff.beside') },
            ]}
            onChange={(next) => changeLayout({ diffBeside: next === 'beside' })}
          />
        </>
      ) : null}
      <Menu
        align="end"
        trigger={
          <IconButton label={t('diff.export')}>
            <Download size={14} aria-hidden />
          </IconButton>
        }
      >
        {DIFF_FORMATS.map((format) => (
          <MenuItem key={format} onSelect={() => void exportDiff(format)}>
            {t(`diff.formats.${format}`)}
          </MenuItem>
        ))}
      </Menu>
    </div>
  );
}

/** Counts that filter: a press shows one kind, another press takes it out again. */
function Kinds({ info }: { readonly info: DiffInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  const kinds = useDiff((state) => state.kinds);
  const { summary } = info;
  const total = KINDS.reduce((sum, kind) => sum + summary[kind], 0);
  return (
    <div className={styles.chips} role="group" aria-label={t('diff.filter')}>
      <button type="button" className={styles.chip} aria-pressed={kinds.length === 0} onClick={showAllKinds}>
        {t('diff.all', { count: total })}
      </button>
      {KINDS.map((kind) =>
        summary[kind] === 0 ? null : (
          <button
            key={kind}
            type="button"
            className={cx(styles.chip, styles.kindChip)}
            aria-pressed={kinds.includes(kind)}
            onClick={() => toggleKind(kind)}
          >
            <Sign kind={kind} />
            <span aria-hidden>{t(`diff.kinds.${kind}`)}</span>
            <span className={styles.chipCount}>{format.count(summary[kind])}</span>
          </button>
        ),
      )}
    </div>
  );
}
