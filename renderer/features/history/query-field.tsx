import { CircleX, Search, X } from 'lucide-react';
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import type { QueryFault } from '../../../shared/ipc/history.ts';
import { queryFaultText } from '../../host/told-text.ts';
import { IconButton } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { Input } from '../../ui/field.tsx';
import styles from './history.module.css';
import { type Completion, completionAt } from './query-text.ts';

export interface QueryFieldProps {
  readonly value: string;
  readonly fault: QueryFault | null;
  readonly onChange: (text: string) => void;
  /** Goes on to the list. */
  readonly onLeave: () => void;
}

/** A query of history as it is typed, with what may come next, and where it is not understood. */
export function QueryField({ value, fault, onChange, onLeave }: QueryFieldProps) {
  const { t } = useTranslation();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [offer, setOffer] = useState<Completion | null>(null);
  const [chosen, setChosen] = useState(-1);

  const look = () => {
    const field = input.current;
    const caret = field?.selectionStart ?? null;
    const isPlain = caret !== null && caret === field?.selectionEnd;
    setOffer(isPlain ? completionAt(field?.value ?? '', caret) : null);
    setChosen(-1);
  };
  const close = () => {
    setOffer(null);
    setChosen(-1);
  };
  const goTo = (offset: number) => {
    input.current?.focus();
    input.current?.setSelectionRange(offset, offset);
  };
  const take = (option: string | undefined) => {
    if (!offer || option === undefined) return;
    const { start, end } = offer;
    const text = option.endsWith(':') ? option : `${option} `;
    // The text is in the field before the next key is: what is typed on goes behind it.
    flushSync(() => onChange(`${value.slice(0, start)}${text}${value.slice(end).trimStart()}`));
    goTo(start + text.length);
    look();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const count = offer?.options.length ?? 0;
    if (event.key === 'Escape' && offer) {
      event.preventDefault();
      close();
    } else if (event.key === 'ArrowDown' && !offer) {
      event.preventDefault();
      onLeave();
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && count > 0) {
      event.preventDefault();
      setChosen((before) => (before + (event.key === 'ArrowDown' ? 1 : count - (before < 0 ? 0 : 1))) % count);
    } else if (event.key === 'Enter' || (event.key === 'Tab' && chosen >= 0)) {
      event.preventDefault();
      if (offer && chosen >= 0) take(offer.options[chosen]);
      else close();
    }
  };

  return (
    <div className={styles.queryPlace}>
      <div className={cx(styles.query, fault && styles.faulty)}>
        <Search size={14} aria-hidden className={styles.queryIcon} />
        <Input
          ref={input}
          mono
          role="combobox"
          aria-label={t('history.query')}
          aria-expanded={offer !== null}
          aria-controls={`${id}-options`}
          aria-activedescendant={chosen >= 0 ? `${id}-${chosen}` : undefined}
          aria-autocomplete="list"
          aria-invalid={fault !== null}
          aria-describedby={fault ? `${id}-fault` : undefined}
          className={styles.queryInput}
          placeholder={t('history.queryPlaceholder')}
          title={t('history.queryHelp')}
          maxLength={10_000}
          value={value}
          onChange={(event) => {
            onChange(event.target.value);
            look();
          }}
          onClick={look}
          onBlur={close}
          onKeyDown={onKeyDown}
        />
        {value === '' ? null : (
          <IconButton
            label={t('history.clearQuery')}
            className={styles.clear}
            onClick={() => {
              onChange('');
              goTo(0);
            }}
          >
            <X size={14} aria-hidden />
          </IconButton>
        )}
      </div>
      {offer ? (
        <ul id={`${id}-options`} role="listbox" aria-label={t('history.completions')} className={styles.options}>
          {offer.options.map((option, at) => (
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the field has the keys
            <li
              key={option}
              id={`${id}-${at}`}
              role="option"
              aria-selected={at === chosen}
              className={styles.option}
              onPointerDown={(event) => {
                // The field keeps the focus.
                event.preventDefault();
                take(option);
              }}
            >
              {option}
            </li>
          ))}
        </ul>
      ) : null}
      {fault ? (
        <button type="button" id={`${id}-fault`} className={styles.fault} onClick={() => goTo(fault.offset)}>
          <CircleX size={12} aria-hidden />
          {queryFaultText(t, fault)}
        </button>
      ) : null}
    </div>
  );
}
