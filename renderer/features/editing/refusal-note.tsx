import { CircleX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Refusal } from '../../host/edit-check.ts';
import { cx } from '../../ui/cx.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './editing.module.css';
import { refusalLines } from './refusal-text.ts';

export interface RefusalNoteProps {
  /** What the field names as its description. */
  readonly id: string;
  readonly refusal: Refusal | null;
  readonly text: string;
  readonly className?: string | undefined;
}

/** Why what is typed would not be saved; read out when it appears. */
export function RefusalNote({ id, refusal, text, className }: RefusalNoteProps) {
  const { t } = useTranslation();
  return (
    <span id={id} role="alert" className={cx(refusal && styles.refusal, refusal && className)}>
      {refusal ? (
        <>
          <CircleX size={14} aria-hidden />
          <span>
            {refusalLines(t, refusal, text).map((line) => (
              <span key={line} className={styles.line}>
                {visibleText(line)}
              </span>
            ))}
          </span>
        </>
      ) : null}
    </span>
  );
}
