import { ChevronsDownUp, ChevronsUpDown } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../ui/button.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { ALL_DEPTHS } from './expansion.ts';
import styles from './state-tree.module.css';

const DEPTHS = [1, 2, 3, 4, 5];

export function TreeTools({ onDepth }: { readonly onDepth: (depth: number) => void }) {
  const { t } = useTranslation();
  return (
    <div className={styles.tools}>
      <Menu
        align="end"
        trigger={
          <IconButton label={t('tree.depth')}>
            <ChevronsUpDown size={14} aria-hidden />
          </IconButton>
        }
      >
        {DEPTHS.map((depth) => (
          <MenuItem key={depth} onSelect={() => onDepth(depth)}>
            {t('tree.depthNumber', { depth })}
          </MenuItem>
        ))}
        <MenuSeparator />
        <MenuItem onSelect={() => onDepth(ALL_DEPTHS)} shortcut="*">
          {t('tree.depthAll')}
        </MenuItem>
      </Menu>
      <IconButton label={t('tree.collapseAll')} onClick={() => onDepth(0)}>
        <ChevronsDownUp size={14} aria-hidden />
      </IconButton>
    </div>
  );
}
