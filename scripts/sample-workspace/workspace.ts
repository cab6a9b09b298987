/** Generates the whole sample workspace into a folder. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AGENTS, USERS } from './fleet.ts';
import { fleetStates } from './fleet-states.ts';
import { runtimeStates } from './runtime-states.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { simulate } from './simulation.ts';
import { keyOf, type StateRecord } from './state-record.ts';
import { writeDatabase } from './write-database.ts';
import { writeStateFile } from './write-store.ts';

export interface Generated {
  /** Keys of all states, in files and in the database. */
  readonly keys: readonly string[];
  /** Paths relative to the folder, with forward slashes, without the database. */
  readonly files: readonly string[];
}

/** Writes `store/` and `fleet.db`. Other files in the folder are left alone. */
export function generateWorkspace(folder: string): Generated {
  const fleet = simulate(AGENTS, USERS, SCENARIOS);
  const records = [...fleetStates(fleet), ...runtimeStates(fleet)];
  const keys = uniqueKeys(records);
  mkdirSync(folder, { recursive: true });
  const files = records.flatMap((record) =>
    record.home.in === 'store' ? [`store/${writeStateFile(join(folder, 'store'), record, record.home.form)}`] : [],
  );
  writeDatabase(
    join(folder, 'fleet.db'),
    records.filter((record) => record.home.in === 'database'),
  );
  return { keys, files };
}

function uniqueKeys(records: readonly StateRecord[]): string[] {
  const keys = records.map(keyOf);
  const repeated = keys.filter((key, index) => keys.indexOf(key) !== index);
  if (repeated.length > 0) throw new Error(`stored twice: ${repeated.join(', ')}`);
  return keys;
}
