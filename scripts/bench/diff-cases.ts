/** Two moments of a conversation or of a map, and how many operations tell them apart. */
import { randomFor } from '../sample-workspace/random.ts';
import { StateWriter } from './states.ts';

export interface DiffCase {
  readonly name: string;
  readonly before: object;
  readonly after: object;
  readonly operations: number;
  /** Of jsondiffpatch. */
  readonly target: number;
  /** It takes seconds: fewer repetitions. */
  readonly isSlow: boolean;
}

type Message = Record<string, unknown>;

const WINDOW_MESSAGES = 10_000;
const DROPPED = 50;
const EDITED = 20;
const MAP_KEYS = 100_000;
const MAP_CHANGED = 100;

export function* diffCases(): Generator<DiffCase> {
  const thousand = conversation(1001);
  yield {
    name: '1,000 messages, one appended',
    before: { messages: thousand.slice(0, 1000) },
    after: { messages: thousand },
    operations: 1,
    target: 0.15,
    isSlow: false,
  };

  const many = conversation(WINDOW_MESSAGES + DROPPED);
  const anonymous = many.map((message) => ({ ...message, id: undefined }));
  for (const [list, ids] of [
    [many, 'with ids'],
    [anonymous, 'without ids'],
  ] as const) {
    yield {
      name: `10,000 messages, one at the head, ${ids}`,
      before: { messages: list.slice(1, WINDOW_MESSAGES + 1) },
      after: { messages: list.slice(0, WINDOW_MESSAGES + 1) },
      operations: 1,
      target: 0.25,
      isSlow: false,
    };
  }
  for (const [list, ids, target] of [
    [many, 'with ids', 0.02],
    [anonymous, 'without ids', 0.05],
  ] as const) {
    yield {
      name: `a window over 10,000 messages, ${ids}`,
      before: { messages: list.slice(0, WINDOW_MESSAGES) },
      after: { messages: withEdits(list.slice(DROPPED)) },
      operations: 2 * DROPPED + EDITED,
      target,
      isSlow: true,
    };
  }

  const map = Object.fromEntries(
    Array.from({ length: MAP_KEYS }, (_, at) => [`key ${at}`, { value: at, at: `t${at}` }]),
  );
  const changed: typeof map = { ...map };
  for (let at = 0; at < MAP_CHANGED; at += 1) {
    const key = `key ${Math.floor((at * MAP_KEYS) / MAP_CHANGED)}`;
    changed[key] = { value: -1, at: changed[key]?.at ?? '' };
  }
  yield {
    name: '100,000 keys, 100 changed',
    before: map,
    after: changed,
    operations: MAP_CHANGED,
    target: 0.5,
    isSlow: false,
  };
}

function conversation(messages: number): Message[] {
  const { state_data: data } = new StateWriter('diff').state('s', messages) as { state_data: { messages: Message[] } };
  return data.messages;
}

/** The text of every so many messages is another. */
function withEdits(messages: readonly Message[]): Message[] {
  const random = randomFor('edits');
  const step = Math.floor(messages.length / EDITED);
  return messages.map((message, at) =>
    at % step === Math.floor(step / 2)
      ? { ...message, content: [{ type: 'text', text: `edited ${random.next()}, and as long as an answer may be` }] }
      : message,
  );
}
