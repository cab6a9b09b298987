import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import type { PersistenceSettings } from '../../../shared/ipc/persistence.ts';
import { readPersistence, reloadPersistence } from '../../host/persistence.ts';
import { errorText } from '../../host/told-text.ts';
import { staged } from '../../stores/persistence-edits.ts';
import { usePersistence } from '../../stores/persistence-store.ts';
import { Button } from '../../ui/button.tsx';
import { BackendsTable } from './backends-table.tsx';
import { Faults } from './faults.tsx';
import { KeysTable } from './keys-table.tsx';
import { NoPersistence } from './no-persistence.tsx';
import styles from './persistence.module.css';
import { RulesTable } from './rules-table.tsx';
import { SaveBar } from './save-bar.tsx';

/** Which states are kept where, and why; the rules can be changed here. */
export function PersistenceView({ workspace }: { readonly workspace: WorkspaceSummary }) {
  const { t } = useTranslation();
  const { workspace: id, generation } = workspace;
  const { workspace: readIn, isPersistence, saved, error } = usePersistence();
  useEffect(() => {
    void readPersistence(id, generation);
  }, [id, generation]);

  if (readIn === id && isPersistence === false) return <NoPersistence workspace={workspace} />;
  if (readIn === id && saved) return <Loaded workspace={workspace} saved={saved} />;
  if (readIn !== id || !error) return <div className={styles.page} />;
  return (
    <div className={styles.page} role="alert">
      <h1 className={styles.headline}>{t('persistence.failed')}</h1>
      <p className={styles.note}>{errorText(t, error)}</p>
      <p className={styles.actions}>
        <Button onClick={() => void reloadPersistence()}>{t('common.retry')}</Button>
      </p>
    </div>
  );
}

interface LoadedProps {
  readonly workspace: WorkspaceSummary;
  readonly saved: PersistenceSettings;
}

function Loaded({ workspace, saved }: LoadedProps) {
  const { edits, preview, error } = usePersistence();
  const { rules, defaultBackend } = staged(saved, edits);
  const settings = preview?.settings ?? saved;
  // Figures are about what is shown, or are not there.
  const valid = preview !== null && preview.edits === edits && !error && !hasError(settings);
  return (
    <div className={styles.page} data-testid="persistence">
      <header className={styles.head}>
        <Headline settings={preview?.settings ?? null} misplaced={preview?.misplaced ?? 0} />
        <SaveBar workspace={workspace} blocked={!valid} />
      </header>
      <Faults settings={settings} error={error} />
      <BackendsTable settings={settings} />
      <RulesTable
        rules={rules}
        defaultBackend={defaultBackend}
        counts={valid ? settings : null}
        backends={settings.backends.map(({ name }) => name)}
        kinds={Object.keys(workspace.kinds)}
      />
      <KeysTable
        workspace={workspace}
        edits={preview?.edits ?? []}
        rules={preview?.settings.rules ?? saved.rules}
        misplaced={preview?.misplaced ?? 0}
      />
    </div>
  );
}

const hasError = ({ faults }: PersistenceSettings): boolean => faults.some(({ severity }) => severity === 'error');

interface HeadlineProps {
  /** The last answer of the engine; null before the first. */
  readonly settings: PersistenceSettings | null;
  readonly misplaced: number;
}

/** How many rules put how many states where. */
function Headline({ settings: shown, misplaced }: HeadlineProps) {
  const { t } = useTranslation();
  if (!shown) return <h1 className={styles.headline}>{t('persistence.title')}</h1>;
  const states = shown.rules.reduce((sum, rule) => sum + rule.states, shown.defaultStates);
  const used = new Set(shown.rules.filter((rule) => rule.states > 0).map(({ backend }) => backend));
  if (shown.defaultStates > 0) used.add(shown.defaultBackend);
  const parts = {
    states: t('units.states', { count: states }),
    backends: t('persistence.backendCount', { count: used.size }),
  };
  const answer =
    states === 0
      ? t('persistence.noStates', { count: shown.rules.length })
      : shown.rules.length === 0
        ? t('persistence.noRules', { ...parts, backend: shown.defaultBackend })
        : t('persistence.answer', { ...parts, count: shown.rules.length });
  const where = misplaced > 0 ? t('persistence.elsewhere', { count: misplaced }) : t('persistence.inPlace');
  return (
    <h1 className={styles.headline}>
      {answer}
      {states === 0 ? null : where}
    </h1>
  );
}
