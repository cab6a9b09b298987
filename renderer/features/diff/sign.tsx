import { useTranslation } from 'react-i18next';
import type { DiffKind } from '../../../shared/diff/diff.ts';
import { cx } from '../../ui/cx.ts';
import styles from './sign.module.css';

const SIGNS: Readonly<Record<DiffKind, string>> = { added: '+', removed: '−', changed: '~', moved: '↔' };

export interface SignProps {
  readonly kind: DiffKind;
  /** Of what moved: something in it differs as well. */
  readonly edited?: boolean;
}

/** What happened, by sign and by word. */
export function Sign({ kind, edited = false }: SignProps) {
  const { t } = useTranslation();
  const name = edited ? t('diff.movedEdited') : t(`diff.kinds.${kind}`);
  return (
    <span className={cx(styles.sign, styles[kind])} title={name}>
      <span aria-hidden>{edited ? `${SIGNS[kind]}${SIGNS.changed}` : SIGNS[kind]}</span>
      <span className="visually-hidden">{name}</span>
    </span>
  );
}

/** How many of each kind there are: `+2 −1 ~3`. */
export function Counts({ counts }: { readonly counts: Readonly<Record<DiffKind, number>> }) {
  const { t } = useTranslation();
  const kinds = (['added', 'removed', 'changed', 'moved'] as const).filter((kind) => counts[kind] > 0);
  const told = kinds.map((kind) => t(`diff.counts.${kind}`, { count: counts[kind] })).join(', ');
  return (
    <span className={styles.counts} title={told}>
      <span className="visually-hidden">{told}</span>
      {kinds.map((kind) => (
        <span key={kind} aria-hidden className={cx(styles.count, styles[kind])}>
          {SIGNS[kind]}
          {counts[kind]}
        </span>
      ))}
    </span>
  );
}
