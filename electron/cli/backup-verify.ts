import type { BackupProblem } from '../../shared/ipc/backup-model.ts';
import { verifyBackup } from '../core/backup/verify-backup.ts';
import { EXIT, type Output } from './output.ts';
import { ProgressLine } from './progress-line.ts';
import { withPassphrase } from './with-passphrase.ts';

/** `backup verify FILE`. Exit code 1 for one that is damaged. */
export async function backupVerify(
  output: Output,
  file: string,
  { json, signal }: { readonly json: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const line = new ProgressLine(output);
  const run = {
    signal,
    onProgress: ({ phase, done, total, key }: { phase: string; done: number; total: number; key: string }) =>
      line.show(output.translate(`cli.backupPhases.${phase}`), done, total, key),
  };
  const report = await withPassphrase(output, file, (passphrase) => verifyBackup(file, { passphrase }, run), signal);
  line.clear();
  const { info, ok, against, states, sound, problems, more } = report;
  if (!ok) output.exitCode = EXIT.findings;
  if (json) {
    output.json(report);
    return;
  }
  for (const each of problems) output.error(`${problemText(output, file, each)}\n`);
  if (more > 0) output.error(`${output.translate('cli.moreChanges', { count: more })}\n`);
  if (!ok)
    output.error(
      `statescope: ${output.translate('cli.backupNotSound', { file, sound, count: Math.max(states, info.states ?? 0) })}\n`,
    );
  else {
    const text = against === 'checksums' ? 'cli.backupSound' : 'cli.backupReadable';
    output.write(`${output.translate(text, { file, count: states })}\n`);
  }
}

function problemText(output: Output, file: string, problem: BackupProblem): string {
  const { code, severity, key, offset, message, details } = problem;
  const where = offset === null ? file : `${file}:${offset}`;
  const text = code === 'not-json' && key === null ? 'not-json-outside' : code;
  const values = { ...details, key: key ?? '', offset: offset ?? 0 };
  const what = output.translate(`backups.problems.${text}`, values, message);
  return `${output.translate(`problemsPanel.${severity}`)}: ${where}: ${what}`;
}
