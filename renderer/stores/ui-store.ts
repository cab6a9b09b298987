import { create } from 'zustand';

/** What is open above the shell, and what the first paint still waits for. */
interface UiState {
  readonly palette: boolean;
  readonly shortcuts: boolean;
  readonly linksQuestion: boolean;
  /** What the explorer is filtered by. */
  readonly filter: string;
  /** Counts requests to focus the explorer's filter. */
  readonly filterFocus: number;
  /** The tree is wanted to have the focus, as soon as it is there. */
  readonly treeWanted: boolean;
  /** Workspace whose explorer rows are on the screen. */
  readonly explorerPainted: string | null;
  /** Whether that workspace has a state that could be selected; null while unknown. */
  readonly anyState: boolean | null;
  /** State whose view is on the screen. */
  readonly statePainted: string | null;
  /** State of which a value is on the screen. */
  readonly valuePainted: string | null;
}

export const useUi = create<UiState>(() => ({
  palette: false,
  shortcuts: false,
  linksQuestion: false,
  filter: '',
  filterFocus: 0,
  treeWanted: false,
  explorerPainted: null,
  anyState: null,
  statePainted: null,
  valuePainted: null,
}));

export function askForFilter(): void {
  useUi.setState(({ filterFocus }) => ({ filterFocus: filterFocus + 1 }));
}

export function filterExplorer(filter: string): void {
  useUi.setState({ filter });
}

export function askForTree(): void {
  useUi.setState({ treeWanted: true });
}

export function treeFocused(): void {
  useUi.setState({ treeWanted: false });
}

export function explorerPainted(workspace: string, anyState: boolean): void {
  useUi.setState({ explorerPainted: workspace, anyState });
}

export function statePainted(key: string): void {
  useUi.setState({ statePainted: key });
}

export function valuePainted(key: string): void {
  useUi.setState({ valuePainted: key });
}

export function forgetPaint(): void {
  useUi.setState({ explorerPainted: null, anyState: null, statePainted: null, valuePainted: null });
}
