import { useTranslation } from 'react-i18next';
import { draftTyped, otherForm, type Typed } from '../../stores/draft-store.ts';
import { IconButton } from '../../ui/button.tsx';
import styles from './editing.module.css';

/** How a string looks in JSON. */
const GLYPH = '"…"';

/** Whether what is typed is the text of a string, or JSON. */
export function StringToggle({ typed }: { readonly typed: Typed }) {
  const { t } = useTranslation();
  return (
    <IconButton
      label={t('editing.asText')}
      pressed={typed.asText}
      className={styles.toggle}
      // The focus stays in the field.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => draftTyped(otherForm(typed))}
    >
      {GLYPH}
    </IconButton>
  );
}
