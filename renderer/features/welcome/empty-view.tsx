import { Database, File, FlaskConical, FolderOpen } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button.tsx';
import { RecentsList } from './recents-list.tsx';
import styles from './welcome.module.css';

export interface EmptyViewProps {
  readonly onOpenFolder: () => void;
  readonly onOpenFile: () => void;
  readonly onOpenAddress: () => void;
  readonly onOpenSample: () => void;
}

/** Nothing is open: what to do next. */
export function EmptyView({ onOpenFolder, onOpenFile, onOpenAddress, onOpenSample }: EmptyViewProps) {
  const { t } = useTranslation();
  return (
    <main className={styles.page}>
      <div className={styles.column}>
        <h1 className={styles.title}>{t('welcome.title')}</h1>
        <p className={styles.lead}>{t('welcome.lead')}</p>
        <div className={styles.buttons}>
          <Button kind="primary" icon={<FolderOpen size={14} aria-hidden />} onClick={onOpenFolder}>
            {t('welcome.openFolder')}
          </Button>
          <Button icon={<File size={14} aria-hidden />} onClick={onOpenFile}>
            {t('welcome.openFile')}
          </Button>
          <Button icon={<Database size={14} aria-hidden />} onClick={onOpenAddress}>
            {t('welcome.openAddress')}
          </Button>
          <Button icon={<FlaskConical size={14} aria-hidden />} onClick={onOpenSample}>
            {t('welcome.openSample')}
          </Button>
        </div>
        <p className={styles.drop}>{t('welcome.drop')}</p>
        <RecentsList />
      </div>
    </main>
  );
}
