/** For the tests of this folder: snapshots on a real disk. */
import { onTestFinished } from 'vitest';
import type { SourceError } from '../sources/source-error.ts';
import { temporaryFolder } from '../sources/test-support.ts';
import { SOURCE } from './fixtures/taken-text.ts';
import { type CapturedState, SnapshotStore } from './snapshot-store.ts';

export { SOURCE };

/** Closed when the test is finished. */
export function snapshots(folder = temporaryFolder()): { readonly store: SnapshotStore; readonly folder: string } {
  const store = SnapshotStore.open(folder, SOURCE);
  onTestFinished(() => store.close());
  return { store, folder };
}

export function state(key: string, text: string | Uint8Array): CapturedState {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  return { entry: { key, type: 'robots.Agent', status: 'idle', updatedAt: null }, bytes };
}

/** A conversation as a growing session saves it; each message is of 1 kB and like no other. */
export function* growingConversation(messages: number): Generator<Uint8Array> {
  const words = 'the agent asked for a tool result and planned what to tell the user about weather budget travel'.split(
    ' ',
  );
  let seed = 1;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (seed >> 8) % below;
  };
  let text = '';
  for (let at = 0; at < messages; at += 1) {
    let content = '';
    while (content.length < 900)
      content += `${words[random(words.length)]} ${random(4) === 0 ? random(1e6).toString(36) : ''} `;
    const message = { id: `msg_${random(1e9).toString(36)}`, role: at % 2 === 0 ? 'user' : 'assistant', content };
    text += `${text === '' ? '' : ', '}${JSON.stringify(message)}`;
    yield Buffer.from(`{"agent": {"memory": {"content": [${text}], "_compressed_summary": ""}, "name": "Friday"}}`);
  }
}

/** The code of the SourceError that `work` fails with; the text of any other, and `none` where it does not fail. */
export async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'none';
  } catch (error) {
    return (error as SourceError).code ?? String(error);
  }
}
