import {
  Archive,
  Camera,
  Database,
  Eye,
  Gauge,
  GitCompareArrows,
  History,
  LayoutDashboard,
  type LucideIcon,
  Network,
  Search,
  ShieldCheck,
  TriangleAlert,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { SHORTCUTS } from '../../../shared/ipc/shortcuts.ts';
import { useApp } from '../../stores/app-store.ts';
import { useFailedSchedule } from '../../stores/backup-store.ts';
import { useConsistency } from '../../stores/consistency-store.ts';
import { useDiff } from '../../stores/diff-store.ts';
import {
  type MiddleView,
  showBackups,
  showConsistency,
  showDiff,
  showHistory,
  showOverview,
  showPerformance,
  showPersistence,
  showSearch,
  showSnapshots,
  showSync,
  showWatches,
  useSelection,
} from '../../stores/selection-store.ts';
import { shortcutText } from '../../ui/shortcut.ts';
import { useFormat } from '../../ui/use-format.ts';
import styles from './explorer.module.css';

interface WorkspaceView {
  readonly view: Exclude<MiddleView, 'state'>;
  readonly title: `${Exclude<MiddleView, 'state'>}.title`;
  readonly keys: string | null;
  readonly Icon: LucideIcon;
  readonly show: () => void;
}

const VIEWS: readonly WorkspaceView[] = [
  {
    view: 'overview',
    title: 'overview.title',
    keys: SHORTCUTS['show-overview'],
    Icon: LayoutDashboard,
    show: showOverview,
  },
  {
    view: 'persistence',
    title: 'persistence.title',
    keys: SHORTCUTS['show-persistence'],
    Icon: Database,
    show: showPersistence,
  },
  { view: 'search', title: 'search.title', keys: SHORTCUTS.search, Icon: Search, show: showSearch },
  { view: 'history', title: 'history.title', keys: SHORTCUTS['show-history'], Icon: History, show: showHistory },
  { view: 'snapshots', title: 'snapshots.title', keys: SHORTCUTS['show-snapshots'], Icon: Camera, show: showSnapshots },
  { view: 'backups', title: 'backups.title', keys: SHORTCUTS['show-backups'], Icon: Archive, show: showBackups },
  {
    view: 'consistency',
    title: 'consistency.title',
    keys: SHORTCUTS['show-consistency'],
    Icon: ShieldCheck,
    show: showConsistency,
  },
  {
    view: 'performance',
    title: 'performance.title',
    keys: SHORTCUTS['show-performance'],
    Icon: Gauge,
    show: showPerformance,
  },
  { view: 'sync', title: 'sync.title', keys: SHORTCUTS['show-sync'], Icon: Network, show: showSync },
  { view: 'watches', title: 'watches.title', keys: SHORTCUTS['show-watches'], Icon: Eye, show: showWatches },
  { view: 'diff', title: 'diff.title', keys: SHORTCUTS['show-comparison'], Icon: GitCompareArrows, show: showDiff },
];

/** Lead to what is about the whole source; always above its states. */
export function WorkspaceViews() {
  const { t } = useTranslation();
  const shown = useSelection((selection) => selection.view);
  const compared = useDiff((diff) => diff.wanted !== null);
  const failed = useFailedSchedule();
  const errors = useConsistency(({ head }) => head?.counts.error ?? 0);
  const format = useFormat();
  const mac = useApp((app) => app.platform === 'darwin');
  return (
    <nav className={styles.views} aria-label={t('explorer.views')}>
      {VIEWS.filter(({ view }) => view !== 'diff' || compared).map(({ view, title, keys, Icon, show }) => (
        <button
          key={view}
          type="button"
          className={styles.view}
          aria-current={view === shown ? 'page' : undefined}
          title={keys === null ? undefined : shortcutText(keys, mac)}
          onClick={show}
        >
          <Icon size={14} aria-hidden />
          <span>{t(title)}</span>
          {view === 'consistency' && errors > 0 ? (
            <>
              <strong className={styles.errors} aria-hidden>
                {format.count(errors)}
              </strong>
              <span className="visually-hidden">{t('consistency.errorCount', { count: errors })}</span>
            </>
          ) : null}
          {view === 'backups' && failed ? (
            <TriangleAlert size={12} className={styles.failed} aria-label={t('backups.lastFailed')} />
          ) : null}
        </button>
      ))}
    </nav>
  );
}
