import { CircleCheck, CircleX } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BisectResult, QueryFault } from '../../../shared/ipc/history.ts';
import type { HostError } from '../../../shared/ipc/result.ts';
import { type Job, startJob } from '../../host/client.ts';
import { selectChange, setQuery } from '../../host/history.ts';
import { errorText, queryFaultText } from '../../host/told-text.ts';
import { closeDialog } from '../../stores/dialog-store.ts';
import { quoted } from '../../stores/history-store.ts';
import { changeLayout } from '../../stores/layout-store.ts';
import { selectState, selectTab } from '../../stores/selection-store.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { ExpressionField } from '../../ui/expression-field.tsx';
import { exactText } from '../../ui/moment.ts';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { Segments } from '../../ui/segments.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './bisect.module.css';
import { ShortChange } from './change-cells.tsx';

type Mode = 'fast' | 'linear';
type BisectJob = Job<BisectResult | { readonly fault: QueryFault }>;

export interface BisectDialogProps {
  readonly workspace: string;
  readonly stateKey: string;
}

/** Finds the first change of a state after which something that held does not hold any more. */
export default function BisectDialog({ workspace, stateKey }: BisectDialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const field = useRef<HTMLInputElement>(null);
  const [expression, setExpression] = useState('');
  const [mode, setMode] = useState<Mode>('fast');
  const [fault, setFault] = useState<QueryFault | null>(null);
  const [error, setError] = useState<HostError | null>(null);
  const [result, setResult] = useState<BisectResult | null>(null);
  const [progress, setProgress] = useState<{ readonly done: number; readonly total: number } | null>(null);
  const [running, setRunning] = useState(false);
  const job = useRef<BisectJob | null>(null);
  useEffect(() => () => job.current?.cancel(), []);

  const run = async (event: FormEvent) => {
    event.preventDefault();
    if (running || expression.trim() === '') return;
    setFault(null);
    setError(null);
    setResult(null);
    setProgress(null);
    setRunning(true);
    const input = { workspace, key: stateKey, expression, linear: mode === 'linear' };
    const started = startJob('history.bisect', input, setProgress);
    job.current = started;
    const answer = await started.done;
    if (job.current !== started) return;
    job.current = null;
    setRunning(false);
    if (!answer.ok) setError(answer.error);
    else if ('fault' in answer.value) setFault(answer.value.fault);
    else setResult(answer.value);
  };
  // At once, whatever the engine is in the middle of.
  const cancel = () => {
    job.current?.cancel();
    job.current = null;
    setRunning(false);
  };
  const runningText = progress ? t('history.bisect.progress', progress) : t('history.bisect.running');
  const show = (seq: number) => {
    closeDialog();
    selectState(stateKey);
    selectTab('history');
    setQuery({ of: 'state', key: stateKey }, `key:${quoted(stateKey)}`);
    changeLayout({ inspector: true });
    selectChange(seq);
  };
  return (
    <Dialog
      open
      onClose={closeDialog}
      title={t('history.bisect.title', { key: visibleText(stateKey) })}
      closeLabel={t('common.close')}
      initialFocus={field}
      wide
    >
      <form onSubmit={(event) => void run(event)}>
        <DialogBody>
          <p className={styles.lead}>{t('history.bisect.lead')}</p>
          <ExpressionField
            ref={field}
            label={t('history.bisect.expression')}
            value={expression}
            fault={fault ? queryFaultText(t, fault) : null}
            onChange={(text) => {
              setExpression(text);
              setFault(null);
            }}
          />
          <div className={styles.mode}>
            <Segments<Mode>
              label={t('history.bisect.mode')}
              value={mode}
              options={[
                { value: 'fast', text: t('history.bisect.fast') },
                { value: 'linear', text: t('history.bisect.linear') },
              ]}
              onChange={setMode}
            />
            <span className={styles.note}>{t(`history.bisect.${mode}Help`)}</span>
          </div>
          {running ? (
            <div className={styles.progress}>
              <ProgressBar
                label={t('history.bisect.running')}
                fraction={progress && progress.total > 0 ? progress.done / progress.total : null}
                text={runningText}
              />
              <p className={styles.note}>{runningText}</p>
            </div>
          ) : null}
          {error ? <p className={styles.error}>{errorText(t, error)}</p> : null}
          {result ? (
            <div className={styles.result} role="status">
              <p className={styles.verdict}>
                {result.note === 'always-true' ? (
                  <CircleCheck size={14} aria-hidden className={styles.good} />
                ) : (
                  <CircleX size={14} aria-hidden className={styles.bad} />
                )}
                {result.note === 'found' && result.change
                  ? t('history.bisect.found', {
                      change: format.count(result.change.seq),
                      time: exactText(result.change.time, format.locale),
                    })
                  : t(result.note === 'always-true' ? 'history.bisect.alwaysTrue' : 'history.bisect.neverTrue')}
              </p>
              {result.change ? (
                <div className={styles.change}>
                  <span className={styles.path}>
                    {result.change.path === '' ? t('history.wholeState') : visibleText(result.change.path)}
                  </span>
                  <ShortChange change={result.change} />
                </div>
              ) : null}
              <p className={styles.note}>
                {t('history.bisect.cost', { loads: result.loads, count: result.commits })}
                {result.assumed ? ` ${t('history.bisect.assumed')}` : ''}
              </p>
            </div>
          ) : null}
        </DialogBody>
        <DialogActions>
          <Button onClick={running ? cancel : closeDialog}>{t(running ? 'common.cancel' : 'common.close')}</Button>
          {result?.change ? (
            <Button onClick={() => result.change && show(result.change.seq)}>{t('history.bisect.show')}</Button>
          ) : null}
          <Button type="submit" kind="primary" disabled={running || expression.trim() === ''}>
            {t('history.bisect.run')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
