import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Group, Panel, type PanelSize, Separator } from 'react-resizable-panels';
import type { WorkspaceSummary } from '../../shared/ipc/model.ts';
import { BackupsView } from '../features/backups/backups-view.tsx';
import { ConsistencyView } from '../features/consistency/consistency-view.tsx';
import { DiffPane } from '../features/diff/diff-pane.tsx';
import { DiffView } from '../features/diff/diff-view.tsx';
import { ValueEditor } from '../features/editing/value-editor.tsx';
import { Explorer } from '../features/explorer/explorer.tsx';
import { ChangePane } from '../features/history/change-pane.tsx';
import { HistoryView } from '../features/history/history-view.tsx';
import { Timeline } from '../features/history/timeline.tsx';
import { Inspector } from '../features/inspector/inspector.tsx';
import { OverviewView } from '../features/overview/overview-view.tsx';
import { PersistenceView } from '../features/persistence/persistence-view.tsx';
import { ProblemsPanel } from '../features/problems/problems-panel.tsx';
import { SearchView } from '../features/search/search-view.tsx';
import { SnapshotsView } from '../features/snapshots/snapshots-view.tsx';
import { SyncView } from '../features/sync/sync-view.tsx';
import { WatchesView } from '../features/watches/watches-view.tsx';
import { useDiff } from '../stores/diff-store.ts';
import type { Draft } from '../stores/draft-store.ts';
import { useHistoryShown } from '../stores/history-store.ts';
import { changeLayout, useLayout } from '../stores/layout-store.ts';
import { type MiddleView, useSelection } from '../stores/selection-store.ts';
import { useMedia } from '../ui/use-media.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import styles from './shell.module.css';
import { StateArea } from './state-area.tsx';

// With the library that draws charts, which nothing else at the start needs.
const PerformanceView = lazy(() => import('../features/performance/performance-view.tsx'));

/** Too narrow for three columns, as at 200 % zoom: the inspector goes below the tree. */
const NARROW = '(max-width: 860px)';

/** About a state or a change, so that there is something to inspect beside them. */
const SIDE_VIEWS: ReadonlySet<MiddleView> = new Set<MiddleView>(['state', 'history', 'diff']);

type SizeKey = 'explorerWidth' | 'inspectorWidth' | 'inspectorHeight' | 'problemsHeight' | 'timelineHeight';

const editorOf = (draft: Draft) => <ValueEditor draft={draft} />;

