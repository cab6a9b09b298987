import { useTranslation } from 'react-i18next';
import type { TreeRow } from '../../../shared/ipc/model.ts';
import { addTo, editValue, renameMember } from '../../host/starting-edits.ts';
import { removeNode } from '../../host/writing.ts';
import { useWritable } from '../../stores/use-writable.ts';
import { MenuItem, MenuSeparator } from '../../ui/menu.tsx';

/** The part of a row's menu that changes it; greyed until writing is allowed. */
export function EditItems({ row }: { readonly row: TreeRow }) {
  const { t } = useTranslation();
  const writable = useWritable();
  const { node, kind, name } = row;
  const container = kind === 'object' || kind === 'array';
  return (
    <>
      <MenuSeparator />
      <MenuItem disabled={!writable} shortcut="F2" onSelect={() => void editValue(node, 'row')}>
        {t('editing.editValue')}
      </MenuItem>
      {name === null ? null : (
        <MenuItem disabled={!writable} onSelect={() => void renameMember(node)}>
          {t('editing.rename')}
        </MenuItem>
      )}
      {container ? (
        <MenuItem disabled={!writable} onSelect={() => void addTo(node)}>
          {t(kind === 'object' ? 'editing.addMember' : 'editing.addItem')}
        </MenuItem>
      ) : null}
      <MenuItem disabled={!writable || node === 0} shortcut="Del" onSelect={() => void removeNode(node)}>
        {t('editing.remove')}
      </MenuItem>
    </>
  );
}
