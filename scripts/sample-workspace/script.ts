/** Short words for writing scripts: `lin.ask(travel, '…')`, `travel.call('search_trains', {…}, {…})`. */
import type { AgentStatus, Step, ToolAnswer } from './model.ts';
import type { PyDict, PyValue } from './python-json.ts';

export interface Person {
  ask(to: Actor, text: string): Step;
}

interface SayExtra {
  readonly to?: Actor;
  readonly thinking?: string;
}

interface CallExtra {
  /** How long the tool takes; otherwise it is drawn. */
  readonly seconds?: number;
  readonly text?: string;
  readonly thinking?: string;
}

export interface Actor {
  readonly id: string;
  say(text: string, extra?: SayExtra): Step;
  /** `output`: a string is answered as it is, anything else as JSON text. */
  call(tool: string, input: PyDict, output: PyValue, extra?: CallExtra): Step;
  /** A call whose answer never comes. */
  callInVain(tool: string, input: PyDict, extra?: CallExtra): Step;
  start(task: string, title: string): Step;
  done(): Step;
  fail(): Step;
  /** The process is killed while it completes its task. */
  killed(): Step;
  becomes(status: AgentStatus): Step;
}

export function person(id: string): Person {
  return { ask: (to, text) => ({ kind: 'ask', from: id, to: to.id, text }) };
}

export function actor(id: string): Actor {
  const calling = (tool: string, input: PyDict, answer: ToolAnswer, extra: CallExtra | undefined): Step => ({
    kind: 'call',
    from: id,
    tool,
    input,
    answer,
    seconds: extra?.seconds ?? null,
    text: extra?.text ?? null,
    thinking: extra?.thinking ?? null,
  });
  return {
    id,
    say: (text, extra) => ({
      kind: 'say',
      from: id,
      to: extra?.to?.id ?? null,
      text,
      thinking: extra?.thinking ?? null,
    }),
    call: (tool, input, output, extra) =>
      calling(
        tool,
        input,
        typeof output === 'string' ? { kind: 'text', text: output } : { kind: 'json', value: output },
        extra,
      ),
    callInVain: (tool, input, extra) => calling(tool, input, { kind: 'silent' }, extra),
    start: (task, title) => ({ kind: 'start', agent: id, task, title }),
    done: () => ({ kind: 'finish', agent: id, end: 'done' }),
    fail: () => ({ kind: 'finish', agent: id, end: 'failed' }),
    killed: () => ({ kind: 'finish', agent: id, end: 'killed' }),
    becomes: (status) => ({ kind: 'status', agent: id, status }),
  };
}

export const note = (key: string, value: PyValue): Step => ({ kind: 'note', key, value });
export const join = (participant: string): Step => ({ kind: 'join', participant });
export const wait = (minutes: number): Step => ({ kind: 'wait', minutes });
export const pause = (reason: string): Step => ({ kind: 'pause', reason });
export const end = (reason: string): Step => ({ kind: 'end', reason });
