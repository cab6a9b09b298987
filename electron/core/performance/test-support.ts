/** For tests: a day in the life of a source, as it would have been measured and recorded. The same day each time. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LatencyFigures, PerformanceSample } from '../../../shared/ipc/performance.ts';
import { journalFile } from '../live/open-recording.ts';
import { openJournal } from '../tracking/journal.ts';
import { JournalWriter } from '../tracking/journal-writer.ts';
import { StateRecorder } from '../tracking/state-recorder.ts';
import { valuesOf } from './sample-values.ts';
import { openSamplesOf } from './samples-store.ts';
import { samplesFolder } from './session.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MB = 1_000_000;
/** As fine as the store keeps them: by ten seconds for six hours, by the minute before. Twenty are no gap. */
const FINE = 6 * HOUR;
const FINE_STEP = 20 * SECOND;
const SAVES = 120;

export interface DayOptions {
  /** Statescope's own: its profile. */
  readonly dataFolder: string;
  /** A folder in which the agents' states are written. */
  readonly location: string;
  /** When the day ends; milliseconds. */
  readonly now: number;
}

/** Three agents, of which one keeps everything that it was ever told. */
export function recordDay(options: DayOptions): void {
  measureDay(options);
  liveDay(options);
}

/** Nobody worked between a third and a half of the day, when the machine was asleep. */
const asleep = (share: number) => share > 0.34 && share < 0.5;

function measureDay({ dataFolder, location, now }: DayOptions): void {
  const { store, problem } = openSamplesOf(samplesFolder(dataFolder), location);
  if (store === null) throw problem ?? new Error('no samples can be kept');
  const random = randomFrom(8);
  let count = 0;
  for (let time = now - DAY; time < now; time += now - time > FINE ? MINUTE : FINE_STEP) {
    const share = 1 - (now - time) / DAY;
    if (asleep(share)) continue;
    store.add(time, valuesOf(sampleAt(time, share, random)));
    count += 1;
    if (count % 50 === 0) store.flush(now);
  }
  store.flush(now);
  store.prune(now);
  store.close();
}

function sampleAt(time: number, share: number, random: () => number): PerformanceSample {
  const wave = (periods: number) => Math.sin(share * Math.PI * 2 * periods);
  const busy = 1 + 0.5 * wave(3) + 0.3 * wave(17);
  // A slow disk for half an hour.
  const slow = share > 0.8 && share < 0.82 ? 6 : 1;
  const latency = (operation: 'load' | 'save', kind: string, base: number): LatencyFigures => {
    const p50 = base * (0.9 + 0.2 * random());
    const p95 = p50 * (2 + random()) * slow;
    const p99 = p95 * (1.4 + random());
    return { operation, backend: 'statescope-directory', kind, count: 20, p50, p95, p99, max: p99 * 1.5 };
  };
  const hits = Math.round(60 * busy);
  const misses = Math.round(20 * random() * (share < 0.05 ? 10 : 1));
  const recent = {
    hits,
    misses,
    hitRate: hits / (hits + misses),
    latencies: [latency('load', 'agent', 0.8), latency('load', 'session', 1.6), latency('save', 'agent', 2.2)],
  };
  const main = 168 * MB + 6 * MB * wave(9) + 2 * MB * random();
  const renderer = 214 * MB + 30 * MB * share + 9 * MB * wave(23);
  const heap = 42 * MB + 14 * MB * ((share * 97) % 1);
  const delay = (base: number) => ({ p50: base, p99: base * (3 + 2 * random()) * Math.sqrt(slow), max: base * 12 });
  return {
    time,
    memory: { main: { rss: main }, renderer: { rss: renderer }, worker: { heapUsed: heap } },
    memoryTotal: main + renderer,
    memoryShare: (main + renderer) / (8 * 1024 * MB),
    delay: { main: delay(0.6), worker: delay(1.1 * busy) },
    manager: {
      total: recent,
      recent,
      cache: { entries: 48, bytes: 3.1 * MB, maxEntries: 1000, ttl: HOUR, evictions: 0 },
    },
    journalBytes: 0.4 * MB + 1.6 * MB * share,
    snapshotBytes: 0.8 * MB,
  };
}

interface Agent {
  readonly id: string;
  /** Of its tasks, of 1. */
  readonly failing: number;
  readonly seconds: number;
  /** Of what it is told, how many messages it keeps. */
  readonly keeps: number;
  /** Works each time, or each second or third time. */
  readonly each: number;
}

const AGENTS: readonly Agent[] = [
  { id: 'planner', failing: 0.04, seconds: 3.2, keeps: Infinity, each: 1 },
  { id: 'researcher', failing: 0.18, seconds: 8.4, keeps: 6, each: 2 },
  { id: 'writer', failing: 0.08, seconds: 5.1, keeps: 4, each: 3 },
];

/** Its states are saved now and then, and each save is recorded; the last ones lie in the folder. */
function liveDay({ dataFolder, location, now }: DayOptions): void {
  const folder = join(dataFolder, 'journals');
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(location, 'agents'), { recursive: true });
  const journal = openJournal(journalFile(folder, location), { source: location });
  const writer = new JournalWriter(journal, { maxDelayMs: 1e6 });
  let clock = now - DAY;
  const recorder = new StateRecorder({ journal, writer, now: () => clock });
  const random = randomFrom(9);
  const states = AGENTS.map((agent) => ({ agent, done: 0, failed: 0, seconds: agent.seconds, told: 0 }));
  for (let save = 0; save < SAVES; save += 1) {
    clock = Math.round(now - DAY + ((save + 0.5) / SAVES) * DAY);
    if (asleep(save / SAVES)) continue;
    for (const state of states) {
      const { agent } = state;
      if (save % agent.each > 0) continue;
      state.told += 1;
      if (random() < agent.failing) state.failed += 1;
      else state.done += 1;
      state.seconds += 0.1 * (agent.seconds * (0.6 + 1.2 * random()) - state.seconds);
      const text = JSON.stringify(envelopeOf(state));
      recorder.recordState(`agent:${agent.id}`, Buffer.from(text), { origin: 'watch' });
      writeFileSync(join(location, 'agents', `${agent.id}.json`), text);
      clock += SECOND;
    }
  }
  writer.flush();
  journal.close();
}

function envelopeOf(state: { agent: Agent; done: number; failed: number; seconds: number; told: number }): object {
  const { agent, done, failed, seconds, told } = state;
  const first = Math.max(0, told - agent.keeps);
  return {
    __type__: 'robotagent.state.AgentStateModule',
    __version__: '1.0.0',
    __timestamp__: '2026-11-20T08:45:33.592Z',
    state_data: {
      agent_id: agent.id,
      status: 'idle',
      performance_metrics: {
        total_tasks: done + failed,
        successful_tasks: done,
        failed_tasks: failed,
        average_response_time: Math.round(seconds * 1000) / 1000,
      },
      conversation_context: Array.from({ length: told - first }, (_none, at) => ({
        role: 'assistant',
        content: `Result ${first + at}: ${'the weather of tomorrow, hour by hour; '.repeat(60)}`,
      })),
    },
  };
}

/** The same numbers each time, from 0 to 1 (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
