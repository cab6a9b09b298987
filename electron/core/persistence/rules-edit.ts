/** Changes a persistence.yaml and leaves what a person wrote: comments, order, quotes, variables. */
import { type Document, isMap, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { SourceError } from '../sources/source-error.ts';
import type { PersistenceRule } from './rules-config.ts';

/** Rules count from 0. */
export type PersistenceEdit =
  | { readonly edit: 'default-backend'; readonly backend: string }
  /** `at` is where the rule will stand. */
  | { readonly edit: 'add-rule'; readonly at: number; readonly rule: PersistenceRule }
  | { readonly edit: 'remove-rule'; readonly at: number }
  /** `to` is where the rule will stand. */
  | { readonly edit: 'move-rule'; readonly at: number; readonly to: number }
  | { readonly edit: 'change-rule'; readonly at: number; readonly change: Partial<PersistenceRule> };

/**
 * One after the other. Of the layout only spaces before comments and uneven indentation are set right. What comes out is not checked for
 * faults: parse it.
 * @throws SourceError `bad-config` for a text that is no YAML or has no such rule.
 */
export function editPersistence(
  text: string,
  edits: readonly PersistenceEdit[],
  fileName = 'persistence.yaml',
): string {
  const document = parseDocument(text, { prettyErrors: false });
  const root = document.get('persistence');
  if (document.errors.length > 0 || !isMap(root))
    throw uneditable(fileName, 'it is no valid YAML, or has no persistence');
  for (const edit of edits) {
    if (edit.edit === 'default-backend') root.set('default_backend', edit.backend);
    else editRules(document, root, edit, fileName);
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

type RuleEdit = Exclude<PersistenceEdit, { edit: 'default-backend' }>;

function editRules(document: Document, root: YAMLMap, edit: RuleEdit, fileName: string): void {
  const rules = rulesOf(document, root);
  const { at } = edit;
  const last = edit.edit === 'add-rule' ? rules.items.length : rules.items.length - 1;
  const to = edit.edit === 'move-rule' ? edit.to : 0;
  if (!(isIndex(at, last) && isIndex(to, last))) throw uneditable(fileName, `it has no rule ${at + 1}`);
  switch (edit.edit) {
    case 'add-rule': {
      const { pattern, backend, ttl } = edit.rule;
      rules.items.splice(at, 0, document.createNode({ pattern, backend, ...(ttl === null ? {} : { ttl }) }));
      return;
    }
    case 'remove-rule':
      rules.items.splice(at, 1);
      return;
    case 'move-rule':
      rules.items.splice(to, 0, ...rules.items.splice(at, 1));
      return;
    case 'change-rule': {
      const rule = rules.items[at];
      if (!isMap(rule)) throw uneditable(fileName, `rule ${at + 1} is no mapping`);
      for (const [name, value] of Object.entries(edit.change)) {
        if (value === null) rule.delete(name);
        else if (value !== undefined) rule.set(name, value);
      }
    }
  }
}

function rulesOf(document: Document, root: YAMLMap): YAMLSeq {
  const found = root.get('rules');
  if (isSeq(found)) return found;
  const rules = document.createNode([]) as YAMLSeq;
  root.set('rules', rules);
  return rules;
}

function isIndex(value: number, last: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= last;
}

function uneditable(fileName: string, reason: string): SourceError {
  const message = `${fileName} cannot be edited here: ${reason}. Mend it in a text editor.`;
  return new SourceError('bad-config', message, { location: fileName, reason });
}
