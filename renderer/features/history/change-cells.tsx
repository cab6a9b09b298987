/** What a change is in a few characters: its sign, and the values before and after. */
import { useTranslation } from 'react-i18next';
import type { HistoryRow } from '../../../shared/ipc/history.ts';
import { cx } from '../../ui/cx.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './history.module.css';

const SIGNS: Readonly<Record<HistoryRow['kind'], string>> = { added: '+', removed: '−', changed: '~', moved: '→' };

export function ChangeSign({ kind }: { readonly kind: HistoryRow['kind'] }) {
  const { t } = useTranslation();
  return (
    <span className={cx(styles.sign, styles[kind])} title={t(`history.kinds.${kind}`)}>
      <span aria-hidden>{SIGNS[kind]}</span>
      <span className="visually-hidden">{t(`history.kinds.${kind}`)}</span>
    </span>
  );
}

/** `"idle" → "error"`; of what was added or removed the one value there is. */
export function ShortChange({ change }: { readonly change: HistoryRow }) {
  const { old, new: next } = change;
  const both = old !== null && next !== null;
  return (
    <span className={styles.short}>
      <ChangeSign kind={change.kind} />
      {old === null ? null : <span className={cx(styles.old, both && styles.half)}>{visibleText(old)}</span>}
      {both ? (
        <span aria-hidden className={styles.arrow}>
          →
        </span>
      ) : null}
      {next === null ? null : <span className={styles.new}>{visibleText(next)}</span>}
    </span>
  );
}
