import styles from './progress-bar.module.css';

export interface ProgressBarProps {
  readonly label: string;
  /** 0 to 1; null while it is not known. */
  readonly fraction: number | null;
  readonly text: string;
}

export function ProgressBar({ label, fraction, text }: ProgressBarProps) {
  const percent = fraction === null ? null : Math.round(Math.min(1, Math.max(0, fraction)) * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent ?? undefined}
      aria-valuetext={text}
      className={styles.track}
    >
      <div
        className={percent === null ? styles.unknown : styles.fill}
        style={percent === null ? undefined : { width: `${percent}%` }}
      />
    </div>
  );
}
