import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type DurationUnit, SECONDS_OF, wholeUnit } from '../../ui/duration.ts';
import { Input, Select } from '../../ui/field.tsx';
import styles from './persistence.module.css';

type Choice = DurationUnit | 'never';

interface Shown {
  readonly amount: string;
  readonly unit: Choice;
}

const UNITS = ['never', 'seconds', 'minutes', 'hours', 'days'] as const;
/** The largest that the protocol takes. */
const LONGEST_SECONDS = 1e10;

export interface TtlFieldProps {
  /** Of the rule, for whoever cannot see the row. */
  readonly about: string;
  /** Seconds; null for ever. */
  readonly ttl: number | null;
  readonly onChange: (ttl: number | null) => void;
}

/** How long states live, in the unit that a person chooses; the seconds that are stored are on hover. */
export function TtlField({ about, ttl, onChange }: TtlFieldProps) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(() => shownOf(ttl));
  // What is typed keeps its unit: 60 minutes on the way to 600 are not turned into 1 hour.
  const now = secondsOf(shown) === ttl ? shown : shownOf(ttl);
  const change = (next: Shown) => {
    const seconds = secondsOf(next);
    setShown(next);
    if (seconds !== undefined) onChange(seconds);
  };
  const typed = secondsOf(shown) === undefined ? shown : now;
  return (
    <span className={styles.ttl} title={ttl === null ? undefined : t('persistence.seconds', { count: ttl })}>
      {typed.unit === 'never' ? null : (
        <Input
          inputMode="numeric"
          className={styles.ttlAmount}
          aria-label={t('persistence.ttlOf', { pattern: about })}
          aria-invalid={secondsOf(typed) === undefined}
          value={typed.amount}
          onChange={(event) => change({ ...typed, amount: event.target.value.trim() })}
          // What is no number is not kept.
          onBlur={() => setShown(now)}
        />
      )}
      <Select<Choice>
        label={t('persistence.ttlUnitOf', { pattern: about })}
        value={typed.unit}
        onChange={(unit) => change({ unit, amount: typed.amount === '' ? '1' : typed.amount })}
        options={UNITS.map((value) => ({ value, text: t(`persistence.ttlUnits.${value}`) }))}
      />
    </span>
  );
}

function shownOf(ttl: number | null): Shown {
  if (ttl === null) return { unit: 'never', amount: '' };
  const { unit, amount } = wholeUnit(ttl);
  return { unit, amount: String(amount) };
}

/** Undefined for what is no whole number of seconds. */
function secondsOf({ unit, amount }: Shown): number | null | undefined {
  if (unit === 'never') return null;
  if (!/^\d{1,11}$/.test(amount)) return undefined;
  const seconds = Number(amount) * SECONDS_OF[unit];
  return seconds <= LONGEST_SECONDS ? seconds : undefined;
}