/** The panels around the selected state. Side panels keep their pixels when the window changes; the middle takes the rest. */
export function Shell({ workspace }: { readonly workspace: WorkspaceSummary }) {
  const { t } = useTranslation();
  const explorer = useLayout((layout) => layout.explorer);
  const view = useSelection((selection) => selection.view);
  const chat = useDiff(({ tab }) => tab === 'conversation') && view === 'diff';
  const inspector = useLayout((layout) => layout.inspector) && SIDE_VIEWS.has(view) && !chat;
  const changes = useHistoryShown();
  const beside =
    view === 'diff' ? (
      <DiffPane />
    ) : changes ? (
      <ChangePane workspace={workspace.workspace} />
    ) : (
      <Inspector editor={editorOf} />
    );
  const timeline = useLayout((layout) => layout.timeline);
  const problems = useLayout((layout) => layout.problems);
  const narrow = useMedia(NARROW);
  const below = inspector && narrow;
  return (
    <div className={styles.shell}>
      <Group orientation="vertical" disableCursor>
        <Panel id="upper" minSize={160}>
          <Group orientation="horizontal" disableCursor>
            {explorer ? (
              <SidePanel id="explorer" size="explorerWidth" minSize={180} maxSize="50%">
                <Explorer key={workspace.location} workspace={workspace} />
              </SidePanel>
            ) : null}
            {explorer ? <Divider label={t('explorer.title')} /> : null}
            <Panel id="middle" minSize={240}>
              <Group orientation="vertical" disableCursor>
                <Panel id="state" minSize={120}>
                  <ErrorBoundary key={view}>
                    <main className={styles.main}>
                      {view === 'overview' ? (
                        <OverviewView key={workspace.workspace} workspace={workspace} />
                      ) : view === 'persistence' ? (
                        <PersistenceView key={workspace.workspace} workspace={workspace} />
                      ) : view === 'history' ? (
                        <HistoryView key={workspace.workspace} workspace={workspace.workspace} stateKey={null} />
                      ) : view === 'search' ? (
                        <SearchView key={workspace.workspace} workspace={workspace.workspace} />
                      ) : view === 'snapshots' ? (
                        <SnapshotsView key={workspace.workspace} workspace={workspace.workspace} />
                      ) : view === 'backups' ? (
                        <BackupsView key={workspace.workspace} />
                      ) : view === 'consistency' ? (
                        <ConsistencyView key={workspace.workspace} workspace={workspace} />
                      ) : view === 'performance' ? (
                        <Suspense>
                          <PerformanceView key={workspace.workspace} workspace={workspace.workspace} />
                        </Suspense>
                      ) : view === 'diff' ? (
                        <DiffView workspace={workspace.workspace} />
                      ) : view === 'sync' ? (
                        <SyncView key={workspace.workspace} />
                      ) : view === 'watches' ? (
                        <WatchesView />
                      ) : (
                        <StateArea workspace={workspace} />
                      )}
                    </main>
                  </ErrorBoundary>
                </Panel>
                {below ? <Divider label={t('inspector.title')} horizontal /> : null}
                {below ? (
                  <SidePanel id="inspector-below" size="inspectorHeight" minSize={120} maxSize="70%">
                    {beside}
                  </SidePanel>
                ) : null}
              </Group>
            </Panel>
            {inspector && !narrow ? <Divider label={t('inspector.title')} /> : null}
            {inspector && !narrow ? (
              <SidePanel id="inspector" size="inspectorWidth" minSize={220} maxSize="60%">
                {beside}
              </SidePanel>
            ) : null}
          </Group>
        </Panel>
        {timeline ? <Divider label={t('history.timeline')} horizontal /> : null}
        {timeline ? (
          <SidePanel id="timeline" size="timelineHeight" minSize={92} maxSize="50%">
            <Timeline workspace={workspace} onClose={() => changeLayout({ timeline: false })} />
          </SidePanel>
        ) : null}
        {problems ? <Divider label={t('problemsPanel.title')} horizontal /> : null}
        {problems ? (
          <SidePanel id="problems" size="problemsHeight" minSize={96} maxSize="70%">
            <ProblemsPanel workspace={workspace} onClose={() => changeLayout({ problems: false })} />
          </SidePanel>
        ) : null}
      </Group>
    </div>
  );
}

interface SidePanelProps {
  readonly id: string;
  readonly size: SizeKey;
  readonly minSize: number;
  readonly maxSize: string;
  readonly children: ReactNode;
}

/** A panel of fixed pixels whose size is kept between runs. */
function SidePanel({ id, size, minSize, maxSize, children }: SidePanelProps) {
  const [initial] = useState(() => useLayout.getState()[size]);
  const onResize = (now: PanelSize) => {
    const pixels = Math.round(now.inPixels);
    if (pixels > 0 && pixels !== useLayout.getState()[size]) changeLayout({ [size]: pixels });
  };
  return (
    <Panel
      id={id}
      defaultSize={initial}
      minSize={minSize}
      maxSize={maxSize}
      groupResizeBehavior="preserve-pixel-size"
      onResize={onResize}
    >
      <ErrorBoundary>{children}</ErrorBoundary>
    </Panel>
  );
}

function Divider({ label, horizontal = false }: { readonly label: string; readonly horizontal?: boolean }) {
  return <Separator aria-label={label} className={horizontal ? styles.dividerAcross : styles.divider} />;
}
