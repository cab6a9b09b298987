import { CircleCheck, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { WorkspaceSummary } from '../../shared/ipc/model.ts';
import { ArmingButton } from '../features/editing/arming-button.tsx';
import { StaleMenu } from '../features/editing/stale-note.tsx';
import { RecordingItem } from '../features/history/recording-item.tsx';
import { SettingsMenu } from '../features/settings/settings-menu.tsx';
import { cancelOpening } from '../host/opening.ts';
import { useLayout } from '../stores/layout-store.ts';
import { type Opening, useWorkspace } from '../stores/workspace-store.ts';
import { Button } from '../ui/button.tsx';
import { exactText } from '../ui/moment.ts';
import { splitPath } from '../ui/paths.ts';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { StatusButton } from '../ui/status-button.tsx';
import { useFormat } from '../ui/use-format.ts';
import { visibleText } from '../ui/visible-text.ts';
import { runCommand } from './commands.ts';
import { IndexingItem } from './indexing-item.tsx';
import styles from './status-bar.module.css';

export function StatusBar() {
  const { t } = useTranslation();
  const { workspace, opening } = useWorkspace();
  return (
    <footer className={styles.bar} aria-label={t('statusBar.label')}>
      {workspace ? <Source workspace={workspace} /> : <span className={styles.muted}>{t('statusBar.noSource')}</span>}
      <span className={styles.gap} />
      {workspace && opening ? <Job opening={opening} /> : null}
      {workspace?.indexing && !opening ? <IndexingItem indexing={workspace.indexing} /> : null}
      {workspace ? <RecordingItem /> : null}
      {workspace ? <Facts workspace={workspace} /> : null}
      <SettingsMenu />
    </footer>
  );
}

function Source({ workspace }: { readonly workspace: WorkspaceSummary }) {
  const { t } = useTranslation();
  const format = useFormat();
  const openedAt = new Date(workspace.openedAt);
  return (
    <>
      <ArmingButton workspace={workspace} />
      <span className={styles.source} title={workspace.location}>
        {workspace.format === 'probe' ? (
          <strong>{t('formats.probe')}</strong>
        ) : (
          <>
            <strong>{visibleText(workspace.name)}</strong>
            <span className={styles.muted}>{t(`formats.${workspace.format}`)}</span>
            <span className={styles.location}>{visibleText(splitPath(workspace.location).folder)}</span>
          </>
        )}
      </span>
      {workspace.asOf === null ? (
        <span className={styles.asOf} title={t('statusBar.asOfHelp', { time: format.exact(openedAt) })}>
          {t('statusBar.asOf', { time: format.clock(openedAt) })}
        </span>
      ) : (
        <strong className={styles.past}>
          {t('statusBar.asOf', { time: exactText(workspace.asOf.time, format.locale) })}
        </strong>
      )}
      <StaleMenu />
    </>
  );
}

function Facts({ workspace }: { readonly workspace: WorkspaceSummary }) {
  const { t } = useTranslation();
  const format = useFormat();
  const shown = useLayout((layout) => layout.problems);
  const some = workspace.problems > 0;
  const kinds = Object.entries(workspace.kinds).map(([kind, count]) => `${kind}: ${format.count(count)}`);
  return (
    <>
      <span className={styles.fact} title={kinds.join('\n')}>
        {t(workspace.indexing ? 'indexing.soFar' : 'units.states', { count: workspace.states })}
      </span>
      <span className={styles.fact} title={t('units.bytes', { count: workspace.bytes })}>
        {format.bytes(workspace.bytes)}
      </span>
      <StatusButton
        className={styles.problems}
        aria-expanded={shown}
        data-some={some}
        onClick={() => runCommand('toggle-problems')}
      >
        {some ? <TriangleAlert size={12} aria-hidden /> : <CircleCheck size={12} aria-hidden />}
        {some ? t('units.problems', { count: workspace.problems }) : t('statusBar.noProblems')}
      </StatusButton>
    </>
  );
}

function Job({ opening }: { readonly opening: Opening }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { progress, rate } = opening;
  const parts = [t('statusBar.job', { name: splitPath(opening.location).name })];
  if (progress) {
    parts.push(t(`opening.phases.${progress.phase}`));
    if (progress.total > 0) {
      parts.push(t('opening.bytesOf', { done: format.bytes(progress.done), total: format.bytes(progress.total) }));
    }
  }
  if (rate.perSecond !== null) parts.push(t('units.perSecond', { amount: format.bytes(rate.perSecond) }));
  return (
    <span className={styles.job}>
      <span className={styles.jobBar}>
        <ProgressBar
          label={t('opening.progress')}
          fraction={progress && progress.total > 0 ? progress.done / progress.total : null}
          text={parts.join(' ')}
        />
      </span>
      <span className={styles.jobText} title={progress?.item}>
        {parts.join(' · ')}
      </span>
      <Button kind="quiet" className={styles.cancel} onClick={cancelOpening} disabled={opening.cancelling}>
        {opening.cancelling ? t('opening.cancelling') : t('common.cancel')}
      </Button>
    </span>
  );
}
