/** Hands a file to the reader of its format. */
import { readAgentState } from './agentscope-2-state.ts';
import { readBackup } from './backup.ts';
import { detectShape, type JsonShape } from './detect.ts';
import { readJsonSession } from './json-session.ts';
import { readPickleFile } from './pickle-file.ts';
import { readPlainJson } from './plain-json.ts';
import { readRedisDump, readSessionRecord } from './redis-dump.ts';
import type { FileCatalog, FileName, ReadableJson } from './whole-file.ts';

/** What is in the text of a pickle is not asked for its shape: it is a pickle. */
export function shapeOf({ file, document }: ReadableJson): JsonShape {
  return file.encoding === 'pickle' ? 'pickle' : detectShape(document);
}

/** For a file that is a source of its own: a backup and a dump list the states in them. */
export function readByShape(shape: JsonShape, catalog: FileCatalog, loaded: ReadableJson, name: FileName): void {
  if (shape === 'backup') readBackup(catalog, loaded);
  else if (shape === 'redis-dump') readRedisDump(catalog, loaded);
  else readWhole(shape, catalog, loaded, name);
}

/** For a file among others: every file is one state. */
export function readWhole(shape: JsonShape, catalog: FileCatalog, loaded: ReadableJson, name: FileName): void {
  switch (shape) {
    case 'json-session':
      return readJsonSession(catalog, loaded, name);
    case 'agent-state':
      return readAgentState(catalog, loaded, name);
    case 'session-record':
      return readSessionRecord(catalog, loaded, name);
    case 'pickle':
      return readPickleFile(catalog, loaded, name);
    case 'backup':
    case 'redis-dump':
    case 'envelope':
    case 'json':
      return readPlainJson(catalog, loaded, name);
  }
}
