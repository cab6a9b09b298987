import { type Ref, useId } from 'react';
import styles from './expression-field.module.css';
import { Field, Input } from './field.tsx';

export interface ExpressionFieldProps {
  readonly label: string;
  readonly value: string;
  /** Where and why it is not understood. */
  readonly fault: string | null;
  readonly onChange: (text: string) => void;
  readonly ref?: Ref<HTMLInputElement>;
}

/** Something that should hold in a state; below it, why it is not understood. */
export function ExpressionField({ label, value, fault, onChange, ref }: ExpressionFieldProps) {
  const id = useId();
  return (
    <div>
      <Field label={label}>
        <Input
          ref={ref}
          mono
          maxLength={10_000}
          placeholder='$.status != "error"'
          value={value}
          aria-invalid={fault !== null}
          aria-describedby={id}
          onChange={(event) => onChange(event.target.value)}
        />
      </Field>
      <p id={id} className={styles.fault} role="alert">
        {fault}
      </p>
    </div>
  );
}
