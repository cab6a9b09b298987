import {
  Circle,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CirclePause,
  CirclePlay,
  CircleX,
  Clock,
  type LucideIcon,
} from 'lucide-react';
import { cx } from './cx.ts';
import styles from './status-icon.module.css';

type Tone = 'good' | 'active' | 'warning' | 'error' | 'neutral';

const KNOWN: readonly (readonly [pattern: RegExp, icon: LucideIcon, tone: Tone])[] = [
  [/^(error|failed|failure|crashed|dead|corrupt(ed)?)$/, CircleX, 'error'],
  [/^(expired|timeout|timed[_ -]?out|stale)$/, Clock, 'warning'],
  [/^(blocked|degraded|warning|interrupted)$/, CircleAlert, 'warning'],
  [/^(busy|running|working|in[_ -]?progress|processing|thinking)$/, CirclePlay, 'active'],
  [/^(active|online|ready|open|ok|healthy)$/, CircleDot, 'good'],
  [/^(completed?|done|ended|finished|closed|succeeded|success)$/, CircleCheck, 'good'],
  [/^(paused|suspended|waiting|pending|queued)$/, CirclePause, 'neutral'],
  [/^(idle|inactive|stopped|offline)$/, Circle, 'neutral'],
];

/** A sign for a status word; the word itself stands beside it or on hover, never the colour alone. */
export function StatusIcon({ status, size = 12 }: { readonly status: string; readonly size?: number }) {
  const found = KNOWN.find(([pattern]) => pattern.test(status));
  const Icon = found?.[1] ?? CircleDashed;
  return <Icon size={size} aria-hidden className={cx(styles[found?.[2] ?? 'neutral'])} />;
}
