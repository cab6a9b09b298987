import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { openSource } from '../../electron/core/sources/open-source.ts';
import type { GroupContext, GroupResult } from './group.ts';
import { alternate, expectEqual, rowOf } from './measure.ts';
import { StateWriter } from './states.ts';

const MEGABYTES = 50;
const TABLE = `CREATE TABLE agent_states (
  state_id TEXT NOT NULL, category TEXT NOT NULL, state_type TEXT NOT NULL, state_version TEXT NOT NULL,
  state_data TEXT NOT NULL, metadata TEXT, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (state_id, category))`;

export async function runGroup({ folder, say }: GroupContext): Promise<GroupResult> {
  const path = join(folder, 'states.db');
  say(`writing a database of ${MEGABYTES} MB`);
  const states = writeDatabase(path);
  say('opening it');
  const times = await alternate(
    async () => {
      const source = await openSource(path);
      expectEqual('states', source.entries.length, states);
      expectEqual('problems', source.problems.length, 0);
      await source.close();
    },
    () => expectEqual('states', parseAllInPlace(path), states),
  );
  return { rows: [rowOf(`opening agent_states of ${MEGABYTES} MB, which copies it`, times)], notes: [] };
}

function writeDatabase(path: string): number {
  const writer = new StateWriter('sqlite');
  const database = new Sqlite(path);
  database.exec(TABLE);
  const insert = database.prepare(
    `INSERT INTO agent_states (state_id, category, state_type, state_version, state_data) VALUES (?, 'sessions', 'Session', '1.0', ?)`,
  );
  let bytes = 0;
  let states = 0;
  database.transaction(() => {
    for (; bytes < MEGABYTES * 1e6; states += 1) {
      const text = writer.text(writer.state(`s${states}`, 1000));
      bytes += text.length;
      insert.run(`s${states}`, text);
    }
  })();
  database.close();
  return states;
}

/** What a program does that does not mind taking a lock. */
function parseAllInPlace(path: string): number {
  const database = new Sqlite(path, { readonly: true });
  let states = 0;
  for (const row of database.prepare<[], { state_data: string }>('SELECT * FROM agent_states').iterate()) {
    if (typeof JSON.parse(row.state_data) === 'object') states += 1;
  }
  database.close();
  return states;
}
