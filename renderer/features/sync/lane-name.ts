import type { LaneEvent, LanePage } from '../../../shared/ipc/sync.ts';
import { visibleText } from '../../ui/visible-text.ts';

/** Of the node that made an event. @param here for what was written by Statescope itself */
export function laneName({ lanes }: LanePage, { lane }: LaneEvent, here: string): string {
  const name = lanes[lane]?.name ?? '';
  return name === '' ? here : visibleText(name);
}
