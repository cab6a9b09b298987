import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSource } from '../sources/open-source.ts';
import type { Source } from '../sources/source.ts';
import { editedText, persistenceSettings, placedKeys } from './persistence-settings.ts';

const YAML = `persistence:
  default_backend: a
  backends:
    a: { type: filesystem, base_path: ./a }
    b: { type: filesystem, base_path: ./b }
  rules:
    - pattern: "agent:*"
      backend: a
    - pattern: "session:*"
      backend: b
`;

let folder: string;
let source: Source;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'statescope-settings-'));
  mkdirSync(join(folder, 'a', 'agents'), { recursive: true });
  writeFileSync(
    join(folder, 'a', 'agents', 'x.json'),
    '{"__type__": "A", "__version__": "1", "__timestamp__": "2026-01-01T00:00:00Z", "state_data": {}}',
  );
  const file = join(folder, 'persistence.yaml');
  writeFileSync(file, YAML);
  source = await openSource(file);
});
afterEach(async () => {
  await source.close();
  rmSync(folder, { recursive: true, force: true });
});

test('edits are previewed: who decides, and what would lie elsewhere', async () => {
  const edits = [{ edit: 'change-rule', at: 0, change: { backend: 'b' } }] as const;
  const settings = await persistenceSettings(source, edits);
  expect(settings?.rules.map(({ backend, states }) => [backend, states])).toEqual([
    ['b', 1],
    ['b', 0],
  ]);
  const misplaced = await placedKeys(source, { edits, misplaced: true, offset: 0, limit: 10 });
  expect(misplaced.rows).toMatchObject([{ key: 'agent:x', backend: 'a', belongsTo: 'b', rule: 0 }]);
});

test('edits that make faults are told with their lines, beside the file as it is, and cannot be saved', async () => {
  const edits = [{ edit: 'change-rule', at: 1, change: { pattern: 'agent:*' } }] as const;
  const settings = await persistenceSettings(source, edits);
  expect(settings?.faults).toMatchObject([{ severity: 'error', line: 9 }]);
  expect(settings?.rules.map(({ pattern, states }) => [pattern, states])).toEqual([
    ['agent:*', 1],
    ['session:*', 0],
  ]);
  const all = await placedKeys(source, { edits, misplaced: false, offset: 0, limit: 10 });
  expect(all.rows).toMatchObject([{ key: 'agent:x', belongsTo: 'a' }]);
  await expect(editedText(source, edits)).rejects.toMatchObject({ code: 'bad-config' });
});
