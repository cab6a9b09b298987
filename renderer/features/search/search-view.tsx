import { type KeyboardEvent, useCallback, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { SearchRow } from '../../../shared/ipc/search.ts';
import { call } from '../../host/client.ts';
import { openHit, stepHit } from '../../host/searching.ts';
import { errorText } from '../../host/told-text.ts';
import { askForSearch, showAllOf, standOn, toggleState, useSearch } from '../../stores/search-store.ts';
import { useWindow } from '../../stores/use-window.ts';
import type { RowRange } from '../../ui/scaled-scroll.ts';
import { VirtualRows, type VirtualRowsHandle } from '../../ui/virtual-rows.tsx';
import styles from './search.module.css';
import { SearchBar } from './search-bar.tsx';
import { SearchLine } from './search-line.tsx';
import { SearchRowView } from './search-row.tsx';

const ROW_HEIGHT = 24;

/** Where something stands: in the names, values and paths of all states, and in what they were. */
export function SearchView({ workspace }: { readonly workspace: string }) {
  const { t } = useTranslation();
  const { wish, progress, error, collapsed, expanded, active } = useSearch();
  const search = progress?.search ?? null;
  const load = useCallback(
    async (offset: number, limit: number) => {
      if (search === null) return { ok: true, value: { rows: [], total: 0 } } as const;
      return call('search.rows', {
        workspace,
        search,
        collapsed: [...collapsed],
        expanded: [...expanded],
        offset,
        limit,
      });
    },
    [workspace, search, collapsed, expanded],
  );
  const { total, row, want } = useWindow<SearchRow>(load, progress?.hits ?? 0);
  const onSight = useCallback(({ first, end }: RowRange) => want(first, end), [want]);
  const list = useRef<VirtualRowsHandle>(null);
  const count = total ?? 0;
  const current = Math.min(active, Math.max(0, count - 1));

  useEffect(() => list.current?.show(current), [current]);

  const open = (index: number) => {
    const chosen = row(index);
    if (chosen?.row === 'hit') void openHit(chosen);
    else if (chosen?.row === 'state') toggleState(chosen.key);
    else if (chosen?.kept) showAllOf(chosen.key);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const chosen = row(current);
    const isOpen = chosen?.row === 'state' && chosen.open;
    const act = {
      Enter: () => open(current),
      Escape: askForSearch,
      n: () => void stepHit(1),
      N: () => void stepHit(-1),
      ArrowLeft: () => (isOpen ? toggleState(chosen.key) : undefined),
      ArrowRight: () => (chosen?.row === 'state' && !isOpen ? toggleState(chosen.key) : undefined),
    }[event.key];
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  return (
    <section className={styles.view} aria-label={t('search.title')}>
      <SearchBar onLeave={() => list.current?.focus()} />
      <SearchLine />
      {error ? (
        <p className={styles.error} role="alert">
          {errorText(t, error)}
        </p>
      ) : null}
      {count > 0 ? (
        <VirtualRows
          handle={list}
          className={styles.rows}
          count={count}
          rowHeight={ROW_HEIGHT}
          columns={2}
          label={t('search.results')}
          active={current}
          onActive={(index, event) => {
            standOn(index);
            if (event.type === 'click') open(index);
          }}
          onKeyDown={onKeyDown}
          row={(index) => {
            const each = row(index);
            return {
              level: each?.row === 'state' ? 1 : 2,
              expanded: each?.row === 'state' ? each.open : undefined,
              content: each ? <SearchRowView row={each} /> : null,
              className: each?.row === 'state' ? styles.state : undefined,
            };
          }}
          onSight={onSight}
          testId="search-rows"
        />
      ) : wish.text === '' ? (
        <Hints />
      ) : null}
    </section>
  );
}

/** What can be searched, while nothing is. */
function Hints() {
  const { t } = useTranslation();
  return (
    <dl className={styles.hints}>
      {(['text', 'regex', 'jsonpath', 'history'] as const).map((hint) => (
        <div key={hint}>
          <dt>{t(hint === 'history' ? 'search.scopes.history' : `search.modes.${hint}`)}</dt>
          <dd>{t(`search.hints.${hint}`)}</dd>
        </div>
      ))}
    </dl>
  );
}
