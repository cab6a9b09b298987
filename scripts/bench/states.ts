/** States of agents, the same ones on every machine: conversations of messages of 0.3 to 2 kB. */
import { messageId, type Random, randomFor, toolCallId } from '../sample-workspace/random.ts';

export type Style = 'compact' | 'indented' | 'escaped';

const WORDS = `the agent plans a step then calls the tool and reads its result before it answers with what the user asked for "quoted words" and a path like C:\\temp\\a.txt or a line
that breaks and goes on with numbers 17 and 3.5 percent of orders in invoice INV-2026-0042 were late because the carrier lost a parcel — see naïve café notes`;
const CHINESE =
  '智能体先规划步骤然后调用工具读取结果再回答用户的问题订单发票运输延误的原因是承运商丢失了包裹请参阅会议记录与数据报告翻译手册第二十页上海旅行计划';
const CORPUS_CHARACTERS = 200_000;
const SHORTEST_BYTES = 300;
const LONGEST_BYTES = 2000;
/** What a message has beside its text. */
const FRAME_BYTES = 190;
const ESCAPE_BYTES = 6;

function corpus(random: Random, style: Style): string {
  const units = style === 'escaped' ? Array.from(CHINESE) : WORDS.split(' ').map((word) => `${word} `);
  let text = '';
  while (text.length < CORPUS_CHARACTERS) text += units[Math.floor(random.next() * units.length)] ?? '';
  return text;
}

export class StateWriter {
  readonly #random: Random;
  readonly #text: string;
  readonly #style: Style;

  constructor(seed: string, style: Style = 'compact') {
    this.#random = randomFor(seed);
    this.#style = style;
    this.#text = corpus(this.#random, style);
  }

  /** A session in an envelope, with this many messages. */
  state(id: string, messages: number): object {
    return {
      __type__: 'state.SessionStateModule',
      __version__: '1.0',
      __timestamp__: '2026-11-22T17:00:44.558000',
      state_data: {
        session_id: id,
        status: 'active',
        message_count: messages,
        messages: Array.from({ length: messages }, (_, index) => this.#message(index)),
      },
    };
  }

  /** `{"metadata": …, "states": …}` of states with 1,000 messages, until it has at least this many bytes. */
  backup(megabytes: number): string {
    const states: Record<string, object> = {};
    let bytes = 0;
    for (let i = 0; bytes < megabytes * 1e6; i += 1) {
      const state = this.state(`s${i}`, 1000);
      states[`session:s${i}`] = state;
      bytes += this.text(state).length;
    }
    return this.text({
      metadata: { backup_name: 'bench', version: '1.0', total_states: Object.keys(states).length },
      states,
    });
  }

  text(value: object): string {
    if (this.#style === 'indented') return JSON.stringify(value, null, 2);
    const text = JSON.stringify(value);
    return this.#style === 'escaped' ? escaped(text) : text;
  }

  #message(index: number): object {
    const random = this.#random;
    const width = this.#style === 'escaped' ? ESCAPE_BYTES : 1;
    const length = Math.floor(random.between(SHORTEST_BYTES - FRAME_BYTES, LONGEST_BYTES - FRAME_BYTES) / width);
    const from = Math.floor(random.between(0, CORPUS_CHARACTERS - length));
    const text = this.#text.slice(from, from + length);
    // Every fifth turn is a tool call and the message after it its result.
    const call =
      index % 5 === 3
        ? [{ type: 'tool_use', id: toolCallId(random), name: 'search', input: { query: text.slice(0, 40), limit: 20 } }]
        : [];
    return {
      id: messageId(random),
      name: index % 2 === 0 ? 'user' : 'friday',
      role: index % 2 === 0 ? 'user' : 'assistant',
      content: [{ type: 'text', text }, ...call],
      metadata: {
        tokens: Math.floor(random.between(20, 900)),
        score: Math.floor(random.between(0, 1000)) / 1000,
        cached: index % 3 === 0,
        parent: null,
      },
      timestamp: '2026-11-22 17:00:44.558',
    };
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
