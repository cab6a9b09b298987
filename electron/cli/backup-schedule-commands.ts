/** `backup schedule …`: backups that are made by themselves. Each command is loaded when it runs, so that the others start fast. */
import { type Command, InvalidArgumentError } from 'commander';
import type { ScheduleTiming } from '../../shared/ipc/backup-schedules.ts';
import type { Output } from './output.ts';

interface AddFlags {
  readonly every?: number;
  readonly cron?: string;
  readonly to?: string;
  readonly keep?: number | 'all';
  readonly keepDays?: number;
  readonly only?: readonly string[];
  readonly gzip?: boolean;
  readonly encrypt?: boolean;
  readonly always?: boolean;
  readonly followLinks?: boolean;
  readonly json?: boolean;
}

interface Flags {
  readonly json?: boolean;
  readonly once?: boolean;
}

/** One more of an option that may be given several times. */
const another = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

export function addBackupScheduleCommands(program: Command, output: Output, signal: AbortSignal): void {
  const t = output.translate;
  const backup = program.commands.find((command) => command.name() === 'backup') ?? program.command('backup');
  const schedule = backup.command('schedule').description(t('cli.schedule'));
  const command = (usage: string, description: string) =>
    schedule.command(usage).description(t(description)).option('--json', t('cli.optionJson'));
  command('add <source>', 'cli.scheduleAdd')
    .option('--every <time>', t('cli.optionEvery'), secondsOf)
    .option('--cron <expression>', t('cli.optionCron'))
    .option('--to <folder>', t('cli.optionScheduleTo'))
    .option('--keep <n>', t('cli.optionScheduleKeep'), keptOf)
    .option('--keep-days <days>', t('cli.optionKeepDays'), numberOf)
    .option('--only <pattern>', t('cli.optionBackupOnly'), another)
    .option('--gzip', t('cli.optionScheduleGzip'))
    .option('--encrypt', t('cli.optionScheduleEncrypt'))
    .option('--always', t('cli.optionAlways'))
    .option('--follow-links', t('cli.optionFollowLinks'))
    .action(async (source: string, options: AddFlags, self: Command) => {
      const { every, cron } = options;
      if ((every === undefined) === (cron === undefined)) self.error(`error: ${t('cli.scheduleWhen')}`);
      const timing: ScheduleTiming =
        cron === undefined ? { by: 'interval', seconds: every ?? 0 } : { by: 'cron', expression: cron };
      const keep = options.keep ?? (options.keepDays === undefined ? DEFAULT_KEPT : 'all');
      const { addSchedule } = await import('./backup-schedule.ts');
      const { keepDays = null, gzip = false, encrypt = false, always = false, followLinks = false } = options;
      await addSchedule(output, {
        source,
        timing,
        to: options.to ?? null,
        keep: { count: keep === 'all' ? null : keep, days: keepDays },
        only: options.only ?? null,
        gzip,
        encrypted: encrypt,
        skipUnchanged: !always,
        followLinks,
        json: options.json ?? false,
      });
    });
  command('ls', 'cli.scheduleLs').action(async ({ json = false }: Flags) => {
    const { listSchedules } = await import('./backup-schedule.ts');
    await listSchedules(output, json);
  });
  command('rm <id>', 'cli.scheduleRm').action(async (id: string, { json = false }: Flags) => {
    const { removeSchedule } = await import('./backup-schedule.ts');
    await removeSchedule(output, id, json);
  });
  command('run', 'cli.scheduleRun')
    .option('--once', t('cli.optionOnce'))
    .action(async ({ json = false, once = false }: Flags) => {
      const { runSchedules } = await import('./backup-schedule.ts');
      await runSchedules(output, { json, once, signal });
    });
}

/** As in the design document's configuration. */
const DEFAULT_KEPT = 10;
const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

function secondsOf(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,9})([smhdw]?)$/.exec(text.trim()) ?? [];
  if (amount === undefined) throw new InvalidArgumentError('a time such as 90s, 15m, 1h or 1d');
  return Number(amount) * (UNITS[unit] ?? 1);
}

function keptOf(text: string): number | 'all' {
  return text === 'all' ? text : numberOf(text);
}

/** Its range is told with how to mend it. */
function numberOf(text: string): number {
  if (!/^-?\d{1,9}$/.test(text.trim())) throw new InvalidArgumentError('a whole number');
  return Number(text);
}
