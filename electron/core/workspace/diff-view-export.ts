/** A comparison as a file, for other programs or to be read. */
import { writeFile } from 'node:fs/promises';
import type { DiffNote } from '../../../shared/diff/describe.ts';
import type { DiffResult } from '../../../shared/diff/diff.ts';
import { diffToJson } from '../../../shared/diff/export-json.ts';
import { diffToText } from '../../../shared/diff/export-text.ts';
import { toJsonPatch } from '../../../shared/diff/patch.ts';
import type { DiffFormat, DiffInfo, DiffSide } from '../../../shared/ipc/diff.ts';
import { shortVersion } from '../../../shared/ipc/sync.ts';
import type { JsonDocument } from '../../../shared/json/document.ts';

export interface ExportedDiff {
  readonly before: JsonDocument;
  readonly after: JsonDocument;
  readonly result: DiffResult;
  readonly notes: readonly DiffNote[];
  readonly info: DiffInfo;
}

/** @throws RangeError for a patch of a value that is cut off; what the file system throws */
export async function exportDiff(diff: ExportedDiff, format: DiffFormat, file: string): Promise<void> {
  await writeFile(file, textOf(diff, format));
}

function textOf({ before, after, result, notes, info }: ExportedDiff, format: DiffFormat): Iterable<string> {
  switch (format) {
    case 'json-patch':
      return toJsonPatch(before, after, result);
    case 'json': {
      const side = ({ key, location, moment }: DiffSide) => ({ key, location, moment });
      return diffToJson(before, after, result, notes, { before: side(info.before), after: side(info.after) });
    }
    case 'text': {
      const titles = { before: titleOf(info.before), after: titleOf(info.after) };
      return diffToText(before, after, result, notes, { ...titles, noteText });
    }
    default:
      return format satisfies never;
  }
}

/** For people of any language who read the file: the note's own name and its figures. */
function noteText({ note, params }: DiffNote): string {
  return [note, ...Object.entries(params).map(([name, value]) => `${name}: ${value}`)].join(' ');
}

function titleOf({ key, location, moment, name }: DiffSide): string {
  return `${location} ${key}${momentText(moment, name)}`;
}

function momentText(moment: DiffSide['moment'], name: string | null): string {
  switch (moment.at) {
    case 'now':
    case 'source':
      return '';
    case 'seq':
      return ` @ ${moment.seq}`;
    case 'snapshot':
      return ` @ ${name ?? moment.snapshot}`;
    case 'version':
      return ` @ ${shortVersion(moment)}`;
    default:
      return moment satisfies never;
  }
}
