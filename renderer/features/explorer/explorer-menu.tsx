import { useTranslation } from 'react-i18next';
import type { ExplorerRow } from '../../../shared/ipc/model.ts';
import { copyShown } from '../../host/copying.ts';
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
      <MenuSeparator />
      <MenuItem disabled={state === null || !writable} shortcut="Del" onSelect={onRemove}>
        {t('editing.removeState')}
      </MenuItem>
    </>
  );
}
