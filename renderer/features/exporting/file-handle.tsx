import { FileOutput } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { dragStateOut, saveState } from '../../host/exporting.ts';
import { IconButton } from '../../ui/button.tsx';
import styles from './exporting.module.css';

/** The shown state as a file: to be dragged to a folder or another program, or to be saved with a click. */
export function FileHandle({ stateKey }: { readonly stateKey: string }) {
  const { t } = useTranslation();
  return (
    <IconButton
      label={t('exporting.handle')}
      className={styles.handle}
      draggable
      onClick={() => void saveState(stateKey)}
      onDragStart={(event) => {
        // The system's drag of a file takes the place of the page's own.
        event.preventDefault();
        void dragStateOut(stateKey);
      }}
    >
      <FileOutput size={14} aria-hidden />
    </IconButton>
  );
}
