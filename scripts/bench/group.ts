/** What a group of measurements is given, and what it hands back. */
import type { Row } from './measure.ts';

export interface GroupContext {
  /** Where its data goes; removed after the run. */
  readonly folder: string;
  readonly say: (text: string) => void;
}

export interface GroupResult {
  readonly rows: readonly Row[];
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

export type RunGroup = (context: GroupContext) => Promise<GroupResult>;
