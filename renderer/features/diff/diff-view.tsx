import { CircleX, Equal, GitCompareArrows } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { DiffInfo } from '../../../shared/ipc/diff.ts';
import { SHORTCUTS } from '../../../shared/ipc/shortcuts.ts';
import { stepDifference, stopComparing } from '../../host/comparing.ts';
import { errorText } from '../../host/told-text.ts';
import { useApp } from '../../stores/app-store.ts';
import { closeDiff, compareAgain, useDiff } from '../../stores/diff-store.ts';
import { Button } from '../../ui/button.tsx';
import { shortcutText } from '../../ui/shortcut.ts';
import { ChatBar, DiffChat } from './diff-chat.tsx';
import { DiffHeader } from './diff-header.tsx';
import { DiffStatesList } from './diff-states.tsx';
import { DiffTools } from './diff-tools.tsx';
import { DiffTree } from './diff-tree.tsx';
import styles from './diff-view.module.css';

/** What differs between two states, or between all states of two moments. */
export function DiffView({ workspace }: { readonly workspace: string }) {
  const { t } = useTranslation();
  const { wanted, info, states, error } = useDiff();
  if (wanted === null) return <NothingCompared />;
  return (
    <section className={styles.view} aria-label={t('diff.title')} onKeyDown={onStepKey}>
      <DiffHeader wanted={wanted} info={info} />
      {error !== null ? (
        <div className={styles.message} role="alert">
          <p className={styles.messageTitle}>
            <CircleX size={16} aria-hidden className={styles.errorIcon} />
            {t(error.code === 'cancelled' ? 'diff.cancelled' : 'diff.failed')}
          </p>
          {error.code === 'cancelled' ? null : <p className={styles.muted}>{errorText(t, error)}</p>}
          <p className={styles.actions}>
            <Button onClick={compareAgain}>{t('common.retry')}</Button>
            <Button onClick={closeDiff}>{t('common.close')}</Button>
          </p>
        </div>
      ) : info !== null ? (
        <Compared workspace={workspace} info={info} />
      ) : states !== null && wanted.of === 'all' ? (
        <DiffStatesList workspace={workspace} wanted={wanted} states={states} />
      ) : (
        <Comparing />
      )}
    </section>
  );
}

function Compared({ workspace, info }: { readonly workspace: string; readonly info: DiffInfo }) {
  const { t } = useTranslation();
  const tab = useDiff((state) => state.tab);
  if (info.equal) {
    return (
      <div className={styles.message}>
        <p className={styles.messageTitle}>
          <Equal size={16} aria-hidden />
          {t('diff.equal')}
        </p>
        <p className={styles.muted}>{t('diff.equalHelp')}</p>
      </div>
    );
  }
  return (
    <>
      <DiffTools info={info}>
        <ChatBar info={info} />
      </DiffTools>
      {info.coarse ? <p className={styles.coarse}>{t('diff.coarse')}</p> : null}
      {tab === 'conversation' ? (
        <DiffChat workspace={workspace} info={info} />
      ) : (
        <DiffTree key={info.diff} workspace={workspace} info={info} />
      )}
    </>
  );
}

function Comparing() {
  const { t } = useTranslation();
  const progress = useDiff((state) => state.progress);
  return (
    <div className={styles.message} role="status">
      <p className={styles.muted}>
        {progress === null
          ? t('diff.comparing')
          : t('diff.comparingStates', { done: progress.done, total: progress.total })}
      </p>
      <p className={styles.actions}>
        <Button onClick={stopComparing}>{t('common.cancel')}</Button>
      </p>
    </div>
  );
}

/** What to do when nothing is compared. */
function NothingCompared() {
  const { t } = useTranslation();
  const mac = useApp((app) => app.platform === 'darwin');
  return (
    <section className={styles.view} aria-label={t('diff.title')}>
      <div className={styles.message}>
        <p className={styles.messageTitle}>
          <GitCompareArrows size={16} aria-hidden />
          {t('diff.nothing')}
        </p>
        <p className={styles.muted}>
          {t('diff.nothingHelp', { shortcut: shortcutText(SHORTCUTS['compare-with'] ?? '', mac) })}
        </p>
      </div>
    </section>
  );
}

/** n and p, or F7 with and without Shift, go from change to change wherever the focus is in this view. */
function onStepKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target instanceof HTMLElement && /^(input|textarea|select)$/i.test(event.target.tagName)) return;
  const isPrevious = event.key === 'p' || (event.key === 'F7' && event.shiftKey);
  if (!isPrevious && event.key !== 'n' && event.key !== 'F7') return;
  event.preventDefault();
  void stepDifference(isPrevious ? 'previous' : 'next');
}
