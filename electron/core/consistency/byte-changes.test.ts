import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { spliceAll } from '../doctor/edit-all.ts';
import type { Splice } from '../doctor/model.ts';
import { byteChanges } from './byte-changes.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** `text` with the first `old` made `fresh`. */
function edit(text: string, old: string, fresh: string): Splice {
  const start = bytes(text.slice(0, text.indexOf(old))).length;
  return { start, end: start + bytes(old).length, text: bytes(fresh) };
}

test('what goes and what comes stands between what stays', () => {
  const before = '{"name": "coder", "status": "busy", "current_task_id": null}';
  expect(byteChanges(bytes(before), [[edit(before, '"busy"', '"idle"')]], 10)).toEqual({
    changes: [
      {
        offset: 29,
        removed: 'busy',
        removedBytes: 4,
        added: 'idle',
        addedBytes: 4,
        before: '{"name": "coder", "status": "',
        after: '", "current_task_id": null}',
      },
    ],
    more: 0,
  });
});

test('a word that changes in its middle is shown whole; how many bytes change is told exactly', () => {
  const before = '{"at": "2026-11-20T08:48:50.119Z"}';
  const [change] = byteChanges(bytes(before), [[edit(before, '0T08:48:50.119', '3T07:49:03.708')]], 10).changes;
  expect(change).toMatchObject({
    removed: '2026-11-20T08:48:50.119Z',
    added: '2026-11-23T07:49:03.708Z',
    removedBytes: 14,
    addedBytes: 14,
    before: '{"at": "',
  });
});

test('what is put in is one change, whatever stands behind it', () => {
  const before = '{"list": [{"id": 1}, {"id": 2}]}';
  const added = ', {"id": 1, "of": "result"}';
  const start = before.indexOf(', {"id": 2');
  const { changes } = byteChanges(bytes(before), [[{ start, end: start, text: bytes(added) }]], 10);
  expect(changes).toMatchObject([{ offset: start, removed: '', added, after: ', {"id": 2}]}' }]);
});

test('characters are never cut in two', () => {
  const before = `"${'状态'.repeat(60)}状${'状态'.repeat(60)}"`;
  const start = bytes(`"${'状态'.repeat(60)}`).length;
  // 状 and 犬 begin with the same bytes.
  const { changes } = byteChanges(bytes(before), [[{ start, end: start + 3, text: bytes('犬') }]], 10);
  expect(changes).toHaveLength(1);
  expect(JSON.stringify(changes)).not.toContain('\uFFFD');
});

test('the changes make the text that the edits make, however many there are, one on the other', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', ' ', '"', '状', '犬'), maxLength: 12 });
  const cuts = fc.array(fc.tuple(fc.nat(40), fc.nat(6), letters), { maxLength: 3 });
  fc.assert(
    fc.property(letters, fc.array(cuts, { maxLength: 3 }), (text, edits) => {
      const before = bytes(text);
      let now: Uint8Array = before;
      const stages = edits.map((of) => {
        let done = 0;
        const splices = of.flatMap(([at, length, fresh]): Splice[] => {
          const start = Math.min(now.length, done + at);
          const end = Math.min(now.length, start + length);
          if (start < done) return [];
          done = end + 1;
          return [{ start, end, text: bytes(fresh) }];
        });
        now = spliceAll(now, splices);
        return splices;
      });
      const { changes } = byteChanges(before, stages, Infinity);
      let length = before.length;
      let last = 0;
      for (const { offset, removedBytes, addedBytes } of changes) {
        expect(offset).toBeGreaterThanOrEqual(last);
        last = offset + removedBytes;
        length += addedBytes - removedBytes;
      }
      expect(length).toBe(now.length);
      // No edit, no change.
      if (Buffer.from(before).equals(now) && stages.length === 0) expect(changes).toEqual([]);
    }),
  );
});
