import { Circle, CircleDot, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { HistoryStatus } from '../../../shared/ipc/history.ts';
import { record } from '../../host/history.ts';
import { errorText } from '../../host/told-text.ts';
import { useHistory } from '../../stores/history-store.ts';
import { showHistory } from '../../stores/selection-store.ts';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { exactText } from '../../ui/moment.ts';
import { StatusButton } from '../../ui/status-button.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './recording.module.css';

/** Whether changes of the open source are being recorded, and the switch. */
const WAITING = {
  'large-source': 'history.largeSource',
  encrypted: 'history.encryptedSource',
  'no-journal': 'history.switchedOff',
} as const;

export function RecordingItem() {
  const { t } = useTranslation();
  const status = useHistory((state) => state.status);
  if (!status) return null;
  const Icon = status.problem === null ? (status.recording ? CircleDot : Circle) : TriangleAlert;
  return (
    <Menu
      side="top"
      align="end"
      trigger={
        <StatusButton
          className={styles.item}
          data-recording={status.recording}
          data-problem={status.problem !== null}
          title={
            status.problem
              ? errorText(t, status.problem)
              : t(status.recording ? 'history.recordingHelp' : 'history.notRecordingHelp')
          }
        >
          <Icon size={12} aria-hidden />
          {t(status.recording ? 'history.recording' : 'history.notRecording')}
        </StatusButton>
      }
    >
      <Facts status={status} />
      <MenuSeparator />
      <MenuItem onSelect={() => void record(!status.recording)}>
        {t(status.recording ? 'history.stop' : 'history.start')}
      </MenuItem>
      <MenuItem onSelect={showHistory}>{t('history.open')}</MenuItem>
    </Menu>
  );
}

function Facts({ status }: { readonly status: HistoryStatus }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className={styles.facts}>
      {status.problem === null ? null : (
        <p className={styles.problem}>
          <TriangleAlert size={13} aria-hidden />
          <span>
            {t('history.problem', { reason: errorText(t, status.problem) })}{' '}
            {status.problem.setAside === null
              ? null
              : t('history.setAside', { file: visibleText(status.problem.setAside) })}
          </span>
        </p>
      )}
      {!status.recording && status.problem === null ? <p>{t(WAITING[status.waiting ?? 'no-journal'])}</p> : null}
      {status.uncleanEnd === null ? null : (
        <p>{t('history.uncleanEnd', { time: exactText(status.uncleanEnd, format.locale) })}</p>
      )}
      {status.file === null ? null : (
        <p className={styles.note} title={visibleText(status.file)}>
          {t('history.journal', { count: status.changes, size: format.bytes(status.bytes) })}
        </p>
      )}
    </div>
  );
}
