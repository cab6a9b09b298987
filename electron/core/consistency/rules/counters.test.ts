import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson } from '../../../../shared/json/parse.ts';
import { AgentMetrics } from '../../../../shared/state/agent-metrics.ts';
import { odditiesIn } from '../oddities.ts';
import { isNear, movingAverage } from './counters.ts';

const time = fc.double({ min: 1e-6, max: 1e6, noNaN: true });

test('the moving average is what an agent that was told each time has', () => {
  fc.assert(
    fc.property(fc.array(time, { maxLength: 50 }), (times) => {
      let metrics = new AgentMetrics();
      for (const each of times) metrics = metrics.withResponseTime(each);
      expect(isNear(movingAverage(times), metrics.averageResponseTime)).toBe(true);
    }),
  );
});

test('one response more or less is not near', () => {
  fc.assert(
    fc.property(fc.array(time, { minLength: 2, maxLength: 20 }), (times) => {
      const average = movingAverage(times);
      const last = times.at(-1) ?? 0;
      const before = movingAverage(times.slice(0, -1));
      fc.pre(Math.abs(last - before) > 1e-3 * Math.max(1, before, last));
      expect(isNear(average, before)).toBe(false);
    }),
  );
});

test('integers are told exactly when a float does not hold them', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (value) => {
      const { document } = parseJson(Buffer.from(`[${value}]`));
      const told = document === null ? [] : odditiesIn(document).bigIntegers;
      const isHeld = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
      expect(told).toHaveLength(isHeld ? 0 : 1);
    }),
  );
});

test('half a pair is told wherever a string is cut within a character, and never otherwise', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(), (text, at) => {
      const cut = text.slice(0, at % (text.length + 1));
      const { document } = parseJson(Buffer.from(JSON.stringify([cut])));
      const told = document === null ? [] : odditiesIn(document).halfPairs;
      expect(told).toHaveLength(/[\ud800-\udbff]$/.test(cut) ? 1 : 0);
    }),
  );
});
