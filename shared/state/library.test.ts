import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type EnhancedStateModule, registerDocumentTypes, StateCodec, TypeRegistry } from './index.ts';

const here = dirname(fileURLToPath(import.meta.url));
const samples = join(here, '../../electron/core/sources/fixtures');

interface Planner extends EnhancedStateModule {
  goal: string;
  visited: Set<string>;
  memory: { content: unknown[] };
}

interface Example {
  readonly Planner: new () => Planner;
  readonly save: (planner: Planner) => Uint8Array;
  readonly restore: (bytes: Uint8Array) => Planner;
}

describe('the library', () => {
  test('[L1] the example of STATE.md runs as it stands, and a state that it saved is restored', async () => {
    const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(here, '../../docs/STATE.md'), 'utf8')) ?? [];
    expect(code.split('\n').length).toBeLessThan(40);
    const folder = mkdtempSync(join(tmpdir(), 'statescope-example-'));
    try {
      const file = join(folder, 'example.ts');
      writeFileSync(file, code.replace("'statescope/state'", JSON.stringify(join(here, 'index.ts'))));
      const { Planner, save, restore } = (await import(/* @vite-ignore */ file)) as Example;
      const planner = new Planner();
      planner.memory.content = [{ role: 'user', content: '你好' }];
      planner.visited = new Set(['b', 'a']);
      const back = restore(save(planner));
      expect(back.stateDict()).toEqual(planner.stateDict());
      expect(JSON.parse(new TextDecoder().decode(save(planner)))).toMatchObject({
        __type__: 'robots.Planner',
        __version__: '1.1.0',
      });
      expect(back.load({ ...planner.stateDict(), goal: '' })).toMatchObject({
        applied: false,
        findings: [{ rule: 'has-goal' }],
      });
      const old = { memory: { content: [] }, goals: 'old', visited: new Set() };
      expect(back.load(old)).toMatchObject({ applied: true, from: '1.0.0' });
      expect(back.goal).toBe('old');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('[L2] every sample of AgentScope that is JSON survives decoding and encoding byte for byte', () => {
    const codec = new StateCodec(
      registerDocumentTypes(new TypeRegistry(), () => 0),
      () => 0,
    );
    const files = readdirSync(samples, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
    let survived = 0;
    for (const name of files) {
      const bytes = new Uint8Array(readFileSync(join(samples, name)));
      try {
        const state = codec.decodeBytes(bytes);
        const { document } = state.origin;
        expect(codec.encode(state, { origin: state.origin })).toEqual(new Uint8Array(document.rawBytes(0)));
        survived++;
      } catch (error) {
        // Some of the samples are damaged on purpose.
        expect(error).toMatchObject({ code: 'incomplete' });
      }
    }
    expect(survived).toBeGreaterThan(3);
  });
});
