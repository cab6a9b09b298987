import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isServerAddress } from '../../../shared/ipc/address.ts';
import type { Jobs } from '../../../shared/ipc/contract.ts';
import type { SourceFormat, WorkspaceSummary } from '../../../shared/ipc/model.ts';
import type { HostErrorCode } from '../../../shared/ipc/result.ts';
import { call } from '../../host/client.ts';
import { openSource } from '../../host/opening.ts';
import { useJob } from '../../host/use-job.ts';
import { closeDialog } from '../../stores/dialog-store.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { Check, Field, Input } from '../../ui/field.tsx';
import { Segments } from '../../ui/segments.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import { CopyProgress } from './copy-progress.tsx';
import { CopyReport } from './copy-report.tsx';
import styles from './copying.module.css';

type Overwrite = Jobs['states.copy']['input']['overwrite'];
type Place = 'folder' | 'new-store' | 'new-database';

/** Out of which states can be moved. */
const STORES: ReadonlySet<SourceFormat> = new Set<SourceFormat>([
  'statescope-directory',
  'agent-states-sqlite',
  'agent-states-postgresql',
  'persistence',
]);
const ASKS_FOR_SECRET: ReadonlySet<HostErrorCode> = new Set<HostErrorCode>([
  'secret-needed',
  'secret-wrong',
  'auth-failed',
]);
const LONGEST_PATTERN = 256;

/** Copies states of the open source to a folder or a database, or moves them there. */
export default function CopyDialog({ workspace }: { readonly workspace: WorkspaceSummary }) {
  const { t } = useTranslation();
  const [to, setTo] = useState('');
  const [only, setOnly] = useState('');
  const [overwrite, setOverwrite] = useState<Overwrite>('never');
  const [move, setMove] = useState(false);
  const copying = useJob('states.copy');
  const target = useRef<HTMLInputElement>(null);
  const secret = useRef<HTMLInputElement>(null);
  const { running, report, error, progress, cancelling } = copying;
  const isStore = STORES.has(workspace.format);
  const moves = move && isStore && workspace.armed;

  const run = (dryRun: boolean) => {
    const typed = secret.current?.value ?? '';
    if (secret.current) secret.current.value = '';
    const pattern = only.trim() === '' ? null : only.trim();
    const request = { workspace: workspace.workspace, to: to.trim(), only: pattern, overwrite, dryRun, move: moves };
    void copying.start({ ...request, secret: typed === '' ? undefined : typed });
  };
  /** Whatever else is asked for, the last report is not about it. */
  const changed =
    <T,>(set: (value: T) => void) =>
    (value: T) => {
      set(value);
      copying.forget();
    };
  const pick = async (what: Place) => {
    const answer = await call('workspace.pick', { what });
    if (answer.ok && answer.value) changed(setTo)(answer.value.location);
  };
  const close = () => (running ? copying.cancel() : closeDialog());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (to.trim() !== '' && !running) run(false);
  };
  const open = (location: string) => {
    closeDialog();
    void openSource({ location, followLinks: false });
  };
  const copied = report && !report.dryRun ? report : null;
  return (
    <Dialog
      open
      onClose={close}
      title={t('copying.title', { name: visibleText(workspace.name) })}
      closeLabel={t('common.close')}
      initialFocus={target}
      wide
    >
      <form onSubmit={submit} className={styles.form}>
        <DialogBody>
          <fieldset disabled={running} className={styles.fields}>
            <Field label={t('copying.to')}>
              <Input
                ref={target}
                mono
                maxLength={32_768}
                placeholder={t('copying.toPlaceholder')}
                value={to}
                onChange={(event) => changed(setTo)(event.target.value)}
              />
            </Field>
            <div className={styles.places}>
              <Button onClick={() => void pick('folder')}>{t('copying.chooseFolder')}</Button>
              <Button onClick={() => void pick('new-store')}>{t('copying.newFolder')}</Button>
              <Button onClick={() => void pick('new-database')}>{t('copying.newDatabase')}</Button>
            </div>
            <div className={styles.pair}>
              <Field label={t('copying.only')} className={styles.only}>
                <Input
                  mono
                  maxLength={LONGEST_PATTERN}
                  placeholder="agent:*"
                  value={only}
                  onChange={(event) => changed(setOnly)(event.target.value)}
                />
              </Field>
              <span className={styles.count}>
                <StateCount workspace={workspace} only={only.trim()} />
              </span>
            </div>
            <div className={styles.line}>
              <span className={styles.label}>{t('copying.overwrite')}</span>
              <Segments<Overwrite>
                label={t('copying.overwrite')}
                value={overwrite}
                onChange={changed(setOverwrite)}
                options={(['never', 'older', 'always'] as const).map((value) => ({
                  value,
                  text: t(`copying.overwrites.${value}`),
                  title: t(`copying.overwriteHelp.${value}`),
                }))}
              />
            </div>
            <Check
              label={t('copying.move')}
              disabled={!isStore || !workspace.armed}
              checked={moves}
              onChange={(event) => changed(setMove)(event.target.checked)}
            />
            {workspace.armed && isStore ? null : (
              <p className={styles.note}>{t(isStore ? 'copying.moveReadOnly' : 'copying.moveNoStore')}</p>
            )}
            {error && ASKS_FOR_SECRET.has(error.code) ? (
              <Field label={t(isServerAddress(to.trim()) ? 'secret.password' : 'secret.passphrase')}>
                <Input ref={secret} type="password" maxLength={4096} />
              </Field>
            ) : null}
          </fieldset>
          <div aria-live="polite">
            {error ? (
              <p className={styles.error} role="alert">
                {t(`errors.${error.code}`, { ...error.details })} {t(`errorHelp.${error.code}`)}
              </p>
            ) : null}
            {running ? <CopyProgress progress={progress} /> : null}
            {report ? <CopyReport report={report} /> : null}
          </div>
        </DialogBody>
        <DialogActions>
          {running ? (
            <Button onClick={copying.cancel} disabled={cancelling}>
              {t(cancelling ? 'opening.cancelling' : 'common.cancel')}
            </Button>
          ) : (
            <>
              <Button onClick={closeDialog}>{t('common.close')}</Button>
              {copied ? <Button onClick={() => open(copied.to)}>{t('copying.openTarget')}</Button> : null}
              <Button disabled={to.trim() === ''} onClick={() => run(true)}>
                {t('copying.preview')}
              </Button>
              <Button type="submit" kind="primary" disabled={to.trim() === ''}>
                {t(moves ? 'copying.startMove' : 'copying.start')}
              </Button>
            </>
          )}
        </DialogActions>
      </form>
    </Dialog>
  );
}

/** How many states a pattern fits, where that is known without asking: for all, and for those of one kind. */
function StateCount({ workspace, only }: { readonly workspace: WorkspaceSummary; readonly only: string }) {
  const { t } = useTranslation();
  if (only === '' || only === '*') return t('units.states', { count: workspace.states });
  const [, kind] = /^([^*?]+):\*$/.exec(only) ?? [];
  if (kind === undefined || kind.includes(':')) return t('copying.previewCounts');
  return t('units.states', { count: Object.hasOwn(workspace.kinds, kind) ? (workspace.kinds[kind] ?? 0) : 0 });
}
