import { useTranslation } from 'react-i18next';
import type { BackupVerdict } from '../../../shared/ipc/backups.ts';
import { TimeText } from '../../ui/time-text.tsx';
import { problemText, verdictOf } from './backup-text.ts';
import styles from './backups.module.css';
import { VerdictSign } from './verdict-sign.tsx';

const MOST_PROBLEMS = 20;

export interface VerdictReportProps {
  readonly verdict: BackupVerdict | null;
  /** Whether there is anything to verify it against. */
  readonly checksums: boolean;
}

/** What the last verification has found, problem by problem. */
export function VerdictReport({ verdict, checksums }: VerdictReportProps) {
  const { t } = useTranslation();
  if (verdict === null) {
    return (
      <div className={styles.report}>
        <p>
          <VerdictSign verdict={null} />
        </p>
        <p className={styles.note}>{t(checksums ? 'backups.verifyHelp' : 'backups.noChecksums')}</p>
      </div>
    );
  }
  const what = verdictOf(verdict);
  const { states, sound, problems, verifiedAt } = verdict;
  const more = verdict.more + Math.max(0, problems.length - MOST_PROBLEMS);
  return (
    <div className={styles.report}>
      <p>
        <VerdictSign verdict={verdict} /> <TimeText stored={verifiedAt} className={styles.note} />
      </p>
      <p className={styles.note}>
        {what === 'damaged'
          ? t('backups.soundOf', { count: states, sound })
          : t(what === 'verified' ? 'backups.allSound' : 'backups.allReadable', { count: states })}
      </p>
      {problems.length === 0 ? null : (
        <ul className={styles.problems} aria-label={t('backups.problemsLabel')}>
          {problems.slice(0, MOST_PROBLEMS).map((problem) => (
            <li key={`${problem.code} ${problem.key} ${problem.offset}`} data-severity={problem.severity}>
              {problemText(t, problem)}
            </li>
          ))}
          {more > 0 ? <li>{t('backups.moreProblems', { count: more })}</li> : null}
        </ul>
      )}
    </div>
  );
}
