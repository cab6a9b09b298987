import type { ComponentProps } from 'react';
import { cx } from './cx.ts';
import styles from './status-button.module.css';

export interface StatusButtonProps extends ComponentProps<'button'> {
  readonly tone?: 'muted' | 'warning' | 'error';
}

/** A short word in a bar, with its sign, that leads to more. */
export function StatusButton({ tone = 'muted', className, children, ...rest }: StatusButtonProps) {
  return (
    <button type="button" className={cx(styles.button, styles[tone], className)} {...rest}>
      {children}
    </button>
  );
}
