import { lazy, Suspense } from 'react';
import { BackupBar } from '../features/backups/backup-bar.tsx';
import { MarkBar } from '../features/diff/mark-bar.tsx';
import { PastBanner } from '../features/history/past-banner.tsx';
import { LinksDialog } from '../features/problems/links-dialog.tsx';
import { EmptyView } from '../features/welcome/empty-view.tsx';
import { FailureBanner, FailureView } from '../features/welcome/failure-view.tsx';
import { OpeningView } from '../features/welcome/opening-view.tsx';
import { isBackupDialog, useDialog } from '../stores/dialog-store.ts';
import { useDiff } from '../stores/diff-store.ts';
import { useDraft } from '../stores/draft-store.ts';
import { useRepair } from '../stores/repair-store.ts';
import { useRestore } from '../stores/restore-store.ts';
import { useSelection } from '../stores/selection-store.ts';
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
const AddressDialog = lazy(() => import('../features/welcome/address-dialog.tsx'));
const BackupDialogs = lazy(() => import('../features/backups/backup-dialogs.tsx'));
const BisectDialog = lazy(() => import('../features/history/bisect-dialog.tsx'));
const CommandPalette = lazy(() => import('./command-palette.tsx'));
const CompareDialog = lazy(() => import('../features/diff/compare-dialog.tsx'));
const CopyDialog = lazy(() => import('../features/copying/copy-dialog.tsx'));
const ExportDialog = lazy(() => import('../features/exporting/export-dialog.tsx'));
const EditingDialogs = lazy(() => import('../features/editing/editing-dialogs.tsx'));
const ProbesDialog = lazy(() => import('../features/probes/probes-dialog.tsx'));
const PruneDialog = lazy(() => import('../features/snapshots/prune-dialog.tsx'));
const RepairDialog = lazy(() => import('../features/consistency/repair-dialog.tsx'));
const RestoreDialog = lazy(() => import('../features/restore/restore-dialog.tsx'));
const ShortcutSheet = lazy(() => import('./shortcut-sheet.tsx'));
const SnapshotDialog = lazy(() => import('../features/snapshots/snapshot-dialog.tsx'));
const WatchDialog = lazy(() => import('../features/watches/watch-dialog.tsx'));

/** Dialogs that are not about writing. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'open-address',
  'copy-states',
  'export-states',
  'bisect',
  'watch',
  'probes',
  'take-snapshot',
  'edit-snapshot',
  'prune-snapshots',
]);

export function App() {
  useKeys();
  const { workspace, opening, failure } = useWorkspace();
  const palette = useUi((ui) => ui.palette);
  const shortcuts = useUi((ui) => ui.shortcuts);
  const open = useDialog((state) => state.dialog);
  const dialog = open?.kind ?? null;
  const selected = useSelection((selection) => selection.key);
  const asking = useDiff((state) => state.asking);
  const restoring = useRestore((state) => state.asked !== null);
  const repairing = useRepair((state) => state.asked !== null);
  const typing = useDraft(({ draft }) => draft?.place === 'add' || draft?.place === 'rename');
  const backup = open !== null && isBackupDialog(open) ? open : null;
  const writing = dialog !== null && backup === null && !ELSEWHERE.has(dialog);
  return (
    <div
      className={styles.app}
      data-armed={(workspace?.armed === true && workspace.asOf === null) || undefined}
      data-past={(workspace != null && workspace.asOf !== null) || undefined}
    >
      {workspace ? (
        <>
          {failure ? <FailureBanner failure={failure} openName={workspace.name} /> : null}
          <PastBanner workspace={workspace} />
          <BackupBar workspace={workspace} />
          <MarkBar />
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
          onOpenAddress={() => runCommand('open-address')}
          onOpenSample={() => runCommand('open-sample')}
        />
      )}
      <StatusBar />
      <NoticeLine />
      <DropOverlay />
      <Suspense>
        {dialog === 'open-address' ? <AddressDialog /> : null}
        {workspace && asking ? <CompareDialog workspace={workspace.workspace} side={asking} /> : null}
        {workspace && dialog === 'copy-states' ? <CopyDialog workspace={workspace} /> : null}
        {workspace && open?.kind === 'export-states' ? (
          <ExportDialog workspace={workspace} stateKey={open.key} />
        ) : null}
        {workspace && open?.kind === 'bisect' ? (
          <BisectDialog workspace={workspace.workspace} stateKey={open.key} />
        ) : null}
        {workspace && open?.kind === 'watch' ? <WatchDialog watch={open.watch} /> : null}
        {workspace && (open?.kind === 'take-snapshot' || open?.kind === 'edit-snapshot') ? (
          <SnapshotDialog
            workspace={workspace}
            snapshot={open.kind === 'edit-snapshot' ? open.snapshot : null}
            stateKey={open.kind === 'take-snapshot' ? (open.key ?? selected) : null}
            onlyState={open.kind === 'take-snapshot' && open.key !== null}
          />
        ) : null}
        {workspace && open?.kind === 'prune-snapshots' ? <PruneDialog /> : null}
        {workspace && backup ? <BackupDialogs workspace={workspace} dialog={backup} /> : null}
        {workspace && repairing ? <RepairDialog workspace={workspace} /> : null}
        {workspace && restoring ? <RestoreDialog workspace={workspace} /> : null}
        {open?.kind === 'probes' ? <ProbesDialog workspace={workspace} /> : null}
        {workspace && (writing || typing) ? <EditingDialogs workspace={workspace} /> : null}
        {palette ? <CommandPalette /> : null}
        {shortcuts ? <ShortcutSheet /> : null}
      </Suspense>
    </div>
  );
}
