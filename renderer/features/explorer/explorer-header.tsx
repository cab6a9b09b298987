import { ArrowDownUp, Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ExplorerGrouping } from '../../../shared/ipc/model.ts';
import type { ExplorerSort } from '../../stores/layout-store.ts';
import { filterExplorer, useUi } from '../../stores/ui-store.ts';
import { IconButton } from '../../ui/button.tsx';
import { Menu, MenuChoice, MenuSeparator } from '../../ui/menu.tsx';
import styles from './explorer.module.css';

const FILTER_DELAY_MS = 120;

export interface ExplorerHeaderProps {
  readonly sort: ExplorerSort;
  readonly onSort: (sort: ExplorerSort) => void;
  readonly groupBy: ExplorerGrouping;
  readonly onGroupBy: (groupBy: ExplorerGrouping) => void;
  /** The arrow down key leads from the filter to the rows. */
  readonly onLeave: () => void;
}

export function ExplorerHeader({ sort, onSort, groupBy, onGroupBy, onLeave }: ExplorerHeaderProps) {
  const { t } = useTranslation();
  const filter = useUi((ui) => ui.filter);
  const [text, setText] = useState(filter);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef(0);
  const asked = useUi((ui) => ui.filterFocus);
  const answered = useRef(asked);

  useEffect(() => {
    if (asked === answered.current) return;
    answered.current = asked;
    input.current?.focus();
    input.current?.select();
  }, [asked]);

  useEffect(() => () => window.clearTimeout(timer.current), []);

  // A filter that another view has set is shown like one that was typed.
  const given = useRef(filter);
  useEffect(() => {
    if (filter === given.current) return;
    given.current = filter;
    window.clearTimeout(timer.current);
    setText(filter);
  }, [filter]);

  const change = (next: string, delay: number) => {
    setText(next);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      given.current = next.trim();
      filterExplorer(given.current);
    }, delay);
  };

  return (
    <div className={styles.header}>
      <div className={styles.filter}>
        <Search size={14} aria-hidden className={styles.searchIcon} />
        <input
          ref={input}
          type="text"
          role="searchbox"
          spellCheck={false}
          maxLength={20_000}
          aria-label={t('explorer.filter')}
          placeholder={t('explorer.filterPlaceholder')}
          title={t('explorer.filterHelp')}
          value={text}
          onChange={(event) => change(event.target.value, FILTER_DELAY_MS)}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && text !== '') {
              event.preventDefault();
              event.stopPropagation();
              change('', 0);
            } else if (event.key === 'ArrowDown' || event.key === 'Enter') {
              event.preventDefault();
              onLeave();
            }
          }}
        />
        {text === '' ? null : (
          <IconButton label={t('explorer.clearFilter')} className={styles.clear} onClick={() => change('', 0)}>
            <X size={14} aria-hidden />
          </IconButton>
        )}
      </div>
      <Menu
        align="end"
        trigger={
          <IconButton label={t('explorer.sort')}>
            <ArrowDownUp size={14} aria-hidden />
          </IconButton>
        }
      >
        <MenuChoice<ExplorerGrouping>
          label={t('explorer.groupBy')}
          value={groupBy}
          onChange={onGroupBy}
          options={[
            { value: 'kind', text: t('explorer.groupKind') },
            { value: 'class', text: t('explorer.groupClass') },
          ]}
        />
        <MenuSeparator />
        <MenuChoice<ExplorerSort>
          label={t('explorer.sortBy')}
          value={sort}
          onChange={onSort}
          options={[
            { value: 'key', text: t('explorer.sortKey') },
            { value: 'updated', text: t('explorer.sortUpdated') },
            { value: 'size', text: t('explorer.sortSize') },
          ]}
        />
      </Menu>
    </div>
  );
}
