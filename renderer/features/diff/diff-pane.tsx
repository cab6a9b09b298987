import { useTranslation } from 'react-i18next';
import { useDiff } from '../../stores/diff-store.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './diff-pane.module.css';
import { useNoteText } from './notes.tsx';
import { Sign } from './sign.tsx';
import { useSideText } from './use-side-text.ts';
import { Words } from './words.tsx';

/** The selected difference in full: both values, and the words that differ. */
export function DiffPane() {
  const { t } = useTranslation();
  const detail = useDiff((state) => (state.rowId === null ? null : state.detail));
  const info = useDiff((state) => state.info);
  const side = useSideText(info);
  const noteText = useNoteText();
  if (info === null || detail === null) {
    return (
      <section className={styles.pane} aria-label={t('diff.detail')}>
        <p className={styles.nothing}>{t('diff.selectRow')}</p>
      </section>
    );
  }
  const { kind, path, from, before, after, words, notes, cut } = detail;
  const same = kind === 'same' || kind === 'moved';
  return (
    <section className={styles.pane} aria-label={t('diff.detail')}>
      <h2 className={styles.title} title={visibleText(path)}>
        {kind === 'same' ? null : <Sign kind={kind} />}
        <span className={styles.path}>{path === '' ? t('history.wholeState') : visibleText(path)}</span>
      </h2>
      {from === null ? null : <p className={styles.note}>{t('diff.movedFrom', { path: visibleText(from) })}</p>}
      {notes.map((note) => (
        <p key={note.note} className={styles.note}>
          {noteText(note)}
        </p>
      ))}
      {words !== null ? (
        <Text name={t('diff.wordsLabel')}>
          <Words pieces={words} />
        </Text>
      ) : null}
      {same || before === null ? null : <Text name={side('before')}>{before}</Text>}
      {after === null ? null : <Text name={same ? t('diff.value') : side('after')}>{after}</Text>}
      {cut ? <p className={styles.note}>{t('diff.cut')}</p> : null}
    </section>
  );
}

function Text({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div className={styles.value}>
      <h3 className={styles.label}>{name}</h3>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolled text must be reachable by keyboard */}
      <pre className={styles.text} tabIndex={0} aria-label={name}>
        {children}
      </pre>
    </div>
  );
}
