import { Info } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { DiffRowNote } from '../../../shared/ipc/diff.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './notes.module.css';

/** What happened in a person's terms, in a few words each. */
export function Notes({ notes }: { readonly notes: readonly DiffRowNote[] }) {
  const text = useNoteText();
  if (notes.length === 0) return null;
  return notes.map((note) => (
    <span key={note.note} className={styles.note} title={text(note)}>
      <Info size={11} aria-hidden />
      {text(note)}
    </span>
  ));
}

export function useNoteText(): (note: DiffRowNote) => string {
  const { t } = useTranslation();
  return ({ note, params }) => {
    const told = Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, typeof value === 'string' ? visibleText(value) : value]),
    );
    // Which sentence it is may depend on a context among the parameters.
    const name = `diffNotes.${note}` as 'diffNotes.edited';
    return t(name, told);
  };
}
