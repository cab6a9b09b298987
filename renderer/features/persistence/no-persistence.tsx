import { FilePlus2, FolderOpen } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { SourceFormat, WorkspaceSummary } from '../../../shared/ipc/model.ts';
import { pickSource } from '../../host/opening.ts';
import { createPersistence } from '../../host/persistence.ts';
import { openDialog } from '../../stores/dialog-store.ts';
import { Button } from '../../ui/button.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './persistence.module.css';

/** What can be a backend as it is. */
const STORES: ReadonlySet<SourceFormat> = new Set<SourceFormat>([
  'statescope-directory',
  'agent-states-sqlite',
  'agent-states-postgresql',
]);

/** The open source is no persistence.yaml: what that would be, and the ways to one. */
export function NoPersistence({ workspace: { name, format } }: { readonly workspace: WorkspaceSummary }) {
  const { t } = useTranslation();
  const isStore = STORES.has(format);
  return (
    <div className={styles.page}>
      <h1 className={styles.headline}>{t('persistence.noneTitle', { name: visibleText(name) })}</h1>
      <p className={styles.lead}>{t('persistence.noneBody')}</p>
      {isStore ? null : <p className={styles.lead}>{t('persistence.noStore', { format: t(`formats.${format}`) })}</p>}
      <p className={styles.actions}>
        {isStore ? (
          <Button kind="primary" icon={<FilePlus2 size={14} aria-hidden />} onClick={() => void createPersistence()}>
            {t('persistence.create')}
          </Button>
        ) : (
          <Button kind="primary" onClick={() => openDialog({ kind: 'copy-states' })}>
            {t('commands.copy-states')}
          </Button>
        )}
        <Button icon={<FolderOpen size={14} aria-hidden />} onClick={() => void pickSource('file')}>
          {t('persistence.open')}
        </Button>
      </p>
    </div>
  );
}
