import { CircleCheck, TriangleAlert } from 'lucide-react';
import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EXPORT_FORMATS, type ExportFormat, type ExportReport } from '../../../shared/ipc/exporting.ts';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import { useJob } from '../../host/use-job.ts';
import { closeDialog } from '../../stores/dialog-store.ts';
import { useOpenState } from '../../stores/state-store.ts';
import { useUi } from '../../stores/ui-store.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { Field, Input, Select } from '../../ui/field.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { Segments } from '../../ui/segments.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './exporting.module.css';

type Scope = 'listed' | 'selected';

/** Of the states that were left out: the dialog has room for a few. */
const MOST_NAMED = 5;

export interface ExportDialogProps {
  readonly workspace: WorkspaceSummary;
  /** Asked for from its menu: this state rather than those that are listed. */
  readonly stateKey: string | null;
}

/** Writes the listed states, or the selected one, to a file of JSON, JSON lines or CSV. */
export default function ExportDialog({ workspace, stateKey }: ExportDialogProps) {
  const { t } = useTranslation();
  const filter = useUi((ui) => ui.filter);
  const shown = useOpenState((state) => state.key);
  const selectedPath = useOpenState(({ key, detail }) => {
    if (stateKey !== null && stateKey !== key) return '$';
    return detail?.kind === 'array' ? detail.paths.jsonpath : '$';
  });
  const selected = stateKey ?? shown;
  const [scope, setScope] = useState<Scope>(stateKey === null ? 'listed' : 'selected');
  const [format, setFormat] = useState<ExportFormat>('json');
  const [path, setPath] = useState<string | null>(null);
  const submitButton = useRef<HTMLButtonElement>(null);
  const exporting = useJob('states.export');
  const { running, progress, report, error } = exporting;
  const rowsPath = path ?? (scope === 'selected' ? selectedPath : '$');

  const changed =
    <T,>(set: (value: T) => void) =>
    (value: T) => {
      set(value);
      exporting.forget();
    };
  const close = () => (running ? exporting.cancel() : closeDialog());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (running) return;
    const which = scope === 'selected' && selected !== null ? { key: selected } : { filter };
    const path = format === 'csv' ? rowsPath.trim() || '$' : null;
    void exporting.start({ workspace: workspace.workspace, which, format, path });
  };
  const listed =
    filter === ''
      ? t('exporting.allStates', { count: workspace.states })
      : t('exporting.filtered', { filter: visibleText(filter) });
  return (
    <Dialog
      open
      onClose={close}
      title={t('exporting.title')}
      closeLabel={t('common.close')}
      initialFocus={submitButton}
    >
      <form onSubmit={submit}>
        <DialogBody>
          <fieldset disabled={running} className={styles.fields}>
            <div className={styles.line}>
              <span className={styles.label}>{t('exporting.states')}</span>
              <Select<Scope>
                label={t('exporting.states')}
                className={styles.scope}
                value={scope}
                onChange={changed(setScope)}
                options={[
                  { value: 'listed', text: listed },
                  ...(selected === null ? [] : [{ value: 'selected' as const, text: visibleText(selected) }]),
                ]}
              />
            </div>
            <div className={styles.line}>
              <span className={styles.label}>{t('exporting.format')}</span>
              <Segments<ExportFormat>
                label={t('exporting.format')}
                value={format}
                onChange={changed(setFormat)}
                options={EXPORT_FORMATS.map((value) => ({ value, text: t(`exporting.formats.${value}`) }))}
              />
            </div>
            <p className={styles.help}>{t(`exporting.formatHelp.${format}`)}</p>
            {format === 'csv' ? (
              <Field label={t('exporting.path')}>
                <Input
                  mono
                  maxLength={4096}
                  placeholder="$.messages"
                  value={rowsPath}
                  onChange={(event) => changed(setPath)(event.target.value)}
                />
              </Field>
            ) : null}
          </fieldset>
          <div aria-live="polite" className={styles.outcome}>
            {error ? (
              <p className={styles.error} role="alert">
                {t(`errors.${error.code}`, { ...error.details })} {t(`errorHelp.${error.code}`)}
              </p>
            ) : null}
            {running && progress !== null ? (
              <ProgressBar
                label={t('exporting.title')}
                fraction={progress.total > 0 ? progress.done / progress.total : null}
                text={visibleText(progress.key)}
              />
            ) : null}
            {report ? <Report report={report} /> : null}
          </div>
        </DialogBody>
        <DialogActions>
          <Button onClick={close}>{t(running ? 'common.cancel' : 'common.close')}</Button>
          {running ? null : (
            <Button ref={submitButton} type="submit" kind="primary">
              {t('exporting.start')}
            </Button>
          )}
        </DialogActions>
      </form>
    </Dialog>
  );
}

function Report({ report: { location, states, rows, bytes, leftOut } }: { readonly report: ExportReport }) {
  const { t } = useTranslation();
  const format = useFormat();
  const what = rows === null ? t('units.states', { count: states }) : t('exporting.rows', { count: rows });
  return (
    <>
      <p className={styles.done}>
        <CircleCheck size={16} aria-hidden className={styles.good} />
        <span>{t('exporting.done', { what, size: format.bytes(bytes), location })}</span>
      </p>
      {leftOut.length > 0 ? (
        <p className={styles.done}>
          <TriangleAlert size={16} aria-hidden className={styles.warning} />
          <span>
            {t('exporting.leftOut', {
              count: leftOut.length,
              keys: leftOut
                .slice(0, MOST_NAMED)
                .map(({ key, reason }) => visibleText(`${key} (${reason})`))
                .concat(leftOut.length > MOST_NAMED ? '…' : [])
                .join(', '),
            })}
          </span>
        </p>
      ) : null}
    </>
  );
}
