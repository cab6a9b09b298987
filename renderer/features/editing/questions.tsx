/** Short questions before something is written or lost. */
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import { armSource, removeState } from '../../host/writing.ts';
import { closeDialog } from '../../stores/dialog-store.ts';
import { draftDropped, useDraft } from '../../stores/draft-store.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { visibleText } from '../../ui/visible-text.ts';

interface QuestionProps {
  readonly title: string;
  readonly body: string;
  readonly no: string;
  /** Null where there is nothing to agree to. */
  readonly yes: string | null;
  readonly onYes: () => void;
}

function Question({ title, body, no, yes, onYes }: QuestionProps) {
  const { t } = useTranslation();
  const confirm = useRef<HTMLButtonElement>(null);
  return (
    <Dialog open onClose={closeDialog} title={title} closeLabel={t('common.close')} initialFocus={confirm}>
      <DialogBody>
        <p>{body}</p>
      </DialogBody>
      <DialogActions>
        <Button ref={yes === null ? confirm : undefined} onClick={closeDialog}>
          {no}
        </Button>
        {yes === null ? null : (
          <Button
            ref={confirm}
            kind="primary"
            onClick={() => {
              closeDialog();
              onYes();
            }}
          >
            {yes}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}

export function ArmQuestion({ workspace }: { readonly workspace: WorkspaceSummary }) {
  const { t } = useTranslation();
  const name = visibleText(workspace.name);
  if (workspace.notWritable !== null) {
    const reason = t(`notWritable.${workspace.notWritable}`);
    return (
      <Question
        title={t('editing.notWritableTitle', { name })}
        body={`${t('editing.notWritable', { reason })} ${t('errorHelp.not-writable')}`}
        no={t('common.close')}
        yes={null}
        onYes={closeDialog}
      />
    );
  }
  return (
    <Question
      title={t('editing.armTitle', { name })}
      body={t('editing.armBody')}
      no={t('common.cancel')}
      yes={t('editing.armConfirm')}
      onYes={() => void armSource(true)}
    />
  );
}

export function RemoveQuestion({ stateKey }: { readonly stateKey: string }) {
  const { t } = useTranslation();
  return (
    <Question
      title={t('editing.removeTitle', { name: visibleText(stateKey) })}
      body={t('editing.removeBody')}
      no={t('common.cancel')}
      yes={t('editing.removeConfirm')}
      onYes={() => void removeState(stateKey)}
    />
  );
}

export function DiscardQuestion() {
  const { t } = useTranslation();
  const path = useDraft((state) => state.draft?.path ?? '');
  return (
    <Question
      title={t('editing.discardTitle')}
      body={t('editing.discardBody', { path: visibleText(path) })}
      no={t('editing.keep')}
      yes={t('editing.discard')}
      onYes={draftDropped}
    />
  );
}
