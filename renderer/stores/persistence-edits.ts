/** Changes to a persistence.yaml that are not saved yet: what they make of it, and how they add up. */
import type { PersistenceEdit, PersistenceSettings, PlacementRule } from '../../shared/ipc/persistence.ts';

export interface StagedRule extends PlacementRule {
  /** Stays the same while the rule is changed and moved. */
  readonly id: string;
}

export interface StagedSettings {
  readonly defaultBackend: string;
  readonly rules: readonly StagedRule[];
}

type Saved = Pick<PersistenceSettings, 'defaultBackend' | 'rules'>;

/** The rules and the default as they would be. An edit that fits no rule changes nothing. */
export function staged(saved: Saved, edits: readonly PersistenceEdit[]): StagedSettings {
  let { defaultBackend } = saved;
  let rules: readonly StagedRule[] = saved.rules.map(({ pattern, backend, ttl }, index) => ({
    pattern,
    backend,
    ttl,
    id: `saved-${index}`,
  }));
  for (const [number, edit] of edits.entries()) {
    switch (edit.edit) {
      case 'default-backend':
        defaultBackend = edit.backend;
        break;
      case 'add-rule':
        rules = rules.toSpliced(edit.at, 0, { ...edit.rule, id: `new-${number}` });
        break;
      case 'remove-rule':
        rules = rules.toSpliced(edit.at, 1);
        break;
      case 'move-rule': {
        const moved = rules[edit.at];
        if (moved) rules = rules.toSpliced(edit.at, 1).toSpliced(edit.to, 0, moved);
        break;
      }
      case 'change-rule':
        rules = rules.map((rule, index) => (index === edit.at ? { ...rule, ...edit.change } : rule));
        break;
      default:
        edit satisfies never;
    }
  }
  return { defaultBackend, rules };
}

/** The edits with one more. Letters typed into one field are one edit; none are left when they lead back to what is saved. */
export function withEdit(
  saved: Saved,
  edits: readonly PersistenceEdit[],
  edit: PersistenceEdit,
): readonly PersistenceEdit[] {
  const next = added(edits, edit);
  return isSaved(saved, staged(saved, next)) ? [] : next;
}

function added(edits: readonly PersistenceEdit[], edit: PersistenceEdit): readonly PersistenceEdit[] {
  const last = edits.at(-1);
  const before = edits.slice(0, -1);
  if (edit.edit === 'change-rule' && last?.edit === 'change-rule' && last.at === edit.at) {
    return [...before, { ...last, change: { ...last.change, ...edit.change } }];
  }
  if (edit.edit === 'change-rule' && last?.edit === 'add-rule' && last.at === edit.at) {
    return [...before, { ...last, rule: { ...last.rule, ...edit.change } }];
  }
  if (edit.edit === 'default-backend' && last?.edit === 'default-backend') return [...before, edit];
  return [...edits, edit];
}

function isSaved(saved: Saved, { defaultBackend, rules }: StagedSettings): boolean {
  return (
    defaultBackend === saved.defaultBackend &&
    rules.length === saved.rules.length &&
    rules.every(({ pattern, backend, ttl }, index) => {
      const before = saved.rules[index];
      return before?.pattern === pattern && before.backend === backend && before.ttl === ttl;
    })
  );
}
