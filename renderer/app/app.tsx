import { lazy, Suspense } from 'react';
import { LinksDialog } from '../features/problems/links-dialog.tsx';
import { EmptyView } from '../features/welcome/empty-view.tsx';
import { FailureBanner, FailureView } from '../features/welcome/failure-view.tsx';
import { OpeningView } from '../features/welcome/opening-view.tsx';
import { useDialog } from '../stores/dialog-store.ts';
import { useDraft } from '../stores/draft-store.ts';
import { useUi } from '../stores/ui-store.ts';
import { useWorkspace } from '../stores/workspace-store.ts';
import styles from './app.module.css';
import { runCommand } from './commands.ts';
import { DropOverlay } from './drop-overlay.tsx';
import { NoticeLine } from './notice-line.tsx';
import { Shell } from './shell.tsx';
import { StatusBar } from './status-bar.tsx';
import { useKeys } from './use-keys.ts';

// Not needed for the first paint.
const CommandPalette = lazy(() => import('./command-palette.tsx'));
const EditingDialogs = lazy(() => import('../features/editing/editing-dialogs.tsx'));
const ShortcutSheet = lazy(() => import('./shortcut-sheet.tsx'));

export function App() {
  useKeys();
  const { workspace, opening, failure } = useWorkspace();
  const palette = useUi((ui) => ui.palette);
  const shortcuts = useUi((ui) => ui.shortcuts);
  const dialog = useDialog((state) => state.dialog !== null);
  const typing = useDraft(({ draft }) => draft?.place === 'add' || draft?.place === 'rename');
  const asking = dialog || typing;
  return (
    <div className={styles.app} data-armed={workspace?.armed === true || undefined}>
      {workspace ? (
        <>
          {failure ? <FailureBanner failure={failure} openName={workspace.name} /> : null}
          <Shell workspace={workspace} />
          <LinksDialog workspace={workspace} />
        </>
      ) : opening ? (
        <OpeningView opening={opening} />
      ) : failure ? (
        <FailureView failure={failure} />
      ) : (
        <EmptyView
          onOpenFolder={() => runCommand('open-folder')}
          onOpenFile={() => runCommand('open-file')}
          onOpenSample={() => runCommand('open-sample')}
        />
      )}
      <StatusBar />
      <NoticeLine />
      <DropOverlay />
      <Suspense>
        {workspace && asking ? <EditingDialogs workspace={workspace} /> : null}
        {palette ? <CommandPalette /> : null}
        {shortcuts ? <ShortcutSheet /> : null}
      </Suspense>
    </div>
  );
}
