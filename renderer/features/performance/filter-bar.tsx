import { useId, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { filterPerformance, usePerformance } from '../../stores/performance-store.ts';
import { Input, Select } from '../../ui/field.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import { backendName } from './backend-name.ts';
import { choicesOf } from './chart-list.ts';
import styles from './performance.module.css';

/** Of keys, in a list that opens below the field. */
const MOST_KEYS = 500;

/** Narrows charts to a backend, a kind and a state, where there is more than one. */
export function FilterBar() {
  const { t } = useTranslation();
  const list = useId();
  const available = usePerformance((state) => state.overview?.available);
  const filter = usePerformance((state) => state.filter);
  const { backends, kinds, keys } = useMemo(() => choicesOf(available ?? []), [available]);
  const options = (names: readonly string[], all: string, text = (name: string) => name) => [
    { value: '', text: all },
    ...names.map((name) => ({ value: name, text: visibleText(text(name)) })),
  ];
  return (
    <div className={styles.filter}>
      {backends.length > 1 || filter.backend !== null ? (
        <Select
          label={t('performance.backend')}
          value={filter.backend ?? ''}
          options={options(backends, t('performance.allBackends'), (name) => backendName(t, name))}
          onChange={(backend) => filterPerformance({ backend: backend === '' ? null : backend })}
        />
      ) : null}
      {kinds.length > 1 || filter.kind !== null ? (
        <Select
          label={t('performance.kind')}
          value={filter.kind ?? ''}
          options={options(kinds, t('performance.allKinds'))}
          onChange={(kind) => filterPerformance({ kind: kind === '' ? null : kind })}
        />
      ) : null}
      {keys.length > 0 || filter.key !== null ? (
        <>
          <Input
            type="search"
            list={list}
            className={styles.key}
            aria-label={t('performance.key')}
            placeholder={t('performance.allKeys')}
            maxLength={1000}
            defaultValue={filter.key ?? ''}
            onChange={({ target: { value } }) => {
              if (value === '') filterPerformance({ key: null });
              else if (keys.includes(value)) filterPerformance({ key: value });
            }}
          />
          <datalist id={list}>
            {keys.slice(0, MOST_KEYS).map((key) => (
              <option key={key} value={key} />
            ))}
          </datalist>
        </>
      ) : null}
    </div>
  );
}
