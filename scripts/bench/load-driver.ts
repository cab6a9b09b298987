/**
 * Programs at work, as many changes a second as are asked for: `load-driver.ts probes ADDRESS RATE SECONDS` or
 * `load-driver.ts files FOLDER RATE SECONDS`. At the end one line of JSON: `Driven`.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { attachProbe, EnhancedStateModule } from '../../shared/state/index.ts';

export interface Driven {
  /** Changes that were made. */
  readonly made: number;
  /** What the programs' own queues had no room for. */
  readonly dropped: number;
  readonly seconds: number;
}

const TURN_MS = 10;

/** `step` is given each number once, in order, for `seconds` at `rate` a second; how long it took. */
async function atRate(rate: number, seconds: number, step: (at: number) => void): Promise<number> {
  const began = performance.now();
  const total = rate * seconds;
  for (let made = 0; made < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * rate));
    while (made < due) step(made++);
    await sleep(TURN_MS);
  }
  return (performance.now() - began) / 1000;
}

/** Counters: the n-th value that one is given is n, so that a change that is missing shows. */
export const AGENTS = 10;
export const COUNTERS = [
  'step',
  'prompt_tokens',
  'completion_tokens',
  'tool_calls',
  'messages',
  'errors',
  'turns',
  'cost',
];

class Agent extends EnhancedStateModule {
  constructor() {
    super();
    for (const name of COUNTERS) {
      Object.assign(this, { [name]: 0 });
      this.registerState(name);
    }
  }
}

async function probes(address: string, rate: number, seconds: number): Promise<Driven> {
  const agents = Array.from({ length: AGENTS }, () => new Agent());
  const attached = agents.map((agent, at) =>
    attachProbe(agent, { name: `agent:a${at}`, address, program: `load ${at}`, pid: process.pid }),
  );
  const areAttached = await Promise.all(attached.map((probe) => probe.flush()));
  if (!areAttached.every(Boolean)) throw new Error('a probe could not be attached');
  const values = new Int32Array(AGENTS * COUNTERS.length);
  const took = await atRate(rate, seconds, (at) => {
    const slot = at % values.length;
    const value = (values[slot] ?? 0) + 1;
    values[slot] = value;
    Object.assign(agents[slot % AGENTS] ?? {}, { [COUNTERS[Math.floor(slot / AGENTS)] ?? '']: value });
  });
  while (!(await Promise.all(attached.map((probe) => probe.flush()))).every(Boolean)) await sleep(TURN_MS);
  await Promise.all(attached.map((probe) => probe.stop()));
  const dropped = attached.reduce((sum, { stats }) => sum + stats.dropped, 0);
  return { made: rate * seconds, dropped, seconds: took };
}

/** Sessions that are saved whole, each twice a second, with as many messages more as the rate asks for. */
export const SESSIONS = 50;
const SAVES_A_SECOND = 100;

export const sessionText = (messages: string): string =>
  `{"friday":{"name":"Friday","memory":{"content":[${messages}]}}}`;

async function files(folder: string, rate: number, seconds: number): Promise<Driven> {
  const texts = Array.from({ length: SESSIONS }, () => '');
  const counts = texts.map(() => 0);
  const each = Math.round(rate / SAVES_A_SECOND);
  const took = await atRate(SAVES_A_SECOND, seconds, (at) => {
    const slot = at % SESSIONS;
    let text = texts[slot] ?? '';
    let count = counts[slot] ?? 0;
    for (let i = 0; i < each; i += 1) {
      text += `${count === 0 ? '' : ','}{"id":"m${count}","role":"assistant","content":"thought ${count}"}`;
      count += 1;
    }
    texts[slot] = text;
    counts[slot] = count;
    saveSession(folder, slot, text);
  });
  return { made: each * SAVES_A_SECOND * seconds, dropped: 0, seconds: took };
}

/** At once for whoever reads it, as AgentScope does not, but as any careful program does. */
export function saveSession(folder: string, slot: number, messages: string): void {
  const path = join(folder, `s${slot}.json`);
  writeFileSync(`${path}.new`, sessionText(messages));
  renameSync(`${path}.new`, path);
}

if (process.argv[1] === import.meta.filename) {
  const [what, where = '', rate, seconds] = process.argv.slice(2);
  const drive = what === 'probes' ? probes : files;
  console.log(JSON.stringify(await drive(where, Number(rate), Number(seconds))));
}
