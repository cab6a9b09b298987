import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SchedulePreview, ScheduleTiming } from '../../../shared/ipc/backup-schedules.ts';
import { previewSchedule } from '../../host/schedules.ts';
import { errorText } from '../../host/told-text.ts';
import { SECONDS_OF, wholeUnit } from '../../ui/duration.ts';
import { Input, Select } from '../../ui/field.tsx';
import { Segments } from '../../ui/segments.tsx';
import { useFormat } from '../../ui/use-format.ts';
import styles from './backups.module.css';

const UNITS = ['minutes', 'hours', 'days'] as const;
type Unit = (typeof UNITS)[number];
const LOOK_DELAY_MS = 150;
const HOUR_S = 3600;
/** Every night. */
const FIRST_CRON = '0 3 * * *';
const WHOLE = /^\d{1,6}$/;

export interface TimingFieldsProps {
  readonly timing: ScheduleTiming;
  readonly onChange: (timing: ScheduleTiming) => void;
}

/** Every so often or by a cron expression, and when that would be. */
export function TimingFields({ timing, onChange }: TimingFieldsProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.timing}>
      <div className={styles.line}>
        <span className={styles.label}>{t('backups.when')}</span>
        <Segments<ScheduleTiming['by']>
          label={t('backups.when')}
          value={timing.by}
          options={[
            { value: 'interval', text: t('backups.byInterval') },
            { value: 'cron', text: t('backups.byExpression') },
          ]}
          onChange={(by) =>
            onChange(by === 'cron' ? { by, expression: FIRST_CRON } : { by: 'interval', seconds: HOUR_S })
          }
        />
        {timing.by === 'cron' ? (
          <Input
            mono
            className={styles.expression}
            maxLength={200}
            aria-label={t('backups.expression')}
            title={t('backups.expression')}
            value={timing.expression}
            onChange={(event) => onChange({ by: 'cron', expression: event.target.value })}
          />
        ) : (
          <Interval seconds={timing.seconds} onChange={(seconds) => onChange({ by: 'interval', seconds })} />
        )}
      </div>
      <NextRuns timing={timing} />
    </div>
  );
}

function Interval({ seconds, onChange }: { readonly seconds: number; readonly onChange: (seconds: number) => void }) {
  const { t } = useTranslation();
  const [{ amount, unit }, set] = useState<{ readonly amount: string; readonly unit: Unit }>(() => {
    const whole = wholeUnit(seconds);
    // As it can be made on the command line.
    if (whole.unit === 'seconds') return { amount: String(Math.ceil(seconds / SECONDS_OF.minutes)), unit: 'minutes' };
    return { amount: String(whole.amount), unit: whole.unit };
  });
  const change = (next: { amount: string; unit: Unit }) => {
    set(next);
    // What is no number is told by the engine, as is what is too short.
    onChange(WHOLE.test(next.amount) ? Number(next.amount) * SECONDS_OF[next.unit] : 0);
  };
  return (
    <>
      <Input
        inputMode="numeric"
        className={styles.amount}
        aria-label={t('backups.everyLabel')}
        value={amount}
        onChange={(event) => change({ amount: event.target.value.trim(), unit })}
      />
      <Select<Unit>
        label={t('backups.unit')}
        className={styles.unit}
        value={unit}
        options={UNITS.map((value) => ({ value, text: t(`backups.units.${value}`) }))}
        onChange={(next) => change({ amount, unit: next })}
      />
    </>
  );
}

/** The next three, or what is wrong. */
function NextRuns({ timing }: { readonly timing: ScheduleTiming }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [preview, setPreview] = useState<SchedulePreview | null>(null);
  useEffect(() => {
    let isCurrent = true;
    const look = async () => {
      const found = await previewSchedule(timing);
      if (isCurrent) setPreview(found);
    };
    const timer = setTimeout(() => void look(), LOOK_DELAY_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [timing]);
  return (
    <p className={preview !== null && 'error' in preview ? styles.error : styles.note} role="status">
      {preview === null
        ? ' '
        : 'error' in preview
          ? errorText(t, preview.error)
          : t('backups.nextRuns', {
              times: preview.nextRuns.map((time) => format.minute(new Date(time))).join(' · '),
            })}
    </p>
  );
}
