/** For the tests of this folder: stores of a few states on a real disk, and what the check finds in them. */
import type { ConsistencyFinding, ConsistencyReport } from '../../../shared/ipc/consistency.ts';
import { opened, temporaryFolder, write } from '../sources/test-support.ts';
import { type ConsistencyOptions, type ConsistencyRun, StateConsistencyChecker } from './check-consistency.ts';

/** After every time in the states below. */
export const NOW = Date.parse('2026-11-20T12:00:00Z');
export const quiet: ConsistencyRun = { isCancelled: () => false, onProgress: () => undefined };

/** By file without its ending: text as it is, anything else in an envelope. */
export type States = Readonly<Record<string, unknown>>;

export function folderOf(states: States): string {
  const folder = temporaryFolder();
  for (const [name, state] of Object.entries(states)) {
    write(folder, `${name}.json`, typeof state === 'string' ? state : JSON.stringify(envelope(state)));
  }
  return folder;
}

export function envelope(data: unknown, type = 'shop.Thing', more: object = {}): object {
  return {
    __type__: type,
    __version__: '1.0.0',
    __timestamp__: '2026-11-20T11:00:00Z',
    state_data: data,
    ...more,
  };
}

export async function checked(location: string, options: ConsistencyOptions = {}): Promise<ConsistencyReport> {
  return new StateConsistencyChecker(await opened(location), { now: NOW, ...options }).check(quiet);
}

export function reportOf(states: States, options: ConsistencyOptions = {}): Promise<ConsistencyReport> {
  return checked(folderOf(states), options);
}

/** `agent:a $.status`, without the envelope. */
export function place({ key, location, at }: Pick<ConsistencyFinding, 'key' | 'location' | 'at'>): string {
  return `${key ?? location} ${at.replace("['state_data']", '').replaceAll(/\['(\w+)'\]/g, '.$1')}`;
}

export function found(report: ConsistencyReport, rule: string): readonly string[] {
  return report.findings.filter((finding) => finding.rule === rule).map(place);
}
