import { ArrowRight } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HostError } from '../../../shared/ipc/result.ts';
import type { StoredComparison, StoredDifference } from '../../../shared/ipc/writing.ts';
import { call } from '../../host/client.ts';
import { reloadSource } from '../../host/opening.ts';
import { errorText } from '../../host/told-text.ts';
import { closeDialog } from '../../stores/dialog-store.ts';
import { useWorkspace } from '../../stores/workspace-store.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './comparison.module.css';

const SIGNS = { added: '+', removed: '−', changed: '~' } as const;

export interface ComparisonDialogProps {
  readonly stateKey: string;
  /** A write was refused because of it. */
  readonly conflict: boolean;
}

/** What is shown of a state against what is stored now. */
export function ComparisonDialog({ stateKey, conflict }: ComparisonDialogProps) {
  const { t } = useTranslation();
  const reload = useRef<HTMLButtonElement>(null);
  const { comparison, error } = useComparison(stateKey);
  const name = visibleText(stateKey);
  return (
    <Dialog
      open
      onClose={closeDialog}
      title={t(conflict ? 'stale.conflictTitle' : 'stale.compareTitle', { name })}
      closeLabel={t('common.close')}
      initialFocus={reload}
      wide
    >
      <DialogBody>
        {conflict && comparison?.status === 'changed' ? <p className={styles.lead}>{t('stale.conflictBody')}</p> : null}
        {error ? <p className={styles.error}>{errorText(t, error)}</p> : null}
        {!comparison && !error ? <p className={styles.muted}>{t('stale.reading')}</p> : null}
        {comparison?.status === 'same' ? <p>{t('stale.same')}</p> : null}
        {comparison?.status === 'gone' ? <p>{t('stale.gone', { name })}</p> : null}
        {comparison?.status === 'changed' ? (
          <Differences differences={comparison.differences} more={comparison.more} />
        ) : null}
      </DialogBody>
      <DialogActions>
        <Button onClick={closeDialog}>{t(conflict ? 'common.cancel' : 'common.close')}</Button>
        <Button
          ref={reload}
          kind="primary"
          onClick={() => {
            closeDialog();
            void reloadSource(false);
          }}
        >
          {t('stale.reload')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

interface DifferencesProps {
  readonly differences: readonly StoredDifference[];
  readonly more: number;
}

function Differences({ differences, more }: DifferencesProps) {
  const { t } = useTranslation();
  return (
    <>
      <ul className={styles.list} aria-label={t('stale.list')}>
        {differences.map(({ kind, path, before, after }, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- paths of duplicate members are the same, and nothing moves
          <li key={index} className={styles.difference}>
            <span
              className={styles[kind]}
              title={t(`stale.kinds.${kind}`)}
              role="img"
              aria-label={t(`stale.kinds.${kind}`)}
            >
              {SIGNS[kind]}
            </span>
            <span className={styles.path}>{visibleText(path)}</span>
            <span className={styles.values}>
              {before === null ? null : <del className={styles.before}>{visibleText(before)}</del>}
              {before === null || after === null ? null : <ArrowRight size={12} aria-hidden />}
              {after === null ? null : <ins className={styles.after}>{visibleText(after)}</ins>}
            </span>
          </li>
        ))}
      </ul>
      {more > 0 ? <p className={styles.muted}>{t('stale.more', { count: more })}</p> : null}
    </>
  );
}

function useComparison(key: string): {
  readonly comparison: StoredComparison | null;
  readonly error: HostError | null;
} {
  const workspace = useWorkspace((state) => state.workspace?.workspace ?? null);
  const [comparison, setComparison] = useState<StoredComparison | null>(null);
  const [error, setError] = useState<HostError | null>(null);
  useEffect(() => {
    if (workspace === null) return undefined;
    let live = true;
    const read = async () => {
      const answer = await call('state.compare', { workspace, key });
      if (!live) return;
      if (answer.ok) setComparison(answer.value);
      else setError(answer.error);
    };
    void read();
    return () => {
      live = false;
    };
  }, [workspace, key]);
  return { comparison, error };
}
