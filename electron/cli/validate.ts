import type { OpenOptions } from '../core/sources/source.ts';
import { knownTypes } from '../core/validation/known-types.ts';
import { validateSource } from '../core/validation/validate-source.ts';
import { findingText } from './finding-text.ts';
import { withSource } from './open.ts';
import { EXIT, type Output } from './output.ts';
import { ProgressLine } from './progress-line.ts';

/** `validate SOURCE`: everything in it that is not as it should be. Exit code 1 when there is anything. */
export function validate(output: Output, location: string, options: OpenOptions & { json: boolean }): Promise<void> {
  return withSource(output, location, options, async (source) => {
    const line = new ProgressLine(output);
    const signal = options.signal ?? new AbortController().signal;
    const findings = await validateSource(source, knownTypes(), {
      signal,
      onProgress: ({ done, total, key }) => line.show(output.translate('cli.validating'), done, total, key),
    }).finally(() => line.clear());
    if (findings.length > 0) output.exitCode = EXIT.findings;
    if (options.json) {
      output.json(findings.map(({ key, at, rule, message }) => ({ key, path: at, rule, message })));
      return;
    }
    for (const finding of findings) output.write(`${finding.key}  ${findingText(output, finding)}\n`);
    const count = { count: findings.length, states: source.entries.length };
    output.write(`${output.translate(findings.length > 0 ? 'cli.findings' : 'cli.noFindings', count)}\n`);
  });
}
