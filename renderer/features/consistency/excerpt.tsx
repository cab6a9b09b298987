import { useTranslation } from 'react-i18next';
import type { FindingSeverity } from '../../../shared/ipc/consistency.ts';
import type { ExcerptLine, PlaceExcerpt } from '../../../shared/ipc/consistency-view.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './consistency.module.css';

interface ExcerptProps {
  readonly excerpt: PlaceExcerpt;
  readonly severity: FindingSeverity;
}

/** What stands at a place, among what is around it. */
export function Excerpt({ excerpt, severity }: ExcerptProps) {
  const { t } = useTranslation();
  if (excerpt.kind === 'text') {
    const { before, after, cutBefore, cutAfter } = excerpt;
    return (
      <p className={styles.excerpt} data-severity={severity}>
        {cutBefore ? '…' : ''}
        {visibleText(before)}
        <mark className={styles.spot}>
          <span className="visually-hidden">{t('consistency.here')}</span>
        </mark>
        {visibleText(after)}
        {cutAfter ? '…' : ''}
      </p>
    );
  }
  return (
    <ul className={styles.excerpt} data-severity={severity}>
      {excerpt.lines.map((line, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- names may be there twice, and lines do not move
        <Line key={index} line={line} />
      ))}
    </ul>
  );
}

function Line({ line: { name, index, text, cut, isPlace } }: { readonly line: ExcerptLine }) {
  return (
    <li className={isPlace ? styles.spotLine : undefined} aria-current={isPlace || undefined}>
      {name === null && index === null ? null : (
        <span className={styles.lineName}>{name === null ? index : visibleText(name)}</span>
      )}
      <span className={styles.lineText}>
        {visibleText(text)}
        {cut ? '…' : ''}
      </span>
    </li>
  );
}
