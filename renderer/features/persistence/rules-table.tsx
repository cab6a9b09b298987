import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { PersistenceEdit, PersistenceSettings } from '../../../shared/ipc/persistence.ts';
import { stageEdit } from '../../host/persistence.ts';
import type { StagedRule } from '../../stores/persistence-edits.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Input, Select } from '../../ui/field.tsx';
import { useFormat } from '../../ui/use-format.ts';
import styles from './persistence.module.css';
import { TtlField } from './ttl-field.tsx';

/** As long as the engine takes. */
const LONGEST_PATTERN = 256;

export interface RulesTableProps {
  readonly rules: readonly StagedRule[];
  readonly defaultBackend: string;
  /** How many states each of them decides; null while that is not known. */
  readonly counts: PersistenceSettings | null;
  readonly backends: readonly string[];
  /** Of states that there are. */
  readonly kinds: readonly string[];
}

/** The rules in the order in which they are asked, changed in place. */
export function RulesTable({ rules, defaultBackend, counts, backends, kinds }: RulesTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const body = useRef<HTMLTableSectionElement>(null);
  const added = useRef(false);
  const length = rules.length;
  useEffect(() => {
    if (!added.current) return;
    added.current = false;
    const fields = body.current?.querySelectorAll<HTMLInputElement>('input[data-pattern]');
    fields?.item(length - 1).select();
  }, [length]);
  const add = () => {
    added.current = true;
    const pattern = newPattern(rules, kinds);
    stageEdit({ edit: 'add-rule', at: length, rule: { pattern, backend: defaultBackend, ttl: null } });
  };
  const options = backends.map((name) => ({ value: name, text: name }));
  return (
    <section className={styles.section}>
      <h2 className={styles.title} id="persistence-rules">
        {t('persistence.rules')}
        <span className={styles.titleNote}>{t('persistence.rulesHelp')}</span>
        <Button kind="quiet" icon={<Plus size={14} aria-hidden />} onClick={add}>
          {t('persistence.addRule')}
        </Button>
      </h2>
      <table className={styles.table} aria-labelledby="persistence-rules">
        <thead>
          <tr>
            <th className={styles.order}>{t('persistence.order')}</th>
            <th>{t('persistence.pattern')}</th>
            <th className={styles.backendCell}>{t('persistence.backend')}</th>
            <th className={styles.ttlCell}>{t('persistence.ttl')}</th>
            <th className={styles.number}>{t('persistence.decides')}</th>
            <th className={styles.tools}>
              <span className="visually-hidden">{t('persistence.tools')}</span>
            </th>
          </tr>
        </thead>
        <tbody ref={body}>
          {rules.map((rule, at) => (
            <RuleRow
              key={rule.id}
              rule={rule}
              at={at}
              last={at === length - 1}
              options={options}
              states={counts?.rules[at]?.states ?? null}
            />
          ))}
          <tr className={styles.rest}>
            <td className={styles.order} />
            <th scope="row">{t('persistence.everythingElse')}</th>
            <td>
              <Select
                label={t('persistence.default')}
                value={defaultBackend}
                options={options}
                onChange={(backend) => stageEdit({ edit: 'default-backend', backend })}
              />
            </td>
            <td className={styles.muted}>{t('persistence.ttlUnits.never')}</td>
            <td className={styles.number}>{counts === null ? '–' : format.count(counts.defaultStates)}</td>
            <td />
          </tr>
        </tbody>
      </table>
    </section>
  );
}

interface RuleRowProps {
  readonly rule: StagedRule;
  readonly at: number;
  readonly last: boolean;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly states: number | null;
}

function RuleRow({ rule: { pattern, backend, ttl }, at, last, options, states }: RuleRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const change = (changed: Extract<PersistenceEdit, { edit: 'change-rule' }>['change']) =>
    stageEdit({ edit: 'change-rule', at, change: changed });
  const move = (to: number) => {
    if (to >= 0 && !(last && to > at)) stageEdit({ edit: 'move-rule', at, to });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    move(event.key === 'ArrowUp' ? at - 1 : at + 1);
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the keys of the fields and buttons in it
    <tr onKeyDown={onKeyDown}>
      <td className={styles.order}>{format.count(at + 1)}</td>
      <td>
        <Input
          mono
          data-pattern
          aria-label={t('persistence.patternOf', { number: at + 1 })}
          aria-invalid={pattern === ''}
          title={pattern === '' ? t('persistence.patternMissing') : undefined}
          maxLength={LONGEST_PATTERN}
          value={pattern}
          onChange={(event) => change({ pattern: event.target.value })}
        />
      </td>
      <td>
        <Select
          label={t('persistence.backendOf', { pattern })}
          value={backend}
          options={options}
          onChange={(chosen) => change({ backend: chosen })}
        />
      </td>
      <td>
        <TtlField about={pattern} ttl={ttl} onChange={(seconds) => change({ ttl: seconds })} />
      </td>
      <td className={styles.number}>{states === null ? '–' : format.count(states)}</td>
      <td className={styles.tools}>
        <IconButton label={t('persistence.moveUp', { pattern })} aria-disabled={at === 0} onClick={() => move(at - 1)}>
          <ArrowUp size={14} aria-hidden />
        </IconButton>
        <IconButton label={t('persistence.moveDown', { pattern })} aria-disabled={last} onClick={() => move(at + 1)}>
          <ArrowDown size={14} aria-hidden />
        </IconButton>
        <IconButton
          label={t('persistence.removeRule', { pattern })}
          onClick={() => stageEdit({ edit: 'remove-rule', at })}
        >
          <Trash2 size={14} aria-hidden />
        </IconButton>
      </td>
    </tr>
  );
}

/** For the first kind of which no rule speaks; two rules of one pattern are refused. */
function newPattern(rules: readonly StagedRule[], kinds: readonly string[]): string {
  const taken = new Set(rules.map(({ pattern }) => pattern));
  const free = kinds.map((kind) => `${kind}:*`).find((pattern) => !taken.has(pattern));
  if (free !== undefined) return free;
  for (let number = 1; ; number += 1) {
    const pattern = number === 1 ? 'kind:*' : `kind-${number}:*`;
    if (!taken.has(pattern)) return pattern;
  }
}
