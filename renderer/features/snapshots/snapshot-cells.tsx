import { Pin } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { SnapshotInfo } from '../../../shared/ipc/snapshots.ts';
import { TimeText } from '../../ui/time-text.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import { nameText } from './snapshot-text.ts';
import styles from './snapshots.module.css';

export function SnapshotCells({ snapshot }: { readonly snapshot: SnapshotInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { takenAt, description, tags, pinned, reason, states, bytes, name } = snapshot;
  return (
    <>
      <span role="gridcell" className={styles.time}>
        <TimeText stored={takenAt} />
      </span>
      <span role="gridcell" className={styles.name} title={description === '' ? undefined : visibleText(description)}>
        {pinned ? <Pin size={12} className={styles.pin} aria-label={t('snapshots.pinned')} /> : null}
        <span className={name === '' ? styles.unnamed : styles.named}>{nameText(t, snapshot)}</span>
        {description === '' ? null : <span className={styles.description}>{visibleText(description)}</span>}
      </span>
      <span role="gridcell" className={styles.tags}>
        {tags.map((tag) => (
          <span key={tag} className={styles.tag}>
            {visibleText(tag)}
          </span>
        ))}
      </span>
      <span role="gridcell" className={styles.reason}>
        {t(`snapshots.reasons.${reason}`)}
      </span>
      <span role="gridcell" className={styles.states}>
        {format.count(states)}
      </span>
      <span role="gridcell" className={styles.size}>
        {format.bytes(bytes)}
      </span>
    </>
  );
}
