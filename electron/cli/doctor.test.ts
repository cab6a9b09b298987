/** `doctor` as a script sees it. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dataFolder } from '../core/files/data-folder.ts';
import { journalFile } from '../core/live/open-recording.ts';
import { openJournal } from '../core/tracking/journal.ts';
import { JournalWriter } from '../core/tracking/journal-writer.ts';
import { StateRecorder } from '../core/tracking/state-recorder.ts';
import { addDoctorCommand } from './doctor-command.ts';
import { addRestoreCommands } from './restore-commands.ts';
import { runCommand } from './test-support.ts';

const EDGE = join(import.meta.dirname, '..', 'core', 'sources', 'fixtures', 'edge');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-doctor-'));
  vi.stubEnv('XDG_CONFIG_HOME', join(folder, 'config'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const doctor = (...args: string[]) => runCommand(addDoctorCommand, 'doctor', ...args);

function sample(name: string): string {
  const file = join(folder, `${name}.json`);
  copyFileSync(join(EDGE, `${name}.json`), file);
  return file;
}

/** As if the window had recorded these, one after the other. */
function record(source: string, key: string, texts: readonly string[]): void {
  const path = journalFile(join(dataFolder(), 'journals'), source);
  mkdirSync(join(path, '..'), { recursive: true });
  const journal = openJournal(path, { source });
  const writer = new JournalWriter(journal);
  const states = new StateRecorder({ journal, writer, now: Date.now });
  for (const text of texts) {
    states.recordState(key, new TextEncoder().encode(text), { origin: 'watch' });
    writer.flush();
  }
  writer.close();
  journal.close();
}

describe('doctor', () => {
  it('tells what is wrong and what could be done, changes nothing, and ends with 1', async () => {
    const file = sample('corrupt-trailing-garbage');
    const before = readFileSync(file);
    const { code, text } = await doctor(file);
    expect(code).toBe(1);
    expect(text).toContain('Cut off what stands behind the state');
    expect(text).toContain('--repair-to');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('repairs a copy, says what is lost, and ends with what is left', async () => {
    const to = join(folder, 'copy.json');
    const { code, text } = await doctor(sample('truncated'), '--repair-to', to);
    expect(code).toBe(0);
    expect(text).toMatch(/bytes at the end cannot be kept: the message .*content'\]\[4\]/);
    expect(() => JSON.parse(readFileSync(to, 'utf8')) as unknown).not.toThrow();
    expect((await doctor(to)).code).toBe(0);
  });

  it('repairs in place, and undo brings it back', async () => {
    const file = sample('nan-bigint');
    const before = readFileSync(file);
    expect((await doctor(file, '--write')).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('"score": null');
    const { text } = await runCommand(addRestoreCommands, 'undo', file, '--write');
    expect(text).toMatch(/1/);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('repairs only these rules, as was chosen', async () => {
    const file = join(folder, 'session.json');
    const call = '{"type": "tool_use", "id": "a", "name": "f", "input": {}}';
    const message = `{"id": "1", "name": "x", "role": "assistant", "content": [{"type": "text", "text": "hi"}, ${call}], "metadata": {"n": NaN}, "timestamp": "t"}`;
    writeFileSync(file, `{"friday": {"memory": {"content": [${message}]}}}`);
    const to = join(folder, 'copy.json');
    const run = await doctor(
      file,
      '--only',
      'dangling-tool-call',
      '--choose',
      'dangling-tool-call=remove-call',
      '--repair-to',
      to,
      '--json',
    );
    expect(JSON.parse(run.text)).toMatchObject({
      copy: { path: to, states: 1 },
      plan: { repairs: [{ repair: 'remove-call' }] },
      left: { findings: [] },
    });
    expect(readFileSync(to, 'utf8')).toBe(readFileSync(file, 'utf8').replace(`, ${call}`, ''));
    const wrong = await doctor(file, '--choose', 'dangling-tool-call=pray', '--write');
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('answer-call, remove-call, none') as string });
    const none = await doctor(
      file,
      '--only',
      'dangling-tool-call',
      '--choose',
      'dangling-tool-call=none',
      '--repair-to',
      join(folder, 'none.json'),
    );
    expect(none.code).toBe(1);
    expect(existsSync(join(folder, 'none.json'))).toBe(false);
  });

  it('puts a part back as it was recorded', async () => {
    const file = join(folder, 'session.json');
    const memory = '"memory": {"content": []}';
    const whole = `{"friday": {${memory}, "toolkit": {"active_groups": ["a"]}}}`;
    const [first, second] = [whole, `{"friday": {${memory}}}`];
    writeFileSync(file, second);
    record(file, 'session:session', [first, second]);
    const to = join(folder, 'copy.json');
    const { code, text } = await doctor(file, '--repair-to', to);
    expect(text).toContain('“toolkit”');
    expect(code).toBe(0);
    expect(readFileSync(to, 'utf8')).toBe(whole);
  });
});
