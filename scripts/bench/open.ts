import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSource } from '../../electron/core/sources/open-source.ts';
import type { JsonDocument } from '../../shared/json/document.ts';
import { parseJson } from '../../shared/json/parse.ts';
import { type ConversationRef, findConversations, readMessages } from '../../shared/messages/conversation.ts';
import type { GroupContext, GroupResult } from './group.ts';
import { alternate, alternateFigures, expectEqual, type Row, ratioAtMost, rowOf } from './measure.ts';
import { indexRows } from './open-index.ts';
import { peakMemory } from './peak-memory.ts';
import { StateWriter } from './states.ts';

const BACKUP_MEGABYTES = 200;
/** About 300 kB in one state, and 10 MB in the other. */
const SMALL_STATE_MESSAGES = 245;
const LONG_SESSION_MESSAGES = 8300;
const SMALL = 'session:small';
const PAGE = 50;
/** From page to page, so that they come from all over the session. */
const STEP = 977;
const MIDDLE = 0.5;
/** Pairs for what takes milliseconds, and so scatters. */
const MANY = 15;

export async function runGroup(context: GroupContext): Promise<GroupResult> {
  const { folder, say } = context;
  const index = await indexRows(context);
  const writer = new StateWriter('open');
  const backup = join(folder, 'backup.json');
  const alone = join(folder, 'small.json');
  say(`writing a backup of ${BACKUP_MEGABYTES} MB`);
  writeFileSync(alone, writer.text(writer.state('small', SMALL_STATE_MESSAGES)));
  const states = writeBackup(backup, writer, readFileSync(alone, 'utf8'));
  say('opening it');
  return {
    rows: [
      ...index.rows,
      ...(await opening(backup, states)),
      ...(await reading(backup, alone)),
      ...(await paging(writer)),
    ],
    notes: index.notes,
  };
}

/** State by state, with the small one in the middle. Returns how many. */
function writeBackup(path: string, writer: StateWriter, small: string): number {
  const file = openSync(path, 'w');
  let bytes = writeSync(file, '{"metadata":{"backup_name":"bench","version":"1.0"},"states":{');
  let states = 0;
  let hasSmall = false;
  while (bytes < BACKUP_MEGABYTES * 1e6) {
    if (!hasSmall && bytes > BACKUP_MEGABYTES * 1e6 * MIDDLE) {
      hasSmall = true;
      bytes += writeSync(file, `,"${SMALL}":${small}`);
      states += 1;
    }
    const state = writer.text(writer.state(`s${states}`, 1000));
    bytes += writeSync(file, `${states > 0 ? ',' : ''}"session:s${states}":${state}`);
    states += 1;
  }
  writeSync(file, '}}');
  closeSync(file);
  return states;
}

async function opening(backup: string, states: number): Promise<Row[]> {
  const times = await alternate(
    async () => {
      const source = await openSource(backup);
      expectEqual('states', source.entries.length, states);
      expectEqual('problems', source.problems.length, 0);
      await source.close();
    },
    () => JSON.parse(readFileSync(backup, 'utf8')) as unknown,
  );
  const memory = await alternateFigures(
    () => peakMemory('open', backup),
    () => peakMemory('json', backup),
    { pairs: 3, warmUps: 0 },
  );
  return [
    rowOf(`opening a backup of ${BACKUP_MEGABYTES} MB`, times),
    rowOf(`peak memory of opening it`, memory, null, 'MB'),
  ];
}

async function reading(backup: string, alone: string): Promise<Row[]> {
  const source = await openSource(backup);
  const read = async () => {
    const { bytes } = await source.read(SMALL);
    return parseJson(bytes);
  };
  expectEqual('length of the small state', (await source.read(SMALL)).bytes.length, readFileSync(alone).length);
  const times = await alternate(read, async () => JSON.parse(await readFile(alone, 'utf8')) as unknown, {
    runs: 40,
    pairs: MANY,
    warmUps: 2,
  });
  const sync = await alternate(read, () => JSON.parse(readFileSync(alone, 'utf8')) as unknown, {
    runs: 40,
    pairs: MANY,
    warmUps: 2,
  });
  await source.close();
  return [
    rowOf('one state of 300 kB out of it, against readFile', times, ratioAtMost(1.3)),
    rowOf('the same against readFileSync', sync),
  ];
}

async function paging(writer: StateWriter): Promise<Row[]> {
  const bytes = Buffer.from(writer.text(writer.state('long', LONG_SESSION_MESSAGES)));
  const whole = () => JSON.parse(bytes.toString('utf8')) as unknown;
  const kept = parsed(bytes);
  const page = (offset: number) =>
    expectEqual('messages', readMessages(kept.document, kept.conversation, offset, PAGE).length, PAGE);
  page(0);
  let offset = 0;
  const nextPage = () => {
    offset = (offset + STEP) % (LONG_SESSION_MESSAGES - PAGE);
    page(offset);
  };
  const later = await alternate(nextPage, whole, { runs: 20, pairs: MANY, warmUps: 2 });
  const firsts = await alternateFigures(
    () => firstPage(bytes),
    () => timed(whole),
    { pairs: MANY },
  );
  const all = await alternate(
    () => {
      const { document, conversation } = parsed(bytes);
      return readMessages(document, conversation, LONG_SESSION_MESSAGES / 2, PAGE);
    },
    whole,
    { pairs: MANY },
  );
  return [
    rowOf('a page of 50 messages of a parsed state of 10 MB', later, ratioAtMost(0.02)),
    rowOf('its first page, with finding the conversation', firsts, ratioAtMost(0.02)),
    rowOf('its first page, with parsing the state', all),
  ];
}

function parsed(bytes: Buffer): { document: JsonDocument; conversation: ConversationRef } {
  const { document } = parseJson(bytes);
  const [conversation] = document === null ? [] : findConversations(document);
  if (document === null || conversation === undefined) throw new Error('the state has no conversation');
  return { document, conversation };
}

/** What comes after parsing the first time a state is shown. */
async function firstPage(bytes: Buffer): Promise<number> {
  const { document } = parseJson(bytes);
  if (document === null) throw new Error('nothing was parsed');
  return timed(() => {
    const [conversation] = findConversations(document);
    if (conversation === undefined) throw new Error('the state has no conversation');
    return readMessages(document, conversation, 0, PAGE);
  });
}

async function timed(task: () => unknown): Promise<number> {
  globalThis.gc?.();
  const began = performance.now();
  task();
  return performance.now() - began;
}
