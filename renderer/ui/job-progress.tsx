import styles from './job-progress.module.css';
import { ProgressBar } from './progress-bar.tsx';
import { visibleText } from './visible-text.ts';

export interface JobProgressProps {
  readonly label: string;
  /** 0 to 1; null while it is not known. */
  readonly fraction: number | null;
  /** How far it is, in words. */
  readonly text: string;
  /** The state at work. */
  readonly stateKey?: string | undefined;
  /** At the right. */
  readonly amount?: string | undefined;
}

/** How far a job has come that goes through states. */
export function JobProgress({ label, fraction, text, stateKey = '', amount }: JobProgressProps) {
  return (
    <div className={styles.progress}>
      <ProgressBar label={label} fraction={fraction} text={text} />
      <p className={styles.text}>
        <span>{text}</span>
        <span className={styles.key}>{visibleText(stateKey)}</span>
        <span>{amount}</span>
      </p>
    </div>
  );
}
