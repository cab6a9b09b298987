/** Whatever a state holds, the check comes to its end, and says only what can be shown. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson } from '../../../shared/json/parse.ts';
import { queryJsonPath } from '../../../shared/json/query.ts';
import { parseRulesFile } from './rules-file.ts';
import { envelope, reportOf } from './test-support.ts';

/** The words that the rules look for, so that each of them meets every kind of value. */
const WORDS =
  `agent_id status current_task_id current_session_id conversation_context performance_metrics total_messages
  successful_tasks failed_tasks success_rate average_response_time last_activity session_id participants messages message_count
  participant_activity created_at expires_at session message_ids tasks task_id agent agents total_agents at updated_at id
  __custom_type__ __data__ metadata checksum ttl_seconds content role name timestamp`.split(/\s+/);
const TEXTS = [
  'busy',
  'active',
  'agent:a',
  'session:b',
  'set',
  'datetime',
  '2026-11-20T08:00:00',
  '\ud800',
  '',
  '__proto__',
];

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(...TEXTS),
    fc.constantFrom(null, true, 0, -1, 1e308, 9007199254740992, 0.1),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...WORDS), tie('value'), { maxKeys: 8 }),
  ),
}));
const RULES = parseRulesFile(
  'rules:\n  - {id: x, where: "path:status new:*", must: "$.state_data.status == 1 or count($..id) > 2", message: m}',
  'r.yaml',
);

test('any values in any places', async () => {
  const states = fc.record({ 'agents/a': value, 'sessions/b': value, 'conversations/c': value, 'board/d': value });
  await fc.assert(
    fc.asyncProperty(states, value, async (data, metadata) => {
      const texts = Object.entries(data).map(([name, each]) => {
        return [name, JSON.stringify(envelope(each, 'x.AgentStateModule', { __metadata__: metadata }))] as const;
      });
      const { findings } = await reportOf(Object.fromEntries(texts), { rules: RULES });
      const byKey = new Map(texts.map(([name, text]) => [`${name}.json`, parseJson(Buffer.from(text)).document]));
      for (const { message, at, location, path, foundKey } of findings) {
        expect(message).not.toMatch(/\{\{|^$|^consistency\./);
        const document = byKey.get(location);
        if (!document) continue;
        expect(queryJsonPath(document, at)).toMatchObject({ ok: true });
        expect(path.length === 0 || foundKey !== undefined).toBe(true);
      }
    }),
    { numRuns: 40 },
  );
});

test('a hundred thousand levels, and a hundred thousand faults, take seconds and not hours', async () => {
  const deep = `${'{"a":1,"b":['.repeat(50_000)}1${']}'.repeat(50_000)}`;
  const odd = `[${'{"a":NaN,"a":"\\ud800"},'.repeat(50_000)}1]`;
  const started = performance.now();
  const { checks } = await reportOf({ 'x/deep': deep, 'x/odd': odd }, { rules: RULES });
  expect(performance.now() - started).toBeLessThan(30_000);
  const counts = Object.fromEntries(checks.map(({ rule, found }) => [rule, found]));
  expect(counts).toMatchObject({ 'not-a-number': 50_000, 'duplicate-key': 50_000, 'lone-surrogate': 50_000 });
});
