import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { cachedUnderTest } from '../performance/cached-under-test.ts';
import type { StateBackend } from './backend.ts';
import { type BackendUnderTest, describeBackend } from './behaviour-suite.ts';
import { parseKey } from './key.ts';
import { openSqliteBackend } from './sqlite-backend.ts';

async function make(): Promise<BackendUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'statescope-test-'));
  const path = join(folder, 'states.db');
  const open: StateBackend[] = [await openSqliteBackend({ path, create: true })];
  const [backend] = open;
  if (backend === undefined) throw new Error('it did not open');
  return {
    backend,
    async second() {
      const second = await openSqliteBackend({ path });
      open.push(second);
      return second;
    },
    async damage(key) {
      const { category, id } = parseKey(key);
      const other = new Sqlite(path);
      const sql = 'UPDATE agent_states SET state_data = ? WHERE state_id = ? AND category = ?';
      other.prepare(sql).run('{"cut', id, category);
      other.close();
    },
    async dispose() {
      for (const each of open) await each.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

describeBackend('SQLite', make, { bytesKept: true, persistent: true });
describeBackend('SQLite, cached', cachedUnderTest(make), { bytesKept: true, persistent: true, inFront: true });
