import type { JsonDocument, NodeId } from '../../shared/json/document.ts';
import { formatJson } from '../../shared/json/print.ts';
import { queryJsonPath } from '../../shared/json/query.ts';
import type { OpenOptions } from '../core/sources/source.ts';
import { Workspace } from '../core/workspace/workspace.ts';
import { withSource } from './open.ts';
import { EXIT, type Output } from './output.ts';

const NEWLINE = new Uint8Array([0x0a]);

/**
 * `get SOURCE KEY [JSONPATH]`: a state, or what an RFC 9535 path selects in it, as it is written. Indented for a person;
 * with `--json` the very bytes, several values as an array.
 */
export function get(
  output: Output,
  location: string,
  key: string,
  jsonpath: string | null,
  options: OpenOptions & { json: boolean },
): Promise<void> {
  return withSource(output, location, options, async (source) => {
    const { document, problems } = await new Workspace(source).state(key, options.signal);
    output.problems(problems);
    if (jsonpath === null) {
      print(output, document, [0], options.json, true);
      return;
    }
    const result = queryJsonPath(document, jsonpath);
    if (!result.ok) {
      output.error(`statescope: ${output.translate('cli.badJsonPath', { path: jsonpath, reason: result.message })}\n`);
      output.exitCode = EXIT.unusable;
      return;
    }
    if (result.nodes.length === 0) {
      output.error(`statescope: ${output.translate('cli.nothingAtPath', { key, path: jsonpath })}\n`);
      output.exitCode = EXIT.missing;
      if (options.json && !result.singular) output.write('[]\n');
      return;
    }
    print(output, document, result.nodes, options.json, result.singular);
  });
}

function print(
  output: Output,
  document: JsonDocument,
  nodes: readonly NodeId[],
  json: boolean,
  singular: boolean,
): void {
  if (!json) {
    for (const node of nodes) output.write(`${formatJson(document, node, { indent: 2 })}\n`);
    return;
  }
  if (!singular) output.write('[');
  for (const [i, node] of nodes.entries()) {
    if (i > 0) output.write(',');
    output.writeBytes(document.rawBytes(node));
  }
  if (!singular) output.write(']');
  output.writeBytes(NEWLINE);
}
