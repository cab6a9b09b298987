import type { BackupProblem, BackupProblemCode } from '../../../shared/ipc/backup-model.ts';

const MOST = 1000;

type About = Partial<Pick<BackupProblem, 'key' | 'offset' | 'details'>>;

/** Problems of a backup: all of them counted, the first thousand kept. */
export class ProblemList {
  readonly listed: BackupProblem[] = [];
  more = 0;
  errors = 0;

  /** @param message English. */
  add(code: BackupProblemCode, message: string, about: About = {}): void {
    this.errors++;
    this.#put({ code, severity: 'error', message, key: null, offset: null, details: {}, ...about });
  }

  /** One that does not make the backup a bad one. */
  warn(code: BackupProblemCode, message: string, about: About = {}): void {
    this.#put({ code, severity: 'warning', message, key: null, offset: null, details: {}, ...about });
  }

  #put(problem: BackupProblem): void {
    if (this.listed.length < MOST) this.listed.push(problem);
    else this.more++;
  }
}
