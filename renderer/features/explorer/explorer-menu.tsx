import { useTranslation } from 'react-i18next';
import type { ExplorerRow } from '../../../shared/ipc/model.ts';
import { copyShown } from '../../host/copying.ts';
import { saveState } from '../../host/exporting.ts';
import { momentOf, openRestore } from '../../host/restoring.ts';
import { openDialog } from '../../stores/dialog-store.ts';
import { askForOther, compareWithMarked, markForCompare, shownState, useDiff } from '../../stores/diff-store.ts';
import { useWorkspace } from '../../stores/workspace-store.ts';
import { MenuItem, MenuSeparator } from '../../ui/menu.tsx';

export interface ExplorerMenuProps {
  /** Null on the heading of a group. */
  readonly state: Extract<ExplorerRow, { row: 'state' }> | null;
  readonly onRemove: () => void;
}

/** What a state offers on right-click. */
export function ExplorerMenu({ state, onRemove }: ExplorerMenuProps) {
  const { t } = useTranslation();
  const marked = useDiff((diff) => diff.marked);
  const asOf = useWorkspace(({ workspace }) => workspace?.asOf ?? null);
  const writable = useWorkspace(
    ({ workspace }) => workspace?.armed === true && workspace.asOf === null && workspace.notWritable === null,
  );
  return (
    <>
      <MenuItem
        disabled={state === null}
        onSelect={() => {
          if (state) copyShown(state.key);
        }}
      >
        {t('copy.key')}
      </MenuItem>
      <MenuItem
        disabled={state === null || asOf === null}
        onSelect={() => {
          if (state && asOf) openRestore(momentOf(asOf), [state.key]);
        }}
      >
        {t('restore.thisState')}
      </MenuItem>
      <MenuItem
        disabled={state === null}
        onSelect={() => {
          if (state) openDialog({ kind: 'take-snapshot', key: state.key });
        }}
      >
        {t('snapshots.ofState')}
      </MenuItem>
      <MenuItem disabled={state === null} onSelect={() => state && void saveState(state.key)}>
        {t('exporting.saveAsFile')}
      </MenuItem>
      <MenuItem
        disabled={state === null}
        onSelect={() => {
          if (state) openDialog({ kind: 'export-states', key: state.key });
        }}
      >
        {t('exporting.export')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem disabled={state === null} onSelect={() => state && askForOther(shownState(state.key))}>
        {t('diff.compareWith')}
      </MenuItem>
      <MenuItem disabled={state === null} onSelect={() => state && markForCompare(shownState(state.key))}>
        {t('diff.mark')}
      </MenuItem>
      <MenuItem
        disabled={state === null || marked === null}
        onSelect={() => state && compareWithMarked(shownState(state.key))}
      >
        {t('diff.compareWithMarked')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem disabled={state === null || !writable} shortcut="Del" onSelect={onRemove}>
        {t('editing.removeState')}
      </MenuItem>
    </>
  );
}
