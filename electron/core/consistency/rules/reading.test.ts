import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { temporaryFolder, write } from '../../sources/test-support.ts';
import { checked, envelope, found } from '../test-support.ts';
import { oneVersion, readable } from './reading.ts';

test('a state that is there twice can be read, and is told as that', async () => {
  const folder = temporaryFolder();
  const text = JSON.stringify(envelope({ agent_id: 'a' }));
  write(folder, 'agents/a.json', text);
  write(folder, 'agents/a.json.gz', gzipSync(text));
  const report = await checked(folder);
  expect(found(report, 'several-versions')).toHaveLength(1);
  expect(found(report, 'readable')).toEqual([]);
  expect([report.counts.error, report.counts.warning]).toEqual([0, 1]);
});

test('nodes that wrote a state without knowing of each other are a conflict, and nothing unreadable', () => {
  const place = { location: 'states', key: 'session:42', offset: null, details: {} };
  const conflict = { ...place, code: 'sync-conflict', message: 'both wrote it', severity: 'warning' } as const;
  const reading = { entry: null, location: 'states', problems: [conflict], error: null, bytes: null };
  expect([...readable.check(reading)]).toEqual([]);
  expect([...oneVersion.check(reading)]).toMatchObject([
    { severity: 'warning', foundKey: 'problems.sync-conflict', message: 'both wrote it' },
  ]);
});
