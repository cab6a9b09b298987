/** The selection outlives a reload of the window, as after a crash: which state of which source, and which view. */
import { type StateTab, useSelection } from '../stores/selection-store.ts';
import { useWorkspace } from '../stores/workspace-store.ts';

const NAME = 'selection';

interface Remembered {
  readonly location: string;
  readonly key: string;
  readonly tab: StateTab;
}

/** Selects again what was selected in this source before the window was reloaded. */
export function restoreSelection(location: string): boolean {
  const remembered = read();
  if (remembered?.location !== location) return false;
  useSelection.setState({ key: remembered.key, tab: remembered.tab });
  return true;
}

export function rememberSelection(): void {
  useSelection.subscribe(({ key, tab }, before) => {
    const { workspace } = useWorkspace.getState();
    if (!workspace || key === null || (key === before.key && tab === before.tab)) return;
    sessionStorage.setItem(NAME, JSON.stringify({ location: workspace.location, key, tab } satisfies Remembered));
  });
}

function read(): Remembered | null {
  const stored: unknown = JSON.parse(sessionStorage.getItem(NAME) ?? 'null');
  if (typeof stored !== 'object' || stored === null) return null;
  const { location, key, tab } = stored as Partial<Record<keyof Remembered, unknown>>;
  if (typeof location !== 'string' || typeof key !== 'string') return null;
  return { location, key, tab: tab === 'conversation' || tab === 'history' ? tab : 'tree' };
}
