import { ArrowDownUp, Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ExplorerSort } from '../../stores/layout-store.ts';
import { useUi } from '../../stores/ui-store.ts';
import { IconButton } from '../../ui/button.tsx';
import { Menu, MenuChoice } from '../../ui/menu.tsx';
import styles from './explorer.module.css';

const FILTER_DELAY_MS = 120;

export interface ExplorerHeaderProps {
  readonly onFilter: (filter: string) => void;
  readonly sort: ExplorerSort;
  readonly onSort: (sort: ExplorerSort) => void;
  /** The arrow down key leads from the filter to the rows. */
  readonly onLeave: () => void;
}

export function ExplorerHeader({ onFilter, sort, onSort, onLeave }: ExplorerHeaderProps) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
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

  const change = (next: string, delay: number) => {
    setText(next);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => onFilter(next.trim()), delay);
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
          maxLength={1000}
          aria-label={t('explorer.filter')}
          placeholder={t('explorer.filterPlaceholder')}
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
