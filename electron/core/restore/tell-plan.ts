/** A plan as the window and the command line get it: beginnings of values instead of texts. */
import type { RestoreChange, RestorePlan } from '../../../shared/ipc/restore.ts';
import type { JsonDocument } from '../../../shared/json/document.ts';
import { toDot } from '../../../shared/json/path.ts';
import { formatJsonPrefix } from '../../../shared/json/print.ts';
import type { Change, Changes } from './changes.ts';
import { inTheWay } from './checks.ts';
import type { Plan, PlannedState } from './plan.ts';

/** Changes of one state that are handed out. */
const MOST_CHANGES = 1000;
const SHORT_CHARACTERS = 400;

/** @param id by which it can be applied. */
export function tellPlan({ request, location, states, checks }: Plan, id: string): RestorePlan {
  const rows = states.map((state) => {
    const { key, type, action, before, after, changes, chosen } = state;
    const counts = { added: 0, removed: 0, changed: 0 };
    for (const { kind } of chosen) counts[kind] += 1;
    if (action === 'create') counts.added = 1;
    if (action === 'remove') counts.removed = 1;
    const listed = changes?.list.slice(0, MOST_CHANGES) ?? [];
    return {
      key,
      type,
      action,
      bytesBefore: before?.length ?? 0,
      bytesAfter: after?.length ?? 0,
      counts,
      changes: changes === null ? [] : listed.map((change) => tellChange(changes, change, chosen.has(change))),
      more: (changes?.list.length ?? 0) - listed.length,
    };
  });
  const isSame = ({ action }: { action: PlannedState['action'] }) => action === 'same';
  return {
    plan: id,
    from: request.from,
    location,
    mode: request.mode,
    rows: [...rows.filter((row) => !isSame(row)), ...rows.filter(isSame)],
    checks,
    states: rows.filter((row) => !isSame(row)).length,
    possible: !inTheWay(
      checks,
      checks.map(({ code }) => code),
    ).length,
  };
}

function tellChange({ now, was }: Changes, change: Change, chosen: boolean): RestoreChange {
  const { kind, path } = change;
  const before = change.now === null ? null : shortText(now, change.now);
  const after = change.was === null ? null : shortText(was, change.was);
  return { kind, path, pathText: toDot(path), before, after, chosen };
}

function shortText(document: JsonDocument, node: number): string {
  // In one line: a line break within a string is written as an escape.
  return formatJsonPrefix(document, node, SHORT_CHARACTERS).text.replaceAll(/\n\s*/g, ' ');
}
