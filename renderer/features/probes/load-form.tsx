import { Upload } from 'lucide-react';
import { type FormEvent, useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import { call } from '../../host/client.ts';
import { loadIntoProbe } from '../../host/probes.ts';
import { useSelection } from '../../stores/selection-store.ts';
import { Button } from '../../ui/button.tsx';
import { Input, Select } from '../../ui/field.tsx';
import { clockText } from '../../ui/moment.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './probes.module.css';

const OFFERED = 50;
const DELAY_MS = 100;

export interface LoadFormProps {
  readonly session: string;
  readonly modules: readonly string[];
  readonly workspace: WorkspaceSummary;
}

/** Puts a state, as the window shows it, into a module of the running program. */
export function LoadForm({ session, modules, workspace }: LoadFormProps) {
  const { t } = useTranslation();
  const id = useId();
  const [module, setModule] = useState(modules[0] ?? '');
  const selected = useSelection((selection) => selection.key);
  const [typed, setTyped] = useState<string | null>(null);
  const key = typed ?? selected ?? '';
  const [busy, setBusy] = useState(false);
  const offered = useKeys(workspace.workspace, key);
  const chosen = modules.includes(module) ? module : (modules[0] ?? '');
  const load = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    await loadIntoProbe(workspace.workspace, key, session, chosen);
    setBusy(false);
  };
  return (
    <form className={styles.load} onSubmit={(event) => void load(event)}>
      <Input
        mono
        aria-label={t('probes.state')}
        list={`${id}-keys`}
        maxLength={100_000}
        value={key}
        onChange={(event) => setTyped(event.target.value)}
      />
      <datalist id={`${id}-keys`}>
        {offered.map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
      <span className={styles.note} aria-hidden>
        →
      </span>
      <Select
        label={t('probes.module')}
        value={chosen}
        options={modules.map((each) => ({ value: each, text: visibleText(each) }))}
        onChange={setModule}
      />
      <Button
        type="submit"
        icon={<Upload size={13} aria-hidden />}
        disabled={busy || key === ''}
        title={
          workspace.asOf === null
            ? t('probes.loadHelp')
            : t('probes.loadPastHelp', { time: clockText(workspace.asOf.time) })
        }
      >
        {t('probes.load')}
      </Button>
    </form>
  );
}

/** Keys of the open source that fit what is typed. */
function useKeys(workspace: string, typed: string): readonly string[] {
  const [keys, setKeys] = useState<readonly string[]>([]);
  useEffect(() => {
    let live = true;
    const look = async () => {
      const list = { groupBy: 'kind', sort: 'key', collapsed: [], offset: 0, limit: OFFERED } as const;
      const answer = await call('explorer.rows', { workspace, filter: typed, ...list, collapsed: [] });
      if (live && answer.ok) {
        setKeys(answer.value.rows.filter((row) => row.row === 'state').map((row) => row.key));
      }
    };
    const timer = window.setTimeout(() => void look(), DELAY_MS);
    return () => {
      live = false;
      window.clearTimeout(timer);
    };
  }, [workspace, typed]);
  return keys;
}
