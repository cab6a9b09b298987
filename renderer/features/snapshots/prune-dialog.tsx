import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Result } from '../../../shared/ipc/result.ts';
import type { SnapshotPruneReport, SnapshotPruneRule } from '../../../shared/ipc/snapshots.ts';
import { pruneSnapshots } from '../../host/snapshots.ts';
import { errorText } from '../../host/told-text.ts';
import { closeDialog } from '../../stores/dialog-store.ts';
import { useSnapshots } from '../../stores/snapshot-store.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { Check, Field, Input } from '../../ui/field.tsx';
import { useFormat } from '../../ui/use-format.ts';
import styles from './snapshots.module.css';

/** Null where no source is open any more. */
type Answer = Result<SnapshotPruneReport> | null;

const LOOK_DELAY_MS = 150;
const WHOLE = /^\d{1,6}$/;

/** Forgets old snapshots by a rule, and says before what that would free. */
export default function PruneDialog() {
  const { t } = useTranslation();
  const format = useFormat();
  const changes = useSnapshots((state) => state.changes);
  const [keep, setKeep] = useState('20');
  const [days, setDays] = useState('');
  const [manual, setManual] = useState(false);
  const [told, setTold] = useState<{ readonly question: string; readonly answer: Answer } | null>(null);
  const [working, setWorking] = useState(false);
  const isRule = WHOLE.test(keep) && (days === '' || WHOLE.test(days));

  const question = isRule ? `${keep} ${days} ${String(manual)} ${changes}` : null;
  const answer = told !== null && told.question === question ? told.answer : null;

  useEffect(() => {
    if (question === null) return undefined;
    let isCurrent = true;
    const look = async () => {
      const found = await pruneSnapshots(ruleOf(keep, days, manual), true);
      if (isCurrent) setTold({ question, answer: found });
    };
    const timer = setTimeout(() => void look(), LOOK_DELAY_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [question, keep, days, manual]);

  const plan = answer?.ok === true ? answer.value : null;
  const prune = async () => {
    setWorking(true);
    const done = await pruneSnapshots(ruleOf(keep, days, manual), false);
    setWorking(false);
    if (done?.ok === true) closeDialog();
    else if (question !== null) setTold({ question, answer: done });
  };
  return (
    <Dialog open onClose={closeDialog} title={t('snapshots.pruneTitle')} closeLabel={t('common.close')}>
      <DialogBody>
        <div className={styles.form}>
          <Field label={t('snapshots.keepLabel')}>
            <Input inputMode="numeric" value={keep} onChange={(event) => setKeep(event.target.value.trim())} />
          </Field>
          <Field label={t('snapshots.daysLabel')}>
            <Input inputMode="numeric" value={days} onChange={(event) => setDays(event.target.value.trim())} />
          </Field>
          <Check
            label={t('snapshots.alsoManual')}
            checked={manual}
            onChange={(event) => setManual(event.target.checked)}
          />
        </div>
        <p className={styles.plan} role="status">
          {!isRule
            ? t('snapshots.notANumber')
            : answer?.ok === false
              ? errorText(t, answer.error)
              : plan === null
                ? t('snapshots.counting')
                : plan.snapshots === 0
                  ? t('snapshots.planNothing')
                  : t('snapshots.plan', {
                      count: plan.snapshots,
                      size: format.bytes(plan.bytes),
                      remaining: format.count(plan.remaining),
                    })}
        </p>
      </DialogBody>
      <DialogActions>
        <Button onClick={closeDialog}>{t('common.cancel')}</Button>
        <Button kind="primary" disabled={plan === null || plan.snapshots === 0 || working} onClick={() => void prune()}>
          {t('snapshots.pruneNow', { count: plan?.snapshots ?? 0 })}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function ruleOf(keep: string, days: string, manual: boolean): SnapshotPruneRule {
  return { keep: Number(keep), olderThanDays: days === '' ? null : Number(days), manual };
}
