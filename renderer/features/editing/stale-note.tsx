import { FileClock } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { reloadSource } from '../../host/opening.ts';
import { openDialog } from '../../stores/dialog-store.ts';
import { useOpenState } from '../../stores/state-store.ts';
import { useWorkspace } from '../../stores/workspace-store.ts';
import { Button } from '../../ui/button.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { StatusButton } from '../../ui/status-button.tsx';
import styles from './stale.module.css';

/** In the status bar: another program has written to the source. */
export function StaleMenu() {
  const { t } = useTranslation();
  const stale = useWorkspace((state) => state.stale !== null);
  const key = useOpenState((state) => state.summary?.key ?? null);
  if (!stale) return null;
  return (
    <Menu
      side="top"
      trigger={
        <StatusButton tone="warning" title={t('stale.help')}>
          <FileClock size={12} aria-hidden />
          {t('stale.changed')}
        </StatusButton>
      }
    >
      <MenuItem onSelect={() => void reloadSource(false)}>{t('stale.reload')}</MenuItem>
      <MenuItem
        disabled={key === null}
        onSelect={() => {
          if (key !== null) openDialog({ kind: 'compare', key });
        }}
      >
        {t('stale.compare')}
      </MenuItem>
    </Menu>
  );
}

/** In the header of a state that another program has written. */
export function StaleNote({ stateKey }: { readonly stateKey: string }) {
  const { t } = useTranslation();
  const stale = useWorkspace((state) => state.stale?.keys?.includes(stateKey) === true);
  if (!stale) return null;
  return (
    <span className={styles.note}>
      <FileClock size={14} aria-hidden />
      <span title={t('stale.help')}>{t('stale.changed')}</span>
      <Button className={styles.small} onClick={() => void reloadSource(false)}>
        {t('stale.reload')}
      </Button>
      <Button className={styles.small} onClick={() => openDialog({ kind: 'compare', key: stateKey })}>
        {t('stale.compare')}
      </Button>
    </span>
  );
}
