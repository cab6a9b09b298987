import type { Output } from './output.ts';

/** For programs on standard output; for a person as a sentence, on standard error where it did not work. */
export function told(
  output: Output,
  json: boolean,
  value: { readonly status: string; readonly [field: string]: unknown },
  text: string,
  values: Readonly<Record<string, string | number>>,
): void {
  const failed = value.status === 'conflict' || value.status === 'missing';
  const line = `${failed ? 'statescope: ' : ''}${output.translate(text, values)}\n`;
  if (json) output.json(value);
  if (failed) output.error(line);
  else if (!json) output.write(line);
}
