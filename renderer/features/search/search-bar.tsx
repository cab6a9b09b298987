import { CaseSensitive, CircleX, Search, WholeWord } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { SEARCH_MODES, SEARCH_PLACES, SEARCH_SCOPES, type SearchFault } from '../../../shared/ipc/search.ts';
import { changeSearch, searchNow } from '../../host/searching.ts';
import { useSearch } from '../../stores/search-store.ts';
import { useUi } from '../../stores/ui-store.ts';
import { IconButton } from '../../ui/button.tsx';
import { Check, Input } from '../../ui/field.tsx';
import { Segments } from '../../ui/segments.tsx';
import styles from './search.module.css';

/** What to search for, how, and where. */
export function SearchBar({ onLeave }: { readonly onLeave: () => void }) {
  const { t } = useTranslation();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const { wish, fault, focus } = useSearch();
  const filter = useUi((ui) => ui.filter);
  const { text, mode, caseSensitive, wholeWord, places, scope, filtered } = wish;

  // Wherever the window was: who asks for a search types next.
  useEffect(() => {
    input.current?.focus();
    input.current?.select();
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- asked again for each request
  }, [focus]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') searchNow();
    else if (event.key === 'ArrowDown') onLeave();
    else return;
    event.preventDefault();
  };
  const isPath = mode === 'jsonpath';
  return (
    <header className={styles.bar}>
      <div className={styles.line}>
        <div className={styles.field}>
          <Search size={14} aria-hidden className={styles.icon} />
          <Input
            ref={input}
            mono={mode !== 'text'}
            aria-label={t('search.field')}
            aria-invalid={fault !== null}
            aria-describedby={fault ? `${id}-fault` : undefined}
            placeholder={t(`search.placeholders.${mode}`)}
            maxLength={10_000}
            value={text}
            onChange={(event) => changeSearch({ text: event.target.value })}
            onKeyDown={onKeyDown}
          />
          {isPath ? null : (
            <span className={styles.switches}>
              <IconButton
                label={t('search.case')}
                pressed={caseSensitive}
                onClick={() => changeSearch({ caseSensitive: !caseSensitive })}
              >
                <CaseSensitive size={16} aria-hidden />
              </IconButton>
              <IconButton
                label={t('search.word')}
                pressed={wholeWord}
                onClick={() => changeSearch({ wholeWord: !wholeWord })}
              >
                <WholeWord size={16} aria-hidden />
              </IconButton>
            </span>
          )}
        </div>
        <Segments
          label={t('search.mode')}
          value={mode}
          options={SEARCH_MODES.map((value) => ({
            value,
            text: t(`search.modes.${value}`),
            title: t(`search.hints.${value}`),
          }))}
          onChange={(next) => changeSearch({ mode: next })}
        />
      </div>
      {fault ? <Fault id={`${id}-fault`} fault={fault} onGo={(offset) => goTo(input.current, offset)} /> : null}
      <div className={styles.options}>
        <Segments
          label={t('search.scope')}
          value={scope}
          options={SEARCH_SCOPES.map((value) => ({
            value,
            text: t(`search.scopes.${value}`),
            title: t(`search.scopeHelp.${value}`),
          }))}
          onChange={(next) => changeSearch({ scope: next })}
        />
        {isPath ? null : (
          <fieldset className={styles.places} aria-label={t('search.places')}>
            {SEARCH_PLACES.map((place) => (
              <Check
                key={place}
                label={t(`search.in.${place}`)}
                title={t(`search.inHelp.${place}`)}
                checked={places[place]}
                onChange={(event) => changeSearch({ places: { ...places, [place]: event.target.checked } })}
              />
            ))}
          </fieldset>
        )}
        {filter === '' ? null : (
          <Check
            label={t('search.filtered')}
            title={t('search.filteredHelp', { filter })}
            checked={filtered}
            onChange={(event) => changeSearch({ filtered: event.target.checked })}
          />
        )}
      </div>
    </header>
  );
}

function goTo(field: HTMLInputElement | null, offset: number): void {
  field?.focus();
  field?.setSelectionRange(offset, offset);
}

interface FaultProps {
  readonly id: string;
  readonly fault: SearchFault;
  readonly onGo: (offset: number) => void;
}

/** Why a pattern is not understood; leads to the place. */
function Fault({ id, fault: { message, offset }, onGo }: FaultProps) {
  const { t } = useTranslation();
  return (
    <button type="button" id={id} className={styles.fault} onClick={() => onGo(offset ?? 0)}>
      <CircleX size={12} aria-hidden />
      {offset === null ? t('search.fault', { message }) : t('search.faultAt', { message, position: offset + 1 })}
    </button>
  );
}
