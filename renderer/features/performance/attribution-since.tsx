import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SnapshotInfo } from '../../../shared/ipc/snapshots.ts';
import { call } from '../../host/client.ts';
import { measure } from '../../host/measuring.ts';
import { useAttribution } from '../../stores/attribution-store.ts';
import { useSnapshots } from '../../stores/snapshot-store.ts';
import { Select } from '../../ui/field.tsx';
import { useFormat } from '../../ui/use-format.ts';
import styles from './attribution.module.css';
import { snapshotText } from './attribution-text.ts';

const MOST = 200;

/** Since when growth is told: one of the newest snapshots, or never. */
export function SinceField({ workspace }: { readonly workspace: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const since = useAttribution((state) => state.since);
  const changes = useSnapshots((state) => state.changes);
  const [snapshots, setSnapshots] = useState<readonly SnapshotInfo[]>([]);
  useEffect(() => {
    let asked = true;
    const ask = async () => {
      const answer = await call('snapshots.rows', { workspace, words: '', offset: 0, limit: MOST });
      if (asked && answer.ok) setSnapshots(answer.value.rows);
    };
    void ask();
    return () => {
      asked = false;
    };
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- asked again for each change
  }, [workspace, changes]);
  const options = [
    { value: '', text: t('attribution.sinceNothing') },
    ...snapshots.map((snapshot) => ({ value: snapshot.id, text: snapshotText(format, snapshot) })),
  ];
  return (
    <span className={styles.since}>
      {t('attribution.since')}
      <Select
        label={t('attribution.since')}
        value={since?.id ?? ''}
        options={options}
        onChange={(chosen) => measure({ since: snapshots.find(({ id }) => id === chosen) ?? null })}
      />
    </span>
  );
}
