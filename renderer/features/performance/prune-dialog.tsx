import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { JournalPruneReport, JournalPruneRule } from '../../../shared/ipc/performance.ts';
import type { Result } from '../../../shared/ipc/result.ts';
import { pruneJournal } from '../../host/performance.ts';
import { errorText } from '../../host/told-text.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { useFormat } from '../../ui/use-format.ts';

export interface PruneDialogProps {
  readonly rule: JournalPruneRule;
  readonly onClose: () => void;
}

/** Forgets the oldest recorded changes, and says before what that would free. */
export function PruneDialog({ rule, onClose }: PruneDialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [told, setTold] = useState<Result<JournalPruneReport> | null>(null);
  const [working, setWorking] = useState(false);
  useEffect(() => {
    let isCurrent = true;
    const look = async () => {
      const answer = await pruneJournal(rule, true);
      if (isCurrent) setTold(answer);
    };
    void look();
    return () => {
      isCurrent = false;
    };
  }, [rule]);
  const plan = told?.ok === true ? told.value : null;
  const prune = async () => {
    setWorking(true);
    const answer = await pruneJournal(rule, false);
    setWorking(false);
    if (answer === null || answer.ok) onClose();
    else setTold(answer);
  };
  return (
    <Dialog open onClose={onClose} title={t('performance.prune.title')} closeLabel={t('common.close')}>
      <DialogBody>
        <p role="status">
          {told?.ok === false
            ? errorText(t, told.error)
            : plan === null
              ? t('common.loading')
              : plan.changes === 0
                ? t('performance.prune.nothing')
                : t('performance.prune.plan', {
                    count: plan.changes,
                    freed: format.bytes(plan.bytes),
                    size: format.bytes(plan.bytesOfJournal),
                  })}
        </p>
      </DialogBody>
      <DialogActions>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button kind="primary" disabled={plan === null || plan.changes === 0 || working} onClick={() => void prune()}>
          {t('performance.prune.now', { count: plan?.changes ?? 0 })}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
