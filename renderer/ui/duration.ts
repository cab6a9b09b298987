export type DurationUnit = 'days' | 'hours' | 'minutes' | 'seconds';

export const SECONDS_OF: Readonly<Record<DurationUnit, number>> = {
  days: 86_400,
  hours: 3600,
  minutes: 60,
  seconds: 1,
};
const UNITS: readonly DurationUnit[] = ['days', 'hours', 'minutes', 'seconds'];

export interface DurationPart {
  readonly unit: DurationUnit;
  readonly amount: number;
}

/** The largest unit that is not 0 and the one below, whole and rounded down: 11,543 s are 3 hours and 12 minutes. */
export function durationParts(seconds: number): readonly DurationPart[] {
  const whole = Math.max(0, Math.floor(seconds));
  const first = UNITS.findIndex((unit) => whole >= SECONDS_OF[unit]);
  if (first === -1) return [{ unit: 'seconds', amount: 0 }];
  let rest = whole;
  return UNITS.slice(first, first + 2).flatMap((unit) => {
    const amount = Math.floor(rest / SECONDS_OF[unit]);
    rest -= amount * SECONDS_OF[unit];
    return amount === 0 ? [] : [{ unit, amount }];
  });
}

/** The largest unit of which it is a whole number. */
export function wholeUnit(seconds: number): DurationPart {
  const unit = UNITS.find((each) => seconds > 0 && seconds % SECONDS_OF[each] === 0) ?? 'seconds';
  return { unit, amount: seconds / SECONDS_OF[unit] };
}
