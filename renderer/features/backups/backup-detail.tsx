import { FolderOpen, GitCompareArrows, RotateCcw, ShieldCheck, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { BackupInfo } from '../../../shared/ipc/backup-model.ts';
import type { BackupRow } from '../../../shared/ipc/backups.ts';
import {
  askRestore,
  askWithWhat,
  compareWithNow,
  openBackup,
  removeBackup,
  showInFolder,
  stopVerifying,
  unlocked,
  verifyListed,
} from '../../host/backups.ts';
import { errorText } from '../../host/told-text.ts';
import { fileOf, isLocked, useBackups } from '../../stores/backup-store.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import { madeAt, nameText } from './backup-text.ts';
import styles from './backups.module.css';
import { VerdictReport } from './verdict-report.tsx';

const ICON = { size: 14, 'aria-hidden': true } as const;

/** The backup on which a person stands: what it says of itself, what was found in it, and what can be done with it. */
export function BackupDetail({ row, others }: { readonly row: BackupRow; readonly others: boolean }) {
  const { t } = useTranslation();
  const { backup, verdict } = row;
  const file = fileOf(row);
  const info = backup.status === 'read' ? backup.info : null;
  const verifying = useBackups((state) => state.verifying.has(file));
  return (
    <section className={styles.detail} aria-label={t('backups.detailOf', { name: nameText(row) })}>
      <header className={styles.detailHead}>
        <h2 className={styles.detailName}>{nameText(row)}</h2>
        <Button kind="primary" disabled={info === null} icon={<RotateCcw {...ICON} />} onClick={() => askRestore(row)}>
          {t('backups.restore')}
        </Button>
        <Button onClick={() => openBackup(row)}>{t('backups.open')}</Button>
        {verifying ? (
          <Button onClick={() => stopVerifying(file)}>{t('backups.stopVerifying')}</Button>
        ) : (
          <Button icon={<ShieldCheck {...ICON} />} onClick={() => verifyListed(row)}>
            {t('backups.verify')}
          </Button>
        )}
        <Button disabled={info === null} icon={<GitCompareArrows {...ICON} />} onClick={() => compareWithNow(row)}>
          {t('backups.compareNow')}
        </Button>
        <Button disabled={info === null || !others} onClick={() => askWithWhat(row)}>
          {t('backups.compareWith')}
        </Button>
        <span className={styles.gap} />
        <IconButton label={t('backups.reveal')} onClick={() => void showInFolder(file)}>
          <FolderOpen {...ICON} />
        </IconButton>
        <IconButton label={t('backups.remove')} onClick={() => void removeBackup(file)}>
          <Trash2 {...ICON} />
        </IconButton>
      </header>
      <div className={styles.detailBody}>
        <dl className={styles.facts}>
          <dt>{t('backups.facts.file')}</dt>
          <dd className={styles.mono}>{visibleText(file)}</dd>
          <dt>{t('backups.facts.made')}</dt>
          <dd>
            <TimeText stored={madeAt(row)} exact />
          </dd>
          {info === null ? null : <Facts info={info} />}
        </dl>
        <div className={styles.found}>
          {backup.status === 'unreadable' ? (
            <p className={styles.error}>{visibleText(errorText(t, backup.error))}</p>
          ) : isLocked(row) ? (
            <p className={styles.note}>
              {t('backups.locked')}{' '}
              <button type="button" className={styles.link} onClick={() => unlocked(row, () => undefined)}>
                {t('backups.unlock')}
              </button>
            </p>
          ) : null}
          {backup.status === 'read' ? (
            <VerdictReport verdict={verdict} checksums={backup.info.checksums || isLocked(row)} />
          ) : null}
        </div>
      </div>
    </section>
  );
}

/** What it says of itself. */
function Facts({ info }: { readonly info: BackupInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { source, writer, only, leftOut, newer, version, stateBytes, packed, encrypted } = info;
  const kinds = [packed ? t('backups.packed') : null, encrypted ? t('backups.encrypted') : null].filter(
    (each) => each !== null,
  );
  return (
    <>
      {source === null ? null : (
        <>
          <dt>{t('backups.facts.source')}</dt>
          <dd className={styles.mono}>{visibleText(source.location)}</dd>
        </>
      )}
      {only === null ? null : (
        <>
          <dt>{t('backups.facts.only')}</dt>
          <dd className={styles.mono}>{visibleText(only.join(', '))}</dd>
        </>
      )}
      {stateBytes === null ? null : (
        <>
          <dt>{t('backups.facts.bytes')}</dt>
          <dd>{[format.bytes(stateBytes), ...kinds].join(' · ')}</dd>
        </>
      )}
      {writer === null ? null : (
        <>
          <dt>{t('backups.facts.writer')}</dt>
          <dd>{visibleText(`${writer.name} ${writer.version}`)}</dd>
        </>
      )}
      {newer ? (
        <>
          <dt>{t('backups.facts.version')}</dt>
          <dd>{t('backups.newer', { version: visibleText(version ?? '') })}</dd>
        </>
      ) : null}
      {leftOut.length === 0 ? null : (
        <>
          <dt>{t('backups.facts.leftOut')}</dt>
          <dd>{visibleText(leftOut.map(({ key, reason }) => `${key} (${reason})`).join(', '))}</dd>
        </>
      )}
    </>
  );
}
