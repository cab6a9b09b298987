import type { StatesBehind } from '../../../shared/ipc/model.ts';
import { changeLayout } from '../../stores/layout-store.ts';
import { selectState } from '../../stores/selection-store.ts';
import { filterExplorer } from '../../stores/ui-store.ts';
import styles from './overview.module.css';

export interface StatesButtonProps {
  readonly states: StatesBehind;
  readonly text: string;
  /** What the number counts, where only its place says it; a screen reader hears both. */
  readonly about?: string;
}

/** A figure that leads to the states behind it: to the state if it is one, to the filtered explorer otherwise. */
export function StatesButton({ states, text, about }: StatesButtonProps) {
  if (states.count === 0) return <span>{text}</span>;
  const show = () => {
    if (states.key !== null) {
      selectState(states.key);
      return;
    }
    changeLayout({ explorer: true });
    filterExplorer(states.filter);
  };
  return (
    <button
      type="button"
      className={styles.figure}
      aria-label={about === undefined ? undefined : `${text}, ${about}`}
      title={states.key ?? (states.filter === '' ? undefined : states.filter.slice(0, 200))}
      onClick={show}
    >
      {text}
    </button>
  );
}

/** The figure of one state. */
export function StateButton({
  stateKey,
  text,
  about,
}: {
  readonly stateKey: string;
  readonly text: string;
  readonly about: string;
}) {
  return <StatesButton states={{ count: 1, key: stateKey, filter: '' }} text={text} about={about} />;
}
