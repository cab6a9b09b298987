/**
 * The text of a backup: the design document's `{"metadata": {…}, "states": {key: value}}`. Of the metadata, what is short comes
 * first, so that the head of a file tells what it is; then the list of states; at last the checksum of all that.
 */
import type { BackupOrigin, LeftOutState } from '../../../shared/ipc/backup-model.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { editJson } from '../../../shared/json/edit.ts';
import { encodeUtf8, quoteJson } from '../../../shared/json/json-string.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { canonicalChecksum } from '../../../shared/state/checksum.ts';
import type { SurveyedState } from './survey.ts';

/** That this program writes. Versions of another first number are newer. */
export const FORMAT_VERSION = '1.0';

export interface BackupHead {
  readonly name: string;
  /** ISO 8601 UTC with Z. */
  readonly createdAt: string;
  readonly origin: BackupOrigin;
  /** Path, or URL without a password. */
  readonly source: { readonly location: string; readonly format: string };
  readonly writer: { readonly name: string; readonly version: string };
  readonly only: readonly string[] | null;
  readonly leftOut: readonly LeftOutState[];
}

/** The text of `metadata`, with its checksum. */
export function metadataText(head: BackupHead, states: readonly SurveyedState[]): Uint8Array {
  const short: readonly (readonly [string, unknown])[] = [
    ['backup_name', head.name],
    ['created_at', head.createdAt],
    ['version', FORMAT_VERSION],
    ['total_states', states.length],
    ['total_bytes', states.reduce((sum, { bytes }) => sum + bytes, 0)],
    ['origin', head.origin],
    ['source', head.source],
    ['writer', head.writer],
    ...(head.only === null ? [] : [['only', head.only] as const]),
    ...(head.leftOut.length === 0 ? [] : [['left_out', head.leftOut] as const]),
  ];
  const members = short.map(([name, value]) => `    ${quoteJson(name)}: ${JSON.stringify(value)}`);
  const info = states.map((state) => `      ${quoteJson(state.key)}: ${JSON.stringify(infoOf(state))}`);
  members.push(`    "state_info": {${info.length === 0 ? '' : `\n${info.join(',\n')}\n    `}}`);
  const text = (last: string): Uint8Array => encodeUtf8(`{\n${members.join(',\n')}${last}\n  }`);
  const { document } = parseJson(text(''));
  const whole = document === null ? '' : canonicalChecksum(document);
  return text(`,\n    "checksum": ${JSON.stringify({ algorithm: 'SHA-256', whole })}`);
}

/** What is not known is not said. */
function infoOf({ sha256, bytes, type, version, createdAt, updatedAt, location }: SurveyedState) {
  return {
    sha256,
    bytes,
    ...(type === null ? {} : { type }),
    ...(version === null ? {} : { version }),
    ...(createdAt === null ? {} : { created_at: createdAt }),
    ...(updatedAt === null ? {} : { updated_at: updatedAt }),
    ...(location === '.' ? {} : { location }),
  };
}

/** Null: there is none to compare with. @param node the value of `metadata`, whole on the tape. */
export function metadataVerdict(document: JsonDocument, node: NodeId): 'as-written' | 'another' | null {
  const { document: metadata } = parseJson(document.rawBytes(node));
  const checksum = metadata?.member(0, 'checksum');
  if (metadata === null || checksum === undefined || metadata.kind(checksum) !== 'object') return null;
  const whole = metadata.member(checksum, 'whole');
  if (whole === undefined || metadata.kind(whole) !== 'string') return null;
  const rest = editJson(metadata, { op: 'remove', node: checksum });
  const { document: without } = parseJson(rest.ok ? rest.bytes : new Uint8Array());
  return without !== null && canonicalChecksum(without) === metadata.string(whole) ? 'as-written' : 'another';
}
