/** What only a real python3 can tell. Where there is none the tests say so by name and are skipped. */
import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documentOf, pythonJson as pythonJsonTexts } from '../json/test-support.ts';
import { pythonJson } from './canonical.ts';
import { DateTime } from './date-time.ts';
import { codec } from './test-support.ts';
import { FrozenSet, NumberLiteral, Uuid } from './values.ts';

describe('python3', () => {
  const python = pythonVersion();

  test.skipIf(python === undefined)(
    `[D4] agrees with python3 itself (${python ?? 'not run: there is no python3 here'})`,
    () => {
      const texts = fc.sample(pythonJsonTexts, { numRuns: 300, seed: 8785 });
      const program = [
        'import json, sys',
        'for text in json.load(sys.stdin): print(json.dumps(json.loads(text), sort_keys=True))',
      ].join('\n');
      const input = JSON.stringify(texts);
      const lines = execFileSync('python3', ['-c', program], { input, encoding: 'utf8' }).trimEnd().split('\n');
      expect(texts.map((text) => pythonJson(documentOf(text)))).toEqual(lines);
    },
  );

  test.skipIf(python === undefined)(
    `[C1] the reader of 5.1 in Python gets the same values (${python ?? 'not run: there is no python3 here'})`,
    () => {
      const state = {
        type: 'robot.Agent',
        version: '1.0.0',
        timestamp: '2025-09-10T08:00:00Z',
        stateData: {
          when: DateTime.at(1_757_491_200_250),
          tags: new Set(['b', 'a']),
          frozen: new FrozenSet([2, 1]),
          id: new Uuid('12345678-1234-5678-1234-567812345678'),
          big: 12345678901234567890n,
          float: new NumberLiteral('553.0'),
          user: { __custom_type__: 'enum', __data__: 1 },
          text: '\ud83d火',
        },
      };
      const program = `
import json, sys
from datetime import datetime
from uuid import UUID
decoders = {"set": set, "frozenset": frozenset, "UUID": UUID}
def decode(obj):  # 5.1, _decode_complex_types
    if isinstance(obj, dict):
        if "__custom_type__" in obj:
            name, data = obj["__custom_type__"], obj["__data__"]
            return decoders[name](data) if name in decoders else datetime.fromisoformat(data)
        return {k: decode(v) for k, v in obj.items()}
    return [decode(item) for item in obj] if isinstance(obj, list) else obj
data = decode(json.load(sys.stdin)["state_data"])
print(json.dumps([repr(data[k]) for k in ("when", "frozen", "id", "big", "float", "user", "text")] + sorted(data["tags"])))
`;
      const output = execFileSync('python3', ['-c', program], { input: codec.encode(state), encoding: 'utf8' });
      expect(JSON.parse(output)).toEqual([
        'datetime.datetime(2025, 9, 10, 8, 0, 0, 250000, tzinfo=datetime.timezone.utc)',
        'frozenset({1, 2})',
        "UUID('12345678-1234-5678-1234-567812345678')",
        '12345678901234567890',
        '553.0',
        "{'!__custom_type__': 'enum', '__data__': 1}",
        String.raw`'\ud83d火'`,
        'a',
        'b',
      ]);
    },
  );
});

function pythonVersion(): string | undefined {
  try {
    return execFileSync('python3', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}
