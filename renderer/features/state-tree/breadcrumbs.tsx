import { useTranslation } from 'react-i18next';
import type { PathStep } from '../../../shared/ipc/model.ts';
import { useOpenState } from '../../stores/state-store.ts';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import { elideSteps } from './expansion.ts';
import styles from './state-tree.module.css';

const MAX_SHOWN = 9;

export interface BreadcrumbsProps {
  readonly stateKey: string;
  readonly onStep: (node: number) => void;
}

/** Where the selected node stands; each step leads to its row. */
export function Breadcrumbs({ stateKey, onStep }: BreadcrumbsProps) {
  const { t } = useTranslation();
  const detail = useOpenState((state) => (state.key === stateKey ? state.detail : null));
  const steps = detail ? [{ node: 0, label: t('tree.root') }, ...detail.steps] : [];
  const { head, hidden, tail } = elideSteps(steps, MAX_SHOWN);
  const unnamed = hidden.length + (detail?.stepsLeft ?? 0);
  const name = (step: PathStep) => (step.label === '' ? t('tree.emptyName') : visibleText(step.label));
  const crumb = (step: PathStep) => (
    <li key={step.node}>
      <button
        type="button"
        className={styles.crumb}
        aria-current={step.node === detail?.node ? 'location' : undefined}
        title={name(step)}
        onClick={() => onStep(step.node)}
      >
        {name(step)}
      </button>
    </li>
  );
  return (
    <nav aria-label={t('tree.path')} className={styles.crumbs}>
      <ol>
        {head.map(crumb)}
        {hidden.length > 0 ? (
          <li>
            <Menu
              trigger={
                <button
                  type="button"
                  className={styles.crumb}
                  aria-label={t('tree.elided', { count: unnamed })}
                  title={t('tree.elided', { count: unnamed })}
                >
                  …
                </button>
              }
            >
              {hidden.map((step) => (
                <MenuItem key={step.node} onSelect={() => onStep(step.node)}>
                  {name(step)}
                </MenuItem>
              ))}
            </Menu>
          </li>
        ) : null}
        {tail.map(crumb)}
      </ol>
    </nav>
  );
}
