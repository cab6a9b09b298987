/** Fields of forms: a label above, one height, one look. */
import type { ComponentProps, ReactNode } from 'react';
import { cx } from './cx.ts';
import styles from './field.module.css';

export interface FieldProps {
  readonly label: string;
  readonly children: ReactNode;
  readonly className?: string | undefined;
}

export function Field({ label, children, className }: FieldProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/label-has-associated-control -- the field is among the children
    <label className={cx(styles.field, className)}>
      <span>{label}</span>
      {children}
    </label>
  );
}

export interface InputProps extends ComponentProps<'input'> {
  /** For paths, patterns and other text that a program reads. */
  readonly mono?: boolean;
}

export function Input({ mono = false, className, ...rest }: InputProps) {
  return (
    <input
      type="text"
      spellCheck={false}
      autoComplete="off"
      className={cx(styles.input, mono && styles.mono, className)}
      {...rest}
    />
  );
}

export interface SelectProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly text: string }[];
  readonly onChange: (value: T) => void;
  readonly className?: string | undefined;
}

export function Select<T extends string>({ label, value, options, onChange, className }: SelectProps<T>) {
  return (
    <select
      aria-label={label}
      className={cx(styles.select, className)}
      value={value}
      onChange={(event) => {
        const chosen = options.find((option) => option.value === event.target.value);
        if (chosen) onChange(chosen.value);
      }}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.text}
        </option>
      ))}
    </select>
  );
}

export interface CheckProps extends ComponentProps<'input'> {
  readonly label: string;
}

export function Check({ label, className, ...rest }: CheckProps) {
  return (
    <label className={cx(styles.check, className)} data-disabled={rest.disabled}>
      <input type="checkbox" {...rest} />
      {label}
    </label>
  );
}
