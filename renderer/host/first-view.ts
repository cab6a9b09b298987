import type { StateSummary } from '../../shared/ipc/model.ts';
import { changeView, FIRST_VIEW, useSelection } from '../stores/selection-store.ts';
import { call } from './client.ts';

/** About what a window shows without scrolling. */
const ROWS_AT_FIRST = 60;
const MAX_DEPTH = 6;

/**
 * Opens a state's tree, when it is seen for the first time, as deep as it fits into the window: a small state shows
 * all it has, a large one its outline.
 */
export async function chooseFirstView(workspace: string, summary: StateSummary): Promise<void> {
  const { key } = summary;
  if (Object.hasOwn(useSelection.getState().views, key)) return;
  let depth = 1;
  while (depth < MAX_DEPTH) {
    const expansion = { depth: depth + 1, toggled: [] };
    const answer = await call('tree.rows', { workspace, key, expansion, offset: 0, limit: 1 });
    if (!answer.ok || answer.value.total > ROWS_AT_FIRST) break;
    depth += 1;
  }
  changeView(key, { expansion: { ...FIRST_VIEW.expansion, depth } });
}
