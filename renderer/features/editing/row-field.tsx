import { type FocusEvent, type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDraftCheck } from '../../host/edit-check.ts';
import { saveDraft } from '../../host/writing.ts';
import { type Draft, draftDropped, draftTyped, isChanged, useDraft } from '../../stores/draft-store.ts';
import { askForTree } from '../../stores/ui-store.ts';
import { cx } from '../../ui/cx.ts';
import styles from './editing.module.css';
import { RefusalNote } from './refusal-note.tsx';
import { StringToggle } from './string-toggle.tsx';

/** Room that the note below a row needs; where there is less it stands above. */
const NOTE_ROOM = 96;

/** The value of a row of the tree, being changed in its place. */
export function RowField({ draft }: { readonly draft: Draft }) {
  const { t } = useTranslation();
  const id = useId();
  const frame = useRef<HTMLSpanElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const { refusal, blocked, refuse } = useDraftCheck(draft);
  const saving = useDraft((state) => state.saving);
  const [above, setAbove] = useState(false);
  const { typed, path } = draft;

  useEffect(() => {
    input.current?.focus({ preventScroll: true });
    input.current?.select();
  }, []);
  useLayoutEffect(() => {
    if (!refusal) return;
    const list = frame.current?.closest('[role="treegrid"]')?.getBoundingClientRect();
    const row = frame.current?.getBoundingClientRect();
    if (list && row) setAbove(list.bottom - row.bottom < NOTE_ROOM);
  }, [refusal]);

  const leave = () => {
    draftDropped();
    askForTree();
  };
  const save = async () => {
    if (blocked) return;
    const why = await saveDraft();
    if (why) refuse(why);
    else if (useDraft.getState().draft === null) askForTree();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      void save();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      leave();
    }
  };
  // Looked at and left as it was.
  const onBlur = (event: FocusEvent) => {
    if (!document.hasFocus() || frame.current?.contains(event.relatedTarget) || isChanged(draft)) return;
    draftDropped();
  };
  return (
    <span ref={frame} className={styles.rowField} data-edit-field>
      <input
        ref={input}
        type="text"
        className={cx(styles.input, refusal && styles.invalid)}
        aria-label={t('editing.newValue', { path })}
        aria-invalid={refusal !== null}
        aria-describedby={id}
        spellCheck={false}
        readOnly={saving}
        value={typed.text}
        onChange={(event) => draftTyped({ text: event.target.value })}
        onKeyDown={onKeyDown}
        onBlur={onBlur}
      />
      <StringToggle typed={typed} />
      <RefusalNote id={id} refusal={refusal} text={typed.text} className={cx(styles.floating, above && styles.above)} />
    </span>
  );
}
