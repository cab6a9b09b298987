import { Columns3 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { changeColumns, toggleColumn, useHistoryColumns } from '../../stores/history-columns.ts';
import { IconButton } from '../../ui/button.tsx';
import { Menu, MenuCheck, MenuSeparator } from '../../ui/menu.tsx';
import { COLUMNS, type Column } from './history-table.tsx';

/** Which columns there are, and how times are written. */
export function ColumnMenu({ without }: { readonly without: readonly Column[] }) {
  const { t } = useTranslation();
  const { hidden, exactTimes } = useHistoryColumns();
  return (
    <Menu
      align="end"
      trigger={
        <IconButton label={t('history.columnsLabel')}>
          <Columns3 size={14} aria-hidden />
        </IconButton>
      }
    >
      {COLUMNS.filter((column) => column !== 'change' && !without.includes(column)).map((column) => (
        <MenuCheck key={column} checked={!hidden.includes(column)} onChange={() => toggleColumn(column)}>
          {t(`history.columns.${column}`)}
        </MenuCheck>
      ))}
      <MenuSeparator />
      <MenuCheck checked={exactTimes} onChange={(next) => changeColumns({ exactTimes: next })}>
        {t('history.exactTimes')}
      </MenuCheck>
    </Menu>
  );
}
