import { useTranslation } from 'react-i18next';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import { reloadSource } from '../../host/opening.ts';
import { useUi } from '../../stores/ui-store.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';

const close = () => useUi.setState({ linksQuestion: false });

/** Links out of the opened folder are followed only after a person agreed. */
export function LinksDialog({ workspace }: { readonly workspace: WorkspaceSummary }) {
  const { t } = useTranslation();
  const open = useUi((ui) => ui.linksQuestion);
  return (
    <Dialog
      open={open}
      onClose={close}
      title={t('problemsPanel.linksTitle', { count: workspace.unfollowedLinks })}
      closeLabel={t('common.close')}
    >
      <DialogBody>
        <p>{t('problemsPanel.linksBody', { location: workspace.location })}</p>
      </DialogBody>
      <DialogActions>
        <Button onClick={close}>{t('common.cancel')}</Button>
        <Button
          kind="primary"
          onClick={() => {
            close();
            void reloadSource(true);
          }}
        >
          {t('problemsPanel.linksConfirm')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
