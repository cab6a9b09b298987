import { type FormEvent, type KeyboardEvent, useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useDraftCheck } from '../../host/edit-check.ts';
import { saveDraft } from '../../host/writing.ts';
import { type Draft, draftDropped, draftTyped, useDraft } from '../../stores/draft-store.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './editing.module.css';
import { RefusalNote } from './refusal-note.tsx';

/** A new member or item, or another name of a member. */
export function AddDialog({ draft }: { readonly draft: Draft }) {
  const { t } = useTranslation();
  const id = useId();
  const { refusal, blocked, refuse } = useDraftCheck(draft);
  const saving = useDraft((state) => state.saving);
  const form = useRef<HTMLFormElement>(null);
  const nameField = useRef<HTMLInputElement>(null);
  const valueField = useRef<HTMLTextAreaElement>(null);
  const { place, kind, typed, path } = draft;
  const adds = place === 'add';
  const named = !adds || kind === 'object';
  const aboutName = refusal?.status === 'name-taken' || !adds;
  const wrong = (here: boolean) => ({ 'aria-invalid': refusal !== null && here, 'aria-describedby': id });

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (blocked) return;
    const why = await saveDraft();
    if (why) refuse(why);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.current?.requestSubmit();
  };
  return (
    <Dialog
      open
      onClose={draftDropped}
      title={t(adds ? 'editing.addTitle' : 'editing.renameTitle', { path: visibleText(path) })}
      closeLabel={t('common.close')}
      initialFocus={named ? nameField : valueField}
    >
      <form ref={form} onSubmit={(event) => void submit(event)}>
        <DialogBody>
          {named ? (
            <label className={styles.label}>
              {t('editing.name')}
              <input
                ref={nameField}
                type="text"
                className={styles.input}
                spellCheck={false}
                value={typed.name}
                onChange={(event) => draftTyped({ name: event.target.value })}
                {...wrong(aboutName)}
              />
            </label>
          ) : null}
          {adds ? (
            <label className={styles.label}>
              {t('editing.value')}
              <textarea
                ref={valueField}
                className={styles.area}
                rows={4}
                spellCheck={false}
                value={typed.text}
                onChange={(event) => draftTyped({ text: event.target.value })}
                onKeyDown={onKeyDown}
                {...wrong(!aboutName)}
              />
            </label>
          ) : null}
          <RefusalNote id={id} refusal={refusal} text={typed.text} className={styles.note} />
        </DialogBody>
        <DialogActions>
          <Button onClick={draftDropped}>{t('common.cancel')}</Button>
          <Button type="submit" kind="primary" disabled={blocked || saving}>
            {t(adds ? 'editing.addConfirm' : 'editing.renameConfirm')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
