/**
 * Tells the main process once that the window shows what it was started for: `--screenshot` and `--exit` wait for it.
 * Shown means: rows are there, their fonts are loaded, and two frames have passed since.
 */
import type { Calls } from '../../shared/ipc/contract.ts';
import { tell } from '../host/client.ts';
import { useLayout } from '../stores/layout-store.ts';
import { useSelection } from '../stores/selection-store.ts';
import { useOpenState } from '../stores/state-store.ts';
import { useUi } from '../stores/ui-store.ts';
import { useWorkspace } from '../stores/workspace-store.ts';

type Painted = Calls['app.painted']['input'];

/** Frames do not come while a window is hidden. */
const FRAME_PATIENCE_MS = 500;

/** What is shown, once it is shown in full; null while something is still to come. */
function shown(): Painted | null {
  const { workspace, opening, failure } = useWorkspace.getState();
  if (failure) return { what: 'error', message: failure.error.message.slice(0, 10_000) };
  if (opening) return null;
  if (!workspace) return { what: 'empty', message: null };
  const { explorerPainted, anyState, statePainted, valuePainted } = useUi.getState();
  if (explorerPainted !== workspace.workspace) return null;
  const { key, view } = useSelection.getState();
  if (view !== 'state') return { what: 'workspace', message: null };
  const state = useOpenState.getState();
  const stateFailed = key !== null && key === state.key && state.error !== null;
  const valueShown = valuePainted === key || !useLayout.getState().inspector;
  const stateShown = key !== null && statePainted === key && valueShown;
  return anyState === false || stateFailed || stateShown ? { what: 'workspace', message: null } : null;
}

function frame(): Promise<void> {
  return new Promise((resolve) => {
    const timer = window.setTimeout(resolve, FRAME_PATIENCE_MS);
    window.requestAnimationFrame(() => {
      window.clearTimeout(timer);
      resolve();
    });
  });
}

/** Starts watching; call it when the stores have been filled and the first render is under way. */
export function reportFirstPaint(): void {
  let reporting = false;
  let ended = false;
  const look = async () => {
    if (reporting || ended || shown() === null) return;
    reporting = true;
    await frame();
    await document.fonts.ready;
    await frame();
    await frame();
    reporting = false;
    const now = shown();
    if (now === null || ended) return;
    ended = true;
    for (const end of subscriptions) end();
    tell('app.painted', now);
  };
  const onChange = () => void look();
  const subscriptions = [
    useWorkspace.subscribe(onChange),
    useUi.subscribe(onChange),
    useSelection.subscribe(onChange),
    useOpenState.subscribe(onChange),
  ];
  onChange();
}
