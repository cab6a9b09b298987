/** Sums over all agents and sessions that a state claims to know, where it was written after the last of them. */
import type { Facts, TotalsFact } from '../facts.ts';
import { numberRepair } from '../repairs.ts';
import type { FactsRule, FoundAt } from '../rule.ts';

export const fleetTotals: FactsRule = {
  id: 'fleet-totals',
  group: 'validity',
  severity: 'warning',
  needs: 'facts',
  *check(facts) {
    // Of what could not be read nothing can be added up.
    const isWhole = { agents: !hasUnknown(facts, 'agent:'), sessions: !hasUnknown(facts, 'session:') };
    for (const totals of facts.totals) {
      if (!isWhole[totals.of] || !isCurrent(totals, facts)) continue;
      const found: FoundAt[] = [];
      for (const [name, told] of Object.entries(totals.figures)) {
        const actual = sumOf(totals.of, name, facts);
        if (actual === null || actual === told.value) continue;
        const { place, value } = told;
        found.push({ place, details: { name, told: value, actual }, repair: numberRepair(place.path, actual) });
      }
      yield found;
    }
  },
};

function hasUnknown({ unknown }: Facts, prefix: string): boolean {
  return [...unknown].some((key) => key.startsWith(prefix));
}

/** Nothing that it sums up was written after it. */
function isCurrent({ of, atMs }: TotalsFact, { agents, sessions }: Facts): boolean {
  if (atMs === null) return false;
  const states = of === 'agents' ? [...agents.values()] : [...sessions.values()];
  return states.every(({ updatedMs }) => updatedMs !== null && updatedMs <= atMs);
}

/** Null where one of them does not say. */
function sumOf(of: TotalsFact['of'], name: string, { agents, sessions }: Facts): number | null {
  if (name === 'total_agents') return agents.size;
  if (name === 'total_sessions') return sessions.size;
  if (of === 'sessions') return sum([...sessions.values()].map(({ messageCount }) => messageCount));
  const each = [...agents.values()];
  if (name === 'total_messages') return sum(each.map(({ totalMessages }) => totalMessages));
  const counter = name === 'total_successful_tasks' ? 'successful' : 'failed';
  return sum(each.map((agent) => agent[counter]?.value ?? null));
}

function sum(values: readonly (number | null)[]): number | null {
  return values.reduce((total, value) => (total === null || value === null ? null : total + value), 0);
}
