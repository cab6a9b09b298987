import { Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './drop-overlay.module.css';

/**
 * Says that what is dragged over the window can be dropped. Only the preload script can learn the paths of dropped
 * files: it takes the drop itself, and the main process asks the window to open them.
 */
export function DropOverlay() {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  useEffect(() => {
    const withFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const onOver = (event: DragEvent) => {
      if (!withFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
      setOver(true);
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onEnd = (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
    };
    document.addEventListener('dragenter', onOver);
    document.addEventListener('dragover', onOver);
    document.addEventListener('dragleave', onLeave);
    document.addEventListener('drop', onEnd);
    return () => {
      document.removeEventListener('dragenter', onOver);
      document.removeEventListener('dragover', onOver);
      document.removeEventListener('dragleave', onLeave);
      document.removeEventListener('drop', onEnd);
    };
  }, []);
  if (!over) return null;
  return (
    <div className={styles.overlay}>
      <div className={styles.frame}>
        <Download size={24} aria-hidden />
        <strong>{t('welcome.dropNow')}</strong>
        <span>{t('welcome.dropHelp')}</span>
      </div>
    </div>
  );
}
