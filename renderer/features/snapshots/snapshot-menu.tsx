import { useTranslation } from 'react-i18next';
import type { MomentRef } from '../../../shared/ipc/moments.ts';
import type { SnapshotInfo } from '../../../shared/ipc/snapshots.ts';
import { openRestore } from '../../host/restoring.ts';
import { changeSnapshot, exportSnapshot, removeSnapshot } from '../../host/snapshots.ts';
import { travel } from '../../host/time-travel.ts';
import { openDialog } from '../../stores/dialog-store.ts';
import { openDiff, openDiffOfAll } from '../../stores/diff-store.ts';
import { MenuItem, MenuSeparator } from '../../ui/menu.tsx';

const NOW: MomentRef = { at: 'now' };

export interface SnapshotMenuProps {
  readonly snapshot: SnapshotInfo | undefined;
  /** The one that was taken before it. */
  readonly before: SnapshotInfo | undefined;
}

/** What a snapshot offers on right-click. */
export function SnapshotMenu({ snapshot, before }: SnapshotMenuProps) {
  const { t } = useTranslation();
  if (snapshot === undefined) return null;
  return (
    <>
      <MenuItem shortcut="Enter" onSelect={() => travel({ snapshot: snapshot.id })}>
        {t('snapshots.look')}
      </MenuItem>
      <MenuItem onSelect={() => compare(snapshot, momentOf(snapshot), NOW)}>{t('snapshots.compareNow')}</MenuItem>
      <MenuItem
        disabled={before === undefined}
        onSelect={() => {
          if (before) compare(snapshot, momentOf(before), momentOf(snapshot));
        }}
      >
        {t('snapshots.compareBefore')}
      </MenuItem>
      <MenuItem onSelect={() => openRestore(momentOf(snapshot), null)}>{t('snapshots.restore')}</MenuItem>
      <MenuSeparator />
      <MenuItem shortcut="F2" onSelect={() => openDialog({ kind: 'edit-snapshot', snapshot })}>
        {t('snapshots.edit')}
      </MenuItem>
      <MenuItem onSelect={() => void changeSnapshot(snapshot, { pinned: !snapshot.pinned })}>
        {t(snapshot.pinned ? 'snapshots.unpin' : 'snapshots.pin')}
      </MenuItem>
      <MenuItem onSelect={() => void exportSnapshot(snapshot)}>{t('snapshots.export')}</MenuItem>
      <MenuSeparator />
      <MenuItem shortcut="Del" disabled={snapshot.pinned} onSelect={() => void removeSnapshot(snapshot)}>
        {t('snapshots.remove')}
      </MenuItem>
    </>
  );
}

function momentOf({ id }: SnapshotInfo): MomentRef {
  return { at: 'snapshot', snapshot: id };
}

/** Of one state, that one; of several, all. */
function compare({ states, firstKey: key }: SnapshotInfo, before: MomentRef, after: MomentRef): void {
  if (states === 1) openDiff({ moment: before, key }, { moment: after, key });
  else openDiffOfAll(before, after);
}
