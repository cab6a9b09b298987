/** The samples that AgentScope 1.x wrote and programs refused are healed to files that it loads. */
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { temporaryFolder } from '../sources/test-support.ts';
import { repairCopy } from './repair-copy.ts';
import { everythingWrong, findingsOf, NOW, open, repairAll, rulesFound, shapeFaults } from './test-support.ts';

const FIXTURES = join(import.meta.dirname, '..', 'sources', 'fixtures');
const WORKSPACE = join(import.meta.dirname, '..', '..', '..', 'assets', 'sample-workspace');
const FRIDAY = ['memory', 'toolkit', 'plan_notebook', 'name', '_sys_prompt'];

async function healed(file: string): Promise<Buffer> {
  const to = join(temporaryFolder(), 'healed.json');
  await repairCopy(await repairAll(await open(file)), to);
  expect(await rulesFound(await open(to))).toEqual([]);
  return readFileSync(to);
}

describe('the edge samples', () => {
  it('trailing garbage goes, and nothing else', async () => {
    const file = join(FIXTURES, 'edge', 'corrupt-trailing-garbage.json');
    const before = readFileSync(file);
    const after = await healed(file);
    expect(after).toEqual(before.subarray(0, 1279));
    expect(shapeFaults(before)).not.toEqual([]);
    expect(shapeFaults(after, { friday: FRIDAY })).toEqual([]);
  });

  it('NaN becomes null; an integer beyond 2^53 keeps its digits', async () => {
    const file = join(FIXTURES, 'edge', 'nan-bigint.json');
    const after = await healed(file);
    expect(after.toString()).toBe(readFileSync(file, 'utf8').replace('NaN,', 'null,'));
    expect(shapeFaults(after)).toEqual([]);
  });

  it('half of an emoji becomes U+FFFD', async () => {
    const file = join(FIXTURES, 'edge', 'surrogate.json');
    expect(shapeFaults(readFileSync(file))).not.toEqual([]);
    const after = await healed(file);
    expect(after.toString('utf8')).toContain('broken emoji \u{fffd} end');
    expect(shapeFaults(after)).toEqual([]);
  });

  it('of a file that was cut off the whole messages stay, and what is lost is said', async () => {
    const file = join(FIXTURES, 'edge', 'truncated.json');
    const source = await open(file);
    const plan = await repairAll(source);
    const [repair] = plan.states.flatMap(({ repairs }) => repairs);
    const lost = readFileSync(file).indexOf('[{"id": "ZiPVf36dTTJ6x9AP5nfUM2"');
    expect(repair).toMatchObject({
      repair: 'close-truncated',
      lost: { bytes: readFileSync(file).length - lost, at: "$['friday']['memory']['content'][4]", isMessage: true },
    });
    const after = await healed(file);
    expect(shapeFaults(after, { friday: ['memory'] })).toEqual([]);
    expect(JSON.parse(after.toString())).toMatchObject({ friday: { memory: { content: { length: 4 } } } });
  });

  it('parts that were cut off come back where other sessions tell which there are', async () => {
    const folder = temporaryFolder();
    for (const name of [
      'edge/truncated.json',
      'jsonsession-1.0.21/alice_trip-planner.json',
      'jsonsession-1.0.21/qa.json',
    ]) {
      copyFileSync(join(FIXTURES, name), join(folder, name.replace(/.*\//, '')));
    }
    const to = join(temporaryFolder(), 'healed');
    await repairCopy(await repairAll(await open(folder)), to);
    expect(shapeFaults(readFileSync(join(to, 'truncated.json')), { friday: FRIDAY })).toEqual([]);
    for (const name of ['alice_trip-planner.json', 'qa.json']) {
      expect(readFileSync(join(to, name))).toEqual(readFileSync(join(folder, name)));
    }
  });
});

it('every planted fault of the sample workspace is found, explained and repaired; what has none stays byte for byte', async () => {
  // A store stamps what it saves.
  vi.setSystemTime(NOW);
  onTestFinished(() => void vi.useRealTimers());
  const source = await open(WORKSPACE);
  const findings = await findingsOf(source);
  expect(findings.map(({ rule, key }) => `${rule} ${key}`).toSorted()).toEqual([
    'busy-without-task agent:coder',
    'dangling-tool-call agent:researcher',
    'dangling-tool-call session:literature-agent-memory',
    'duplicate-key cache:search-pages',
    'expired-active session:invoice-audit-2026-11',
    'not-a-number cache:search-pages',
    'participant-missing session:onboarding-张伟',
    'whole-text conversation:incident-2291',
  ]);
  const plan = await repairAll(source);
  const to = join(temporaryFolder(), 'healed');
  await repairCopy(plan, to);
  const copy = await open(to);
  expect(await everythingWrong(to)).toEqual([]);
  const repaired = new Set(plan.states.map(({ key }) => key));
  for (const { key } of source.entries) {
    if (repaired.has(key)) continue;
    expect((await copy.read(key)).bytes).toEqual((await source.read(key)).bytes);
  }
});
