import { CircleCheck } from 'lucide-react';
import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BackupProgress } from '../../../shared/ipc/backup-model.ts';
import type { BackupWritten } from '../../../shared/ipc/backups.ts';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import { placeForBackup, showInFolder, useBackingUp, verifyBackup } from '../../host/backups.ts';
import { errorText } from '../../host/told-text.ts';
import { closeDialog } from '../../stores/dialog-store.ts';
import { useUi } from '../../stores/ui-store.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { Check, Field, Input } from '../../ui/field.tsx';
import { JobProgress } from '../../ui/job-progress.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './backups.module.css';
import { PassphraseFields, type PassphraseFieldsHandle } from './passphrase-fields.tsx';
import { StateChooser, useStateChoice } from './state-chooser.tsx';
import { useMatching } from './use-matching.ts';

/** Which states go into a new backup, where it is written, and whether it is packed or encrypted. */
export function CreateDialog({ workspace }: { readonly workspace: WorkspaceSummary }) {
  const { t } = useTranslation();
  const filter = useUi((ui) => ui.filter.trim());
  const [name, setName] = useState('');
  const [place, setPlace] = useState<string | null>(null);
  const [gzip, setGzip] = useState(false);
  const [encrypt, setEncrypt] = useState(false);
  const [allowPlain, setAllowPlain] = useState(false);
  const [choice, changeChoice, chosen] = useStateChoice(filter);
  const matching = useMatching(null, chosen);
  const backing = useBackingUp();
  const first = useRef<HTMLInputElement>(null);
  const passphrase = useRef<PassphraseFieldsHandle>(null);
  const { running, cancelling, progress, report: written, error } = backing;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (running || matching.matches?.states === 0) return;
    const secret = encrypt ? (passphrase.current?.take() ?? null) : null;
    if (encrypt && secret === null) return;
    void backing.start({ name: name.trim(), file: place, chosen, gzip, passphrase: secret, allowPlain });
  };
  const choosePlace = async () => {
    const found = await placeForBackup({ name: name.trim(), gzip, encrypted: encrypt });
    if (found !== null) setPlace(found);
  };
  const close = () => (running ? backing.cancel() : closeDialog());
  return (
    <Dialog
      open
      onClose={close}
      title={t('backups.createTitle', { name: visibleText(workspace.name) })}
      closeLabel={t('common.close')}
      initialFocus={first}
      wide
    >
      <form onSubmit={submit} className={styles.form}>
        <DialogBody>
          {written === null ? (
            <fieldset className={styles.fields} disabled={running}>
              <Field label={t('backups.name')}>
                <Input
                  ref={first}
                  maxLength={200}
                  placeholder={t('backups.namePlaceholder')}
                  value={name}
                  onChange={(event) => setName(event.target.value)}
                />
              </Field>
              <StateChooser choice={choice} onChange={changeChoice} matching={matching} filter={filter} />
              <div className={styles.line}>
                <span className={styles.label}>{t('backups.where')}</span>
                <span className={styles.place} title={place ?? undefined}>
                  {place === null ? t('backups.defaultPlace') : visibleText(place)}
                </span>
                <Button kind="quiet" onClick={() => void choosePlace()}>
                  {t('backups.choosePlace')}
                </Button>
              </div>
              <div className={styles.checks}>
                <Check label={t('backups.gzip')} checked={gzip} onChange={(event) => setGzip(event.target.checked)} />
                <Check
                  label={t('backups.encrypt')}
                  checked={encrypt}
                  onChange={(event) => setEncrypt(event.target.checked)}
                />
              </div>
              {encrypt ? <PassphraseFields handle={passphrase} /> : null}
            </fieldset>
          ) : (
            <Written written={written} />
          )}
          <div aria-live="polite">
            {error ? (
              <p className={styles.error} role="alert">
                {errorText(t, error)}
              </p>
            ) : null}
            {error?.code === 'would-be-plain' ? (
              <Check
                label={t('backups.plainAnyway')}
                checked={allowPlain}
                onChange={(event) => setAllowPlain(event.target.checked)}
              />
            ) : null}
            {running ? <Running progress={progress} /> : null}
          </div>
        </DialogBody>
        <DialogActions>
          {running ? (
            <Button onClick={backing.cancel} disabled={cancelling}>
              {t(cancelling ? 'opening.cancelling' : 'common.cancel')}
            </Button>
          ) : written ? (
            <>
              <Button onClick={() => void showInFolder(written.info.file)}>{t('backups.reveal')}</Button>
              <Button
                onClick={() => {
                  closeDialog();
                  void verifyBackup(written.info.file);
                }}
              >
                {t('backups.verify')}
              </Button>
              <Button kind="primary" onClick={closeDialog}>
                {t('common.close')}
              </Button>
            </>
          ) : (
            <>
              <Button onClick={closeDialog}>{t('common.cancel')}</Button>
              <Button type="submit" kind="primary" disabled={matching.matches?.states === 0}>
                {t('backups.createNow')}
              </Button>
            </>
          )}
        </DialogActions>
      </form>
    </Dialog>
  );
}

function Running({ progress }: { readonly progress: BackupProgress | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const phase = t(`backups.phases.${progress?.phase ?? 'checking'}`);
  const fraction = progress === null || progress.total === 0 ? null : progress.done / progress.total;
  const text = progress === null ? phase : `${phase} ${format.bytes(progress.done)}`;
  return <JobProgress label={phase} fraction={fraction} text={text} stateKey={progress?.key} />;
}

/** What was written, and what was not. */
function Written({ written: { info, states, leftOut } }: { readonly written: BackupWritten }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className={styles.written}>
      <p className={styles.summary}>
        <CircleCheck size={14} aria-hidden />
        <strong>{t('backups.written', { count: states, size: format.bytes(info.fileBytes) })}</strong>
      </p>
      <p className={styles.mono}>{visibleText(info.file)}</p>
      {leftOut.length === 0 ? null : (
        <>
          <p className={styles.warning}>{t('backups.leftOut', { count: leftOut.length })}</p>
          <ul className={styles.problems}>
            {leftOut.slice(0, 50).map(({ key, reason }) => (
              <li key={key}>{visibleText(`${key}: ${reason}`)}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
