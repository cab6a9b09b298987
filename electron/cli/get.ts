import type { JsonDocument, NodeId } from '../../shared/json/document.ts';
import { parseJson } from '../../shared/json/parse.ts';
import type { JsonPath } from '../../shared/json/path.ts';
import { formatJson } from '../../shared/json/print.ts';
import { queryJsonPath, singularPath } from '../../shared/json/query.ts';
import { decodedJson } from '../../shared/state/decoded-json.ts';
import { decodeStored, describeState } from '../../shared/state/describe-state.ts';
import type { PagedState } from '../core/paged/paged-state.ts';
import { formattedPieces } from '../core/paged/paged-text.ts';
import type { OpenOptions } from '../core/sources/source.ts';
import { knownTypes } from '../core/validation/known-types.ts';
import { storedBeside } from '../core/validation/stored-beside.ts';
import { type OpenState, Workspace } from '../core/workspace/workspace.ts';
import { decodedText } from './decoded-text.ts';
import { findingText } from './finding-text.ts';
import { withSource } from './open.ts';
import { EXIT, type Output } from './output.ts';

const NEWLINE = new Uint8Array([0x0a]);

interface GetOptions extends OpenOptions {
  readonly json: boolean;
  /** The data of the state with its tags resolved, see decoded-json.ts. The path is one into that. */
  readonly decoded: boolean;
}

/**
 * `get SOURCE KEY [JSONPATH]`: a state, or what an RFC 9535 path selects in it, as it is written. Indented for a person;
 * with `--json` the very bytes, several values as an array.
 */
export function get(
  output: Output,
  location: string,
  key: string,
  jsonpath: string | null,
  options: GetOptions,
): Promise<void> {
  return withSource(output, location, options, async (source) => {
    const workspace = new Workspace(source);
    const paged = options.decoded ? null : await workspace.paged(key, options.signal);
    const path = jsonpath === null ? [] : singularPath(jsonpath);
    if (paged !== null && path !== null) {
      await printPaged(output, paged, { jsonpath, path }, options);
      return;
    }
    const state = await workspace.state(key, options.signal);
    output.problems(state.problems);
    const document = options.decoded ? decoded(output, state) : state.document;
    if (document === null) return;
    if (jsonpath === null) {
      print(output, document, [0], options, true);
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
    print(output, document, result.nodes, options, result.singular);
  });
}

/** A state that is too large to be held. */
async function printPaged(
  output: Output,
  { entry, document, problems }: PagedState,
  { jsonpath, path }: { readonly jsonpath: string | null; readonly path: JsonPath },
  { json, signal }: GetOptions,
): Promise<void> {
  output.problems(problems);
  const node = await document.resolve(path, signal);
  if (node === undefined) {
    output.error(`statescope: ${output.translate('cli.nothingAtPath', { key: entry.key, path: jsonpath ?? '' })}\n`);
    output.exitCode = EXIT.missing;
    return;
  }
  await output.pieces(json ? document.pieces(node) : formattedPieces(document, node));
  output.writeBytes(NEWLINE);
}

/** The decoded state as a document of its own; null for one that is cut off. What is not understood goes to standard error. */
function decoded(output: Output, { entry, document, stored }: OpenState): JsonDocument | null {
  const registry = knownTypes();
  if (document.isIncomplete(0)) {
    output.error(`statescope: ${output.translate('cli.notWhole', { key: entry.key })}\n`);
    output.exitCode = EXIT.unusable;
    return null;
  }
  const beside = storedBeside(stored.metadata);
  for (const finding of describeState(document, registry, beside).findings) {
    output.error(`${entry.key}  ${findingText(output, finding)}\n`);
  }
  return parseJson(decodedJson(decodeStored(document, registry, beside).stateData, registry)).document;
}

function print(
  output: Output,
  document: JsonDocument,
  nodes: readonly NodeId[],
  { json, decoded }: GetOptions,
  singular: boolean,
): void {
  if (!json) {
    for (const node of nodes) {
      output.write(`${decoded ? decodedText(document, node) : formatJson(document, node, { indent: 2 })}\n`);
    }
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
