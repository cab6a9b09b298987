import { type KeyboardEvent, useEffect, useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useDraftCheck } from '../../host/edit-check.ts';
import { saveDraft } from '../../host/writing.ts';
import { useApp } from '../../stores/app-store.ts';
import { openDialog } from '../../stores/dialog-store.ts';
import { type Draft, draftDropped, draftTyped, isChanged, useDraft } from '../../stores/draft-store.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { shortcutText } from '../../ui/shortcut.ts';
import styles from './editing.module.css';
import { RefusalNote } from './refusal-note.tsx';
import { StringToggle } from './string-toggle.tsx';

/** The whole value of a node as text, being changed in the value pane. */
export function ValueEditor({ draft }: { readonly draft: Draft }) {
  const { t } = useTranslation();
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const { refusal, blocked, refuse } = useDraftCheck(draft);
  const saving = useDraft((state) => state.saving);
  const mac = useApp((app) => app.platform === 'darwin');
  const { typed, path } = draft;

  useEffect(() => {
    area.current?.focus();
    area.current?.setSelectionRange(0, 0);
  }, []);

  const cancel = () => {
    if (isChanged(draft)) openDialog({ kind: 'discard' });
    else draftDropped();
  };
  const save = async () => {
    if (blocked) return;
    const why = await saveDraft();
    if (why) refuse(why);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void save();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      // The same key press must not close the question that it opens.
      event.stopPropagation();
      cancel();
    }
  };
  return (
    <div className={styles.editor}>
      <textarea
        ref={area}
        className={cx(styles.area, refusal && styles.invalid)}
        aria-label={t('editing.newValue', { path })}
        aria-invalid={refusal !== null}
        aria-describedby={id}
        spellCheck={false}
        readOnly={saving}
        value={typed.text}
        onChange={(event) => draftTyped({ text: event.target.value })}
        onKeyDown={onKeyDown}
      />
      <RefusalNote id={id} refusal={refusal} text={typed.text} className={styles.below} />
      <div className={styles.editorBar}>
        {draft.kind === 'object' || draft.kind === 'array' ? null : <StringToggle typed={typed} />}
        <span className={styles.hint}>{t('editing.saveKeys', { keys: shortcutText('CmdOrCtrl+Enter', mac) })}</span>
        <Button onClick={cancel}>{t('common.cancel')}</Button>
        <Button kind="primary" disabled={blocked || saving} onClick={() => void save()}>
          {t('editing.save')}
        </Button>
      </div>
    </div>
  );
}
