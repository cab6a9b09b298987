import { useTranslation } from 'react-i18next';
import type { TreeRow } from '../../../shared/ipc/model.ts';
import { type CopyWhat, copyNode } from '../../host/copying.ts';
import { useApp } from '../../stores/app-store.ts';
import { MenuGroup, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { shortcutText } from '../../ui/shortcut.ts';
import { EditItems } from './edit-items.tsx';

const copy = (what: CopyWhat) => () => void copyNode(what);

/** What a row offers on right-click; it acts on the selected node. */
export function TreeContextMenu({ row }: { readonly row: TreeRow | undefined }) {
  const { t } = useTranslation();
  const mac = useApp((app) => app.platform === 'darwin');
  return (
    <>
      <MenuItem onSelect={copy('value')} shortcut={shortcutText('CmdOrCtrl+C', mac)}>
        {t('copy.value')}
      </MenuItem>
      <MenuItem onSelect={copy('text')}>{t('copy.text')}</MenuItem>
      <MenuItem onSelect={copy('key')} disabled={row?.name == null}>
        {t('copy.key')}
      </MenuItem>
      <MenuSeparator />
      <MenuGroup label={t('copy.path')}>
        <MenuItem onSelect={copy('dot')}>{t('copy.dot')}</MenuItem>
        <MenuItem onSelect={copy('bracket')}>{t('copy.bracket')}</MenuItem>
        <MenuItem onSelect={copy('pointer')}>{t('copy.pointer')}</MenuItem>
        <MenuItem onSelect={copy('jsonpath')} shortcut={shortcutText('CmdOrCtrl+Shift+C', mac)}>
          {t('copy.jsonpath')}
        </MenuItem>
      </MenuGroup>
      {row ? <EditItems row={row} /> : null}
    </>
  );
}
