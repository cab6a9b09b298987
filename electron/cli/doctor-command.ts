/** `doctor`, loaded when it runs, so that the other commands start fast. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Output } from './output.ts';

interface DoctorFlags {
  readonly repairTo?: string;
  readonly only?: readonly string[];
  readonly choose?: ReadonlyMap<string, string>;
  readonly write?: boolean;
  readonly json?: boolean;
  readonly followLinks?: boolean;
}

const another = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

export function addDoctorCommand(program: Command, output: Output, signal: AbortSignal): void {
  const t = output.translate;
  const choice = (text: string, before: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> => {
    const [rule = '', repair = '', ...more] = text.split('=');
    if (rule === '' || repair === '' || more.length > 0) throw new InvalidArgumentError(t('cli.doctorChooseHow'));
    return new Map([...before, [rule, repair]]);
  };
  program
    .command('doctor <source>')
    .description(t('cli.doctor'))
    .addOption(new Option('--repair-to <path>', t('cli.optionRepairTo')).conflicts('write'))
    .option('--only <rule>', t('cli.optionOnlyRule'), another)
    .option('--choose <rule=repair>', t('cli.optionChoose'), choice)
    .option('--write', t('cli.optionRepairHere'))
    .option('--json', t('cli.optionJson'))
    .option('--follow-links', t('cli.optionFollowLinks'))
    .action(async (source: string, flags: DoctorFlags) => {
      const { doctor } = await import('./doctor.ts');
      const {
        only = [],
        choose = new Map(),
        repairTo = null,
        write = false,
        json = false,
        followLinks = false,
      } = flags;
      await doctor(output, source, { only, choose, repairTo, write, json, followLinks, signal });
    });
}
