import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ScheduleDraft } from '../../../shared/ipc/backup-schedules.ts';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import type { HostError } from '../../../shared/ipc/result.ts';
import { pickLocation } from '../../host/backups.ts';
import { removeSchedule, saveSchedule } from '../../host/schedules.ts';
import { errorText } from '../../host/told-text.ts';
import { useBackups } from '../../stores/backup-store.ts';
import { closeDialog } from '../../stores/dialog-store.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { Check, Field, Input } from '../../ui/field.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import { globsOf } from './backup-text.ts';
import styles from './backups.module.css';
import { PassphraseFields, type PassphraseFieldsHandle } from './passphrase-fields.tsx';
import { RunList } from './run-list.tsx';
import { TimingFields } from './timing-fields.tsx';

const WHOLE = /^\d{1,6}$/;
const HOUR_S = 3600;
const KEPT = 10;

export interface ScheduleDialogProps {
  readonly workspace: WorkspaceSummary;
  /** Null: a new one. */
  readonly id: string | null;
}

/** When backups are made by themselves, of what, where to, and how many are kept; and how they went. */
export function ScheduleDialog({ workspace, id }: ScheduleDialogProps) {
  const { t } = useTranslation();
  const { schedules, list } = useBackups();
  const status = schedules?.schedules.find(({ schedule }) => schedule.id === id) ?? null;
  const [draft, setDraft] = useState<ScheduleDraft>(
    () =>
      status?.schedule ?? {
        source: workspace.location,
        followLinks: false,
        timing: { by: 'interval', seconds: HOUR_S },
        folder: list?.folders.find(({ why }) => why === 'default')?.folder ?? '',
        gzip: true,
        encrypted: false,
        only: null,
        keep: { count: KEPT, days: null },
        skipUnchanged: true,
        enabled: true,
      },
  );
  const [globs, setGlobs] = useState(draft.only?.join(', ') ?? '');
  const [count, setCount] = useState(draft.keep.count === null ? '' : String(draft.keep.count));
  const [days, setDays] = useState(draft.keep.days === null ? '' : String(draft.keep.days));
  const [error, setError] = useState<HostError | null>(null);
  const [saving, setSaving] = useState(false);
  const passphrase = useRef<PassphraseFieldsHandle>(null);
  const change = (part: Partial<ScheduleDraft>) => setDraft((before) => ({ ...before, ...part }));
  const isWhole = [count, days].every((each) => each === '' || WHOLE.test(each));
  const asksPassphrase = draft.encrypted && status?.schedule.encrypted !== true;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isWhole || saving) return;
    const secret = asksPassphrase ? (passphrase.current?.take() ?? null) : null;
    if (asksPassphrase && secret === null) return;
    setSaving(true);
    const only = globsOf(globs);
    const { source, followLinks, timing, folder, gzip, encrypted, skipUnchanged, enabled } = draft;
    const sent = { source, followLinks, timing, folder, gzip, encrypted, skipUnchanged, enabled };
    const refused = await saveSchedule(
      id,
      {
        ...sent,
        only: only.length === 0 ? null : only,
        keep: { count: count === '' ? null : Number(count), days: days === '' ? null : Number(days) },
      },
      secret,
    );
    setSaving(false);
    setError(refused);
    if (refused === null) closeDialog();
  };
  const chooseFolder = async () => {
    const folder = await pickLocation('folder');
    if (folder !== null) change({ folder });
  };
  return (
    <Dialog
      open
      onClose={closeDialog}
      title={t('backups.scheduleTitle', { name: visibleText(workspace.name) })}
      closeLabel={t('common.close')}
      wide
    >
      <form className={styles.form} onSubmit={(event) => void submit(event)}>
        <DialogBody>
          <div className={styles.fields}>
            <Check
              label={t('backups.enabled')}
              checked={draft.enabled}
              onChange={(event) => change({ enabled: event.target.checked })}
            />
            <TimingFields timing={draft.timing} onChange={(timing) => change({ timing })} />
            <div className={styles.pair}>
              <Field label={t('backups.folder')} className={styles.grow}>
                <Input
                  mono
                  maxLength={32_768}
                  value={draft.folder}
                  onChange={(event) => change({ folder: event.target.value })}
                />
              </Field>
              <Button onClick={() => void chooseFolder()}>{t('copying.chooseFolder')}</Button>
            </div>
            <div className={styles.pair}>
              <Field label={t('backups.keepCount')} className={styles.grow}>
                <Input inputMode="numeric" value={count} onChange={(event) => setCount(event.target.value.trim())} />
              </Field>
              <Field label={t('backups.keepDays')} className={styles.grow}>
                <Input inputMode="numeric" value={days} onChange={(event) => setDays(event.target.value.trim())} />
              </Field>
            </div>
            <p className={styles.note}>{t(isWhole ? 'backups.keepHelp' : 'snapshots.notANumber')}</p>
            <Field label={t('backups.scheduleGlobs')}>
              <Input
                mono
                maxLength={10_000}
                placeholder="agent:*, session:42"
                value={globs}
                onChange={(event) => setGlobs(event.target.value)}
              />
            </Field>
            <div className={styles.checks}>
              <Check
                label={t('backups.gzip')}
                checked={draft.gzip}
                onChange={(event) => change({ gzip: event.target.checked })}
              />
              <Check
                label={t('backups.skipUnchanged')}
                checked={draft.skipUnchanged}
                onChange={(event) => change({ skipUnchanged: event.target.checked })}
              />
              <Check
                label={t('backups.encrypt')}
                disabled={schedules?.canEncrypt !== true}
                checked={draft.encrypted}
                onChange={(event) => change({ encrypted: event.target.checked })}
              />
            </div>
            {schedules?.canEncrypt === true ? null : <p className={styles.note}>{t('backups.cannotEncrypt')}</p>}
            {asksPassphrase ? <PassphraseFields handle={passphrase} /> : null}
            {error ? (
              <p className={styles.error} role="alert">
                {errorText(t, error)}
              </p>
            ) : null}
            {status === null ? null : <RunList runs={status.runs} />}
          </div>
        </DialogBody>
        <DialogActions>
          {id === null ? null : (
            <Button
              kind="quiet"
              className={styles.left}
              onClick={() => {
                closeDialog();
                void removeSchedule(id);
              }}
            >
              {t('backups.removeSchedule')}
            </Button>
          )}
          <Button onClick={closeDialog}>{t('common.cancel')}</Button>
          <Button type="submit" kind="primary" disabled={!isWhole || saving}>
            {t('backups.saveSchedule')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
