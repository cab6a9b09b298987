/** What only a real python3 can tell. Where there is none the tests say so by name and are skipped. */
import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documentOf, pythonJson as pythonJsonTexts } from '../json/test-support.ts';
import { pythonJson } from './canonical.ts';
import { pythonChecksum } from './checksum.ts';
import { DateTime } from './date-time.ts';
import { describeState } from './describe-state.ts';
import { StateMetadata } from './metadata.ts';
import { codec } from './test-support.ts';
import { EnumValue, FrozenSet, NumberLiteral, Uuid } from './values.ts';

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
          status: new EnumValue('__main__.AgentStatus', 'busy'),
          nested: [{ statuses: [new EnumValue('__main__.AgentStatus', 'idle')] }],
          big: 12345678901234567890n,
          float: new NumberLiteral('553.0'),
          user: { __custom_type__: 'enum', __data__: 1 },
          text: '\ud83d火',
        },
      };
      const data = documentOf(new TextDecoder().decode(codec.encode({ dialect: 'data', stateData: state.stateData })));
      const metadata = StateMetadata.create(() => 1_757_491_200_250, { tags: ['x'] }).written(
        () => 1_757_491_200_250,
        data,
      );
      const extras = { __metadata__: metadata.toJson() };
      const names = ['when', 'frozen', 'id', 'status', 'nested', 'big', 'float', 'user', 'text'];
      const program = `
import enum, hashlib, importlib, json, sys
from datetime import datetime
from uuid import UUID
class AgentStatus(enum.Enum):
    IDLE = "idle"
    BUSY = "busy"
decoders = {"set": set, "frozenset": frozenset, "UUID": UUID, "datetime": datetime.fromisoformat}
def decode(obj):  # 5.1, _decode_complex_types
    if isinstance(obj, dict):
        if "__custom_type__" in obj:
            name, data = obj["__custom_type__"], obj["__data__"]
            if name == "enum":
                module, enum_class = obj["__enum_type__"].rsplit(".", 1)
                return getattr(importlib.import_module(module), enum_class)(data)
            return decoders[name](data)
        return {k: decode(v) for k, v in obj.items()}
    return [decode(item) for item in obj] if isinstance(obj, list) else obj
whole = json.load(sys.stdin)
data = decode(whole["state_data"])
print(json.dumps({
    "values": [repr(data[k]) for k in ${JSON.stringify(names)}],
    "tags": sorted(data["tags"]),
    "envelope": [whole["__type__"], whole["__version__"], datetime.fromisoformat(whole["__timestamp__"].replace("Z", "+00:00")).isoformat()],
    "metadata": whole["__metadata__"],
    "python": hashlib.sha256(json.dumps(whole["state_data"], sort_keys=True).encode()).hexdigest(),
}))
`;
      const input = codec.encode({ ...state, extras });
      const output = execFileSync('python3', ['-c', program], { input, encoding: 'utf8' });
      expect(JSON.parse(output)).toEqual({
        values: [
          'datetime.datetime(2025, 9, 10, 8, 0, 0, 250000, tzinfo=datetime.timezone.utc)',
          'frozenset({1, 2})',
          "UUID('12345678-1234-5678-1234-567812345678')",
          "<AgentStatus.BUSY: 'busy'>",
          "[{'statuses': [<AgentStatus.IDLE: 'idle'>]}]",
          '12345678901234567890',
          '553.0',
          "{'!__custom_type__': 'enum', '__data__': 1}",
          String.raw`'\ud83d火'`,
        ],
        tags: ['a', 'b'],
        envelope: ['robot.Agent', '1.0.0', '2025-09-10T08:00:00+00:00'],
        metadata: metadata.toJson(),
        python: pythonChecksum(data),
      });
      const { document } = codec.decodeBytes(input).origin;
      expect(describeState(document, codec.registry).checksum?.verdict).toBe('canonical');
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
