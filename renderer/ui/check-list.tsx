import { CircleAlert, Info, OctagonAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './check-list.module.css';
import { Check } from './field.tsx';
import { visibleText } from './visible-text.ts';

const ICONS = { error: OctagonAlert, warning: CircleAlert, note: Info } as const;

export interface CheckItem {
  readonly id: string;
  readonly severity: keyof typeof ICONS;
  /** The severity as a word: it is never told by colour alone. */
  readonly word: string;
  readonly lines: readonly string[];
  /** For what a person may accept. */
  readonly accept?:
    | { readonly label: string; readonly on: boolean; readonly onChange: (on: boolean) => void }
    | undefined;
}

/** What speaks against writing something, in the order given. */
export function CheckList({ label, items }: { readonly label: string; readonly items: readonly CheckItem[] }) {
  if (items.length === 0) return null;
  return (
    <ul className={styles.checks} aria-label={label}>
      {items.map(({ id, severity, word, lines, accept }) => {
        const Icon = ICONS[severity];
        return (
          <li key={id} className={styles.check} data-severity={severity}>
            <Icon size={14} aria-hidden />
            <div>
              <strong>{word}</strong>
              {lines.map((line) => (
                <p key={line}>{visibleText(line)}</p>
              ))}
            </div>
            {accept ? (
              <Check
                label={accept.label}
                checked={accept.on}
                onChange={(event) => accept.onChange(event.target.checked)}
              />
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}

/** Why something could not be carried out. */
export function FaultNote({ lines }: { readonly lines: readonly string[] }): ReactNode {
  return (
    <div className={styles.fault} role="alert">
      {lines.map((line) => (
        <p key={line}>{visibleText(line)}</p>
      ))}
    </div>
  );
}
