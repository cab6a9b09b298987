import type { Problem } from '../../shared/ipc/model.ts';
import type { StateFinding } from '../../shared/state/describe-state.ts';
import type { Output } from './output.ts';

/** `$['state_data']['status']  enum-member: …`, in the person's language where the catalogue knows the rule. */
export function findingText(output: Output, finding: StateFinding & { readonly problem?: Problem | null }): string {
  const { at, rule, message, details, problem } = finding;
  const text = problem
    ? `${output.translate(`problems.${problem.code}`, problem.details, message)}${problem.offset === null ? '' : ` (${problem.offset})`}`
    : output.translate(`findings.${rule}`, { ...details, message }, message);
  return `${at}  ${rule}: ${text}`.replaceAll('\n', '\\n');
}
