import { Check, GitCompareArrows, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { type ConflictRow, type ConflictVersion, shortVersion } from '../../../shared/ipc/sync.ts';
import { openRestore } from '../../host/restoring.ts';
import { compareVersions, momentOf, moreConflicts, settle, showConflicts, showLanesOf } from '../../host/sync.ts';
import { useSync } from '../../stores/sync-store.ts';
import { Button } from '../../ui/button.tsx';
import { Segments } from '../../ui/segments.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './sync.module.css';

/** What nodes wrote without knowing of each other, and which of it stays. */
export function Conflicts() {
  const { t } = useTranslation();
  const { kind, conflicts } = useSync();
  const rows = conflicts?.rows ?? [];
  return (
    <section className={styles.section} aria-label={t('sync.conflicts')}>
      <div className={styles.sectionHead}>
        <h2>{t('sync.conflicts')}</h2>
        <Segments
          label={t('sync.conflicts')}
          value={kind}
          options={[
            { value: 'open', text: t('sync.open') },
            { value: 'settled', text: t('sync.settledOnes') },
          ]}
          onChange={showConflicts}
        />
      </div>
      {conflicts !== null && rows.length === 0 ? (
        <p className={styles.help}>{t(kind === 'open' ? 'sync.noConflicts' : 'sync.noneSettled')}</p>
      ) : null}
      <ul className={styles.conflicts}>
        {rows.map((row) => (
          <Conflict key={`${row.key} ${row.settled?.seq ?? ''}`} row={row} />
        ))}
      </ul>
      {conflicts?.next == null ? null : (
        <Button kind="quiet" onClick={() => void moreConflicts()}>
          {t('common.more')}
        </Button>
      )}
    </section>
  );
}

function Conflict({ row }: { readonly row: ConflictRow }) {
  const { t } = useTranslation();
  const { key, versions, settled } = row;
  return (
    <li>
      <div className={styles.conflictHead}>
        <button type="button" className={styles.key} title={t('sync.showLanes')} onClick={() => showLanesOf(key)}>
          {visibleText(key)}
        </button>
        {settled === null ? null : (
          <span className={styles.help}>
            {t('sync.settledBy', { by: settled.automatic ? t('sync.automatically') : visibleText(settled.by) })}{' '}
            <TimeText stored={settled.at} />
          </span>
        )}
      </div>
      <ul className={styles.versions}>
        {versions.map((version, at) => (
          <Version
            key={version.seq}
            row={row}
            version={version}
            other={versions.find((_other, index) => index !== at && (at === 0 || index === 0)) ?? null}
            isShown={at === 0}
          />
        ))}
      </ul>
    </li>
  );
}

interface VersionProps {
  readonly row: ConflictRow;
  readonly version: ConflictVersion;
  /** With which it is compared. */
  readonly other: ConflictVersion | null;
  readonly isShown: boolean;
}

function Version({ row, version, other, isShown }: VersionProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { key, settled } = row;
  const { writer, counter, node, deleted } = version;
  const isChosen = settled?.chosen?.writer === writer && settled.chosen.counter === counter;
  const name = visibleText(shortVersion(version));
  const note = settled === null ? (isShown ? t('sync.shown') : '') : isChosen ? t('sync.chosen') : t('sync.notChosen');
  return (
    <li className={styles.version} aria-label={name}>
      <span className={styles.node}>{node === '' ? t('sync.here') : visibleText(node)}</span>
      <TimeText stored={version.time} className={styles.help} />
      <span className={styles.size}>{deleted ? t('sync.deleted') : format.bytes(version.bytes)}</span>
      <span className={styles.verdict}>{note}</span>
      {other === null || deleted || other.deleted ? null : (
        <Button
          kind="quiet"
          icon={<GitCompareArrows size={13} aria-hidden />}
          aria-label={t('sync.compareOne', { name, other: visibleText(shortVersion(other)) })}
          onClick={() => compareVersions(key, other, version)}
        >
          {t('sync.compare')}
        </Button>
      )}
      {settled === null ? (
        <Button
          className={styles.decide}
          icon={deleted ? <Trash2 size={13} aria-hidden /> : <Check size={13} aria-hidden />}
          aria-label={t(deleted ? 'sync.keepDeleted' : 'sync.keepOne', { name })}
          onClick={() => void settle(row, { kind: 'version', version: { writer, counter } })}
        >
          {t(deleted ? 'sync.delete' : 'sync.keep')}
        </Button>
      ) : isChosen || deleted ? null : (
        <Button
          kind="quiet"
          className={styles.decide}
          aria-label={t('sync.takeFromOne', { name })}
          onClick={() => openRestore(momentOf(version), [key], name)}
        >
          {t('sync.takeFrom')}
        </Button>
      )}
    </li>
  );
}
