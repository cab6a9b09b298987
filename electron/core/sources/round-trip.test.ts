/** Whatever state a source lists: read, decoded, encoded and compared byte for byte. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseJson } from '../../../shared/json/parse.ts';
import { StateCodec } from '../../../shared/state/codec.ts';
import { decodeStored } from '../../../shared/state/describe-state.ts';
import { knownTypes } from '../validation/known-types.ts';
import { storedBeside } from '../validation/stored-beside.ts';
import { fixture, opened } from './test-support.ts';

const WORKSPACE = fileURLToPath(new URL('../../../assets/sample-workspace', import.meta.url));
const samples = readdirSync(fixture('')).filter((name) => !name.endsWith('.ts'));
const registry = knownTypes();
const codec = new StateCodec(registry, Date.now);

test.each([...samples.map(fixture), WORKSPACE, join(WORKSPACE, 'fleet.db')])(
  'every state of %s that is whole survives, and the others are known to be cut off',
  async (location) => {
    const source = await opened(location);
    expect(source.entries.length).toBeGreaterThan(0);
    for (const { key } of source.entries) {
      const { bytes, metadata } = await source.read(key);
      const { document, issues } = parseJson(bytes);
      if (!document) throw new Error(`${key} is no JSON`);
      if (document.isIncomplete(0)) {
        expect(issues.map(({ code }) => code)).toContain('truncated');
        continue;
      }
      const state = decodeStored(document, registry, storedBeside(metadata));
      const written = Buffer.from(codec.encode(state, { origin: state.origin }));
      expect(written.equals(document.rawBytes(0)), key).toBe(true);
    }
  },
);

test('the data of a row is decoded with its tags, so that what survives is not merely copied', async () => {
  const source = await opened(join(WORKSPACE, 'fleet.db'));
  const { bytes, metadata } = await source.read('agent:oncall');
  const { document } = parseJson(bytes);
  const state = document && decodeStored(document, registry, storedBeside(metadata));
  expect(state).toMatchObject({
    dialect: 'data',
    type: 'robotagent.state.AgentStateModule',
    stateData: { status: { type: 'robotagent.state.AgentStatus', value: 'busy' } },
  });
});
