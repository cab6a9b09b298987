/**
 * What JSONB cannot hold is refused before it is written, with the place where it stands
 * (https://www.postgresql.org/docs/current/datatype-json.html). White space, the order of members and the spelling of numbers are not kept; what they mean is.
 */

import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { encodeUtf8 } from '../../../shared/json/json-string.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { pathOf, toJsonPath } from '../../../shared/json/path.ts';
import type { SourceError } from '../sources/source-error.ts';
import { unsupportedValue } from './sql-rows.ts';

/** Of the type numeric: digits before the point, and after it. */
const MAX_WHOLE_DIGITS = 131_072;
const MAX_FRACTION_DIGITS = 16_383;

export interface JsonbText {
  /** To be cast to JSONB. */
  readonly text: string;
  readonly document: JsonDocument;
}

/**
 * @param what names the value in the error: `the state data`.
 * @throws SourceError `unsupported-value`
 */
export function jsonbText(bytes: Uint8Array, key: string, what: string, location: string): JsonbText {
  const { document, issues } = parseJson(bytes);
  const [issue] = issues;
  if (document === null || issue !== undefined) {
    const fault = issue === undefined ? 'there is no value in it' : `at byte ${issue.offset}: ${issue.message}`;
    const reason = `${what} of ${key} is no JSON text (${fault})`;
    throw unsupportedValue(location, key, reason, 'Write one whole JSON value in UTF-8');
  }
  const refuse = (node: NodeId, fault: string): SourceError => {
    const reason = `JSONB has no ${fault}, as there is at ${toJsonPath(pathOf(document, node))} of ${what} of ${key}`;
    return unsupportedValue(location, key, reason, 'Change it, or keep the state in files or SQLite');
  };
  const pieces: Uint8Array[] = [];
  let copied = 0;
  for (let node = 0; node < document.nodeCount; node++) {
    const kind = document.kind(node);
    if (document.isShadowed(node)) throw refuse(node, 'two members of one name');
    const text = `${document.key(node) ?? ''}${kind === 'string' ? document.string(node) : ''}`;
    if (text.includes('\0')) throw refuse(node, 'NUL in a text');
    if (/\p{Surrogate}/u.test(text)) throw refuse(node, 'half of a character (a lone surrogate)');
    if (kind !== 'number') continue;
    const number = document.number(node).text;
    const plain = withoutExponent(number);
    if (plain === null) throw refuse(node, `number such as ${number.slice(0, 40)}`);
    if (plain === number) continue;
    pieces.push(bytes.subarray(copied, document.start(node)), encodeUtf8(plain));
    copied = document.end(node);
  }
  pieces.push(bytes.subarray(copied, document.end(0)));
  return { text: Buffer.concat(pieces).toString(), document };
}

/**
 * A number with an exponent would come back as an integer, which Python tells from a float, and which has other digits than
 * the nearest double: 6.022e23 is written as 602200000000000000000000.0. Null for a number that the type numeric does not hold.
 */
function withoutExponent(number: string): string | null {
  const [, sign, whole = '', fraction = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  if (sign === undefined) return null;
  const exponent = Number(power);
  const first = `${whole}${fraction}`.search(/[1-9]/);
  if (fraction.length - exponent > MAX_FRACTION_DIGITS) return null;
  if (first >= 0 && whole.length + exponent - first > MAX_WHOLE_DIGITS) return null;
  if (!/e/i.test(number) || exponent < fraction.length) return number;
  const digits = first < 0 ? '0' : `${whole}${fraction}`.slice(first) + '0'.repeat(exponent - fraction.length);
  return `${sign}${digits}.0`;
}
