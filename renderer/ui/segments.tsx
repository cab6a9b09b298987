import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import styles from './segments.module.css';

export interface SegmentsProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly text: string; readonly title?: string | undefined }[];
  readonly onChange: (value: T) => void;
}

/** A few exclusive choices side by side. */
export function Segments<T extends string>({ label, value, options, onChange }: SegmentsProps<T>) {
  return (
    <RadioGroup className={styles.group} aria-label={label} value={value} onValueChange={(next: T) => onChange(next)}>
      {options.map((option) => (
        <Radio.Root
          key={option.value}
          value={option.value}
          className={styles.option}
          title={option.title}
          aria-label={option.text}
        >
          {option.text}
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}
