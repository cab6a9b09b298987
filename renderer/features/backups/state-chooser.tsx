import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChosenStates } from '../../../shared/ipc/backups.ts';
import { errorText } from '../../host/told-text.ts';
import { Field, Input } from '../../ui/field.tsx';
import { Segments } from '../../ui/segments.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import { globsOf } from './backup-text.ts';
import styles from './backups.module.css';
import type { Matching } from './use-matching.ts';

export interface StateChoice {
  readonly of: ChosenStates['of'];
  /** Globs as they are typed. */
  readonly typed: string;
  readonly except: ReadonlySet<string>;
}

const ALL: StateChoice = { of: 'all', typed: '*', except: new Set() };

/** What is chosen, and the same as it is asked for. @param filter of the explorer; empty where it does not count */
export function useStateChoice(
  filter: string,
): readonly [StateChoice, (change: Partial<StateChoice>) => void, ChosenStates] {
  const [choice, setChoice] = useState(ALL);
  const { of, typed, except } = choice;
  const chosen = useMemo<ChosenStates>(() => {
    if (of === 'all') return { of };
    if (of === 'filter') return { of, filter };
    return { of, only: globsOf(typed), except: [...except] };
  }, [of, typed, except, filter]);
  return [choice, (change) => setChoice((before) => ({ ...before, ...change })), chosen];
}

export interface StateChooserProps {
  readonly choice: StateChoice;
  readonly onChange: (change: Partial<StateChoice>) => void;
  readonly matching: Matching;
  readonly filter: string;
  readonly disabled?: boolean;
}

/** All states, those that the explorer shows, or those that patterns fit without what is unticked; and how many that are. */
export function StateChooser({ choice, onChange, matching, filter, disabled = false }: StateChooserProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { of, typed, except } = choice;
  const { matches, error } = matching;
  const options = [
    { value: 'all' as const, text: t('backups.choose.all') },
    ...(filter === ''
      ? []
      : [{ value: 'filter' as const, text: t('backups.choose.filter'), title: visibleText(filter) }]),
    { value: 'some' as const, text: t('backups.choose.some') },
  ];
  const toggle = (key: string) => {
    const next = new Set(except);
    if (!next.delete(key)) next.add(key);
    onChange({ except: next });
  };
  return (
    <fieldset className={styles.chooser} disabled={disabled}>
      <div className={styles.line}>
        <span className={styles.label}>{t('backups.states')}</span>
        <Segments<ChosenStates['of']>
          label={t('backups.states')}
          value={of}
          options={options}
          onChange={(next) => onChange({ of: next })}
        />
        <span className={styles.note} role="status">
          {matches === null ? '' : `${t('units.states', { count: matches.states })} · ${format.bytes(matches.bytes)}`}
        </span>
      </div>
      {of === 'some' ? (
        <>
          <Field label={t('backups.globs')}>
            <Input
              mono
              maxLength={10_000}
              placeholder="agent:*, session:42"
              value={typed}
              onChange={(event) => onChange({ typed: event.target.value, except: new Set() })}
            />
          </Field>
          {matches !== null && matches.unknown.length > 0 ? (
            <p className={styles.warning}>
              {t('backups.unknownGlobs', { globs: visibleText(matches.unknown.slice(0, 5).join(', ')) })}
            </p>
          ) : null}
          <ul className={styles.ticks} aria-label={t('backups.states')}>
            {(matches?.first ?? []).map(({ key, bytes }) => (
              <li key={key}>
                <label>
                  <input type="checkbox" checked={!except.has(key)} onChange={() => toggle(key)} />
                  <span className={styles.tickKey}>{visibleText(key)}</span>
                  <span className={styles.tickSize}>{format.bytes(bytes)}</span>
                </label>
              </li>
            ))}
            {matches !== null && matches.fitting > matches.first.length ? (
              <li className={styles.note}>
                {t('backups.moreStates', { count: matches.fitting - matches.first.length })}
              </li>
            ) : null}
          </ul>
        </>
      ) : null}
      {error ? <p className={styles.error}>{errorText(t, error)}</p> : null}
    </fieldset>
  );
}
