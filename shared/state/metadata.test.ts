import { describe, expect, test } from 'vitest';
import { documentOf } from '../json/test-support.ts';
import { StateMetadata } from './metadata.ts';
import { StateModule } from './state-module.ts';

const start = 1_757_491_200_000;
const clock =
  (seconds = 0) =>
  () =>
    start + seconds * 1000;

describe('StateMetadata', () => {
  test('[D6] is stored with the names of the document, UTC with Z, and unknown fields are kept', () => {
    const metadata = StateMetadata.create(clock(), { tags: ['prod'], category: 'agents', ttlSeconds: 60 });
    const json = metadata.toJson();
    expect(json).toEqual({
      created_at: '2025-09-10T08:00:00.000Z',
      updated_at: '2025-09-10T08:00:00.000Z',
      version: '1.0.0',
      size_bytes: null,
      checksum: null,
      tags: ['prod'],
      category: 'agents',
      ttl_seconds: 60,
      access_count: 0,
      last_access: null,
      state_module_class: null,
      nested_modules: [],
      registered_attributes: [],
    });
    expect(StateMetadata.fromJson({ ...json, owner: 'ops' }).toJson()).toEqual({ ...json, owner: 'ops' });
    expect(StateMetadata.fromJson({ created_at: '2025-09-10T08:00:00' }).fields).toMatchObject({
      category: 'general',
      accessCount: 0,
      createdAt: { naive: true },
    });
    expect(() => StateMetadata.fromJson({ created_at: 'soon' })).toThrow(/created_at/);
    expect(() => StateMetadata.fromJson([])).toThrow(expect.objectContaining({ code: 'not-a-dict' }));
  });

  test('[D7] a time to live counts from the last write; expiry is told, not acted on; 0 is at once', () => {
    const document = documentOf('{"a":1}');
    const metadata = StateMetadata.create(clock(), { ttlSeconds: 60 });
    expect([59, 60].map((at) => metadata.isExpired(clock(at)))).toEqual([false, true]);
    const written = metadata.written(clock(50), document);
    expect([60, 109, 110].map((at) => written.isExpired(clock(at)))).toEqual([false, false, true]);
    expect(metadata.accessed(clock(50)).isExpired(clock(60))).toBe(true);
    expect(StateMetadata.create(clock(), { ttlSeconds: 0 }).isExpired(clock())).toBe(true);
    expect(StateMetadata.create(clock()).isExpired(clock(1e9))).toBe(false);
  });

  test('[D8] an access counts and is timed, and changes nothing of the original', () => {
    const metadata = StateMetadata.create(clock());
    expect(metadata.accessed(clock(1)).accessed(clock(2)).fields).toMatchObject({
      accessCount: 2,
      lastAccess: { text: '2025-09-10T08:00:02.000Z' },
    });
    expect(metadata.fields.accessCount).toBe(0);
  });

  test('[D9] a write notes size, checksum, nested modules and registered attributes', () => {
    class Agent extends StateModule {
      memory = new StateModule();
      name = 'x';
      constructor() {
        super();
        this.registerState('name');
      }
    }
    const document = documentOf('{"state_data": {"b": 1} }');
    const node = document.member(0, 'state_data');
    expect(StateMetadata.create(clock()).written(clock(), document, node, new Agent()).fields).toMatchObject({
      sizeBytes: 8,
      nestedModules: ['memory'],
      registeredAttributes: ['name'],
      // printf '{"b":1}' | sha256sum
      checksum: 'eb8ed3ccb5023093b56f490a46501e88d09736687e609fdbc1c71b3df8b9ccd3',
    });
  });

  test('[D10] a checksum is verified by both formulas, and the verdict says which fits', () => {
    const document = documentOf('{"b": 553.0, "a": "火"}');
    const verdict = (checksum: string | null): string => StateMetadata.create(clock(), { checksum }).verify(document);
    // python3: hashlib.sha256(json.dumps({"b": 553.0, "a": "火"}, sort_keys=True, default=str).encode()).hexdigest()
    expect(verdict('4df50a533266d2300521deed381a835e88d51f801b974ab23e5f2371bad82998')).toBe('python');
    expect(StateMetadata.create(clock()).written(clock(), document).verify(documentOf('{"a":"\\u706b","b":553}'))).toBe(
      'canonical',
    );
    expect(verdict('00')).toBe('mismatch');
    expect(verdict(null)).toBe('absent');
  });
});
