import { Lock, LockOpen } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import { armSource } from '../../host/writing.ts';
import { openDialog } from '../../stores/dialog-store.ts';
import { cx } from '../../ui/cx.ts';
import { StatusButton } from '../../ui/status-button.tsx';
import styles from './arming.module.css';

/** Whether the open source may be written to, and the switch. */
export function ArmingButton({ workspace }: { readonly workspace: WorkspaceSummary }) {
  const { t } = useTranslation();
  const { notWritable, asOf } = workspace;
  const armed = workspace.armed && asOf === null;
  const help =
    asOf !== null
      ? t('history.noWriting')
      : notWritable === null
        ? t(armed ? 'editing.armedHelp' : 'statusBar.readOnlyHelp')
        : t('editing.notWritable', { reason: t(`notWritable.${notWritable}`) });
  const Icon = armed ? LockOpen : Lock;
  return (
    <StatusButton
      tone={armed ? 'warning' : 'muted'}
      className={cx(styles.badge, armed && styles.armed)}
      title={help}
      disabled={asOf !== null}
      onClick={() => (armed ? void armSource(false) : openDialog({ kind: 'arm' }))}
    >
      <Icon size={12} aria-hidden />
      {t(armed ? 'editing.armed' : 'statusBar.readOnly')}
    </StatusButton>
  );
}
