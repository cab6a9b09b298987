import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../shared/json/parse.ts';
import { canonicalChecksum } from '../../../shared/state/checksum.ts';
import { recordOf } from './behaviour-suite.ts';
import { withMetadata } from './store-metadata.ts';

const clock = () => Date.parse('2025-09-10T08:00:00Z');
const metadataOf = (record: { readonly metadata: Uint8Array | null }) =>
  JSON.parse(Buffer.from(record.metadata ?? []).toString()) as unknown;

describe('metadata beside a state', () => {
  it('are made for a new one: time, size and canonical checksum of the data', () => {
    const { document } = parseJson(Buffer.from('{"b": 1, "a": 2}'));
    expect(metadataOf(withMetadata(recordOf('{"b": 1, "a": 2}'), null, clock))).toMatchObject({
      created_at: '2025-09-10T08:00:00.000Z',
      updated_at: '2025-09-10T08:00:00.000Z',
      size_bytes: 16,
      checksum: document && canonicalChecksum(document),
      state_module_class: 'agents.AgentStateModule',
    });
  });

  it('of the state before are kept but for what a write changes', () => {
    const stored =
      '{"created_at":"2024-01-01T00:00:00","tags":["kept"],"ttl_seconds":60,"size_bytes":1,"big":12345678901234567890}';
    const previous = recordOf('1', { metadata: Buffer.from(stored) });
    const written = withMetadata(recordOf('[1,2]'), previous, clock);
    expect(metadataOf(written)).toMatchObject({
      created_at: '2024-01-01T00:00:00',
      updated_at: '2025-09-10T08:00:00.000Z',
      tags: ['kept'],
      ttl_seconds: 60,
      size_bytes: 5,
    });
    expect(Buffer.from(written.metadata ?? []).toString()).toContain('12345678901234567890');
  });

  it('that come with the record go before those of the state before', () => {
    const previous = recordOf('1', { metadata: Buffer.from('{"created_at":"2024-01-01T00:00:00","tags":["old"]}') });
    const record = recordOf('1', { metadata: Buffer.from('{"created_at":"2024-01-01T00:00:00","tags":["new"]}') });
    expect(metadataOf(withMetadata(record, previous, clock))).toMatchObject({ tags: ['new'] });
  });

  it('that cannot be read stay as they are', () => {
    const previous = recordOf('1', { metadata: Buffer.from('{"tags":"no list"}') });
    expect(withMetadata(recordOf('2'), previous, clock).metadata).toBeNull();
    expect(withMetadata(recordOf('not JSON'), null, clock).metadata).toBeNull();
  });
});
