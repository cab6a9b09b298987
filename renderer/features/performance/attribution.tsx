import { ChevronRight, RefreshCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AttributionProgress, AttributionSummary, SizePage, SizeRow } from '../../../shared/ipc/attribution.ts';
import type { HostError } from '../../../shared/ipc/result.ts';
import { call } from '../../host/client.ts';
import { measure, measureFirst, openPlace, stopMeasuring } from '../../host/measuring.ts';
import { errorText } from '../../host/told-text.ts';
import { type AttributionTab, changeAttribution, showParts, useAttribution } from '../../stores/attribution-store.ts';
import { useWorkspace } from '../../stores/workspace-store.ts';
import { Button } from '../../ui/button.tsx';
import { Check } from '../../ui/field.tsx';
import { JobProgress } from '../../ui/job-progress.tsx';
import { Segments } from '../../ui/segments.tsx';
import { useFormat } from '../../ui/use-format.ts';
import styles from './attribution.module.css';
import { AttributionDuplicates } from './attribution-duplicates.tsx';
import { AttributionMap } from './attribution-map.tsx';
import { SinceField } from './attribution-since.tsx';
import { AttributionTable } from './attribution-table.tsx';
import { changeText, headlineText, partText, snapshotText } from './attribution-text.ts';

const TABS = ['state', 'attribute', 'message', 'tool', 'duplicates'] as const satisfies readonly AttributionTab[];

/** Where the bytes and the tokens of all states went. It measures when it is first looked at. */
export function AttributionPane({ workspace }: { readonly workspace: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { summary, progress, error, tab, tokens, generation, workspace: measured } = useAttribution();
  const now = useWorkspace((state) => state.workspace?.generation ?? 0);
  useEffect(() => measureFirst(workspace), [workspace]);
  const told = measured === workspace ? summary : null;
  return (
    <section className={styles.pane} aria-label={t('attribution.title')}>
      <header className={styles.header}>
        <h2 className={styles.headline}>{told === null ? t('attribution.title') : headlineText(t, format, told)}</h2>
        <span className={styles.gap} />
        <SinceField workspace={workspace} />
        <span title={t('attribution.tokensHelp')}>
          <Check
            label={t('attribution.countTokens')}
            checked={tokens}
            onChange={(event) => measure({ tokens: event.target.checked })}
          />
        </span>
        <Button kind="quiet" icon={<RefreshCw size={14} aria-hidden />} onClick={() => measure()}>
          {t('attribution.again')}
        </Button>
      </header>
      {told === null ? null : <Totals summary={told} outdated={now !== generation} />}
      {progress === null ? null : <Running progress={progress} />}
      {error ? (
        <p className={styles.error} role="alert">
          {errorText(t, error)}
        </p>
      ) : null}
      {told === null ? null : (
        <>
          <div className={styles.choices}>
            <Segments
              label={t('attribution.by')}
              value={tab}
              options={TABS.map((value) => ({ value, text: t(`attribution.views.${value}`) }))}
              onChange={(next) => changeAttribution({ tab: next })}
            />
          </div>
          {tab === 'duplicates' ? (
            <AttributionDuplicates workspace={workspace} summary={told} />
          ) : (
            <PartsView key={tab} workspace={workspace} summary={told} view={tab} />
          )}
        </>
      )}
    </section>
  );
}

function Totals({ summary, outdated }: { readonly summary: AttributionSummary; readonly outdated: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { states, bytes, tokens, growth, duplicates, unread, firstUnread } = summary;
  const since = useAttribution((state) => state.since);
  // What was measured before may be about another moment than what is asked for now.
  const told = summary.since?.at === 'snapshot' && summary.since.snapshot === since?.id ? since : null;
  const net = growth === null ? null : growth.added - growth.removed + growth.grown;
  return (
    <p className={styles.totals}>
      <span>{t('attribution.states', { count: states })}</span>
      <span>{format.bytes(bytes)}</span>
      {tokens === null ? null : <span>{t('attribution.tokens', { tokens: format.count(tokens) })}</span>}
      {net === null || told === null ? null : (
        <span>{t('attribution.growth', { bytes: changeText(format, net), moment: snapshotText(format, told) })}</span>
      )}
      {duplicates.saved > 0 ? <span>{t('attribution.stored', { bytes: format.bytes(duplicates.saved) })}</span> : null}
      {unread > 0 ? (
        <span className={styles.warning} title={firstUnread ?? undefined}>
          {t('attribution.unread', { count: unread })}
        </span>
      ) : null}
      {outdated ? <span className={styles.warning}>{t('attribution.outdated')}</span> : null}
    </p>
  );
}

function Running({ progress }: { readonly progress: AttributionProgress | 'begun' }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [done, total] = progress === 'begun' ? [0, 0] : [progress.done, progress.total];
  return (
    <div className={styles.running}>
      <JobProgress
        label={t('attribution.measuring')}
        fraction={total === 0 ? null : done / total}
        text={t('attribution.measuring')}
        amount={total === 0 ? '' : `${format.bytes(done)} / ${format.bytes(total)}`}
      />
      <Button kind="quiet" onClick={stopMeasuring}>
        {t('search.stop')}
      </Button>
    </div>
  );
}

interface PartsViewProps {
  readonly workspace: string;
  readonly summary: AttributionSummary;
  readonly view: Exclude<AttributionTab, 'duplicates'>;
}

/** The parts of one node, as areas and as a table, and the way down to it. */
function PartsView({ workspace, summary, view }: PartsViewProps) {
  const { t } = useTranslation();
  const node = useAttribution((state) => state.nodes[view] ?? null);
  const { run } = summary;
  const [page, setPage] = useState<SizePage | null>(null);
  const [error, setError] = useState<HostError | null>(null);
  const [active, setActive] = useState<number | null>(null);
  useEffect(() => {
    let asked = true;
    const ask = async () => {
      const answer = await call('attribution.parts', { workspace, run, view, node });
      if (!asked) return;
      setError(answer.ok ? null : answer.error);
      if (answer.ok) setPage(answer.value);
    };
    void ask();
    return () => {
      asked = false;
    };
  }, [workspace, run, view, node]);
  if (error) return <p role="alert">{errorText(t, error)}</p>;
  if (page === null) return null;
  const { rows, above } = page;
  const open = (row: SizeRow) => {
    if (row.parts > 0) showParts(row.node);
    else if (row.place !== null && row.bytes > 0) void openPlace(row.place, row.kind);
  };
  const up = () => {
    const [parent, left] = above.slice(-2);
    if (parent === undefined || left === undefined) return;
    showParts(parent.node);
    setActive(left.node);
  };
  const shared = { rows, active, onActive: setActive, onOpen: open, onUp: up };
  return (
    <>
      <nav className={styles.way} aria-label={t('attribution.way')}>
        {above.map((row, at) => (
          <span key={row.node} className={styles.step}>
            {at === 0 ? null : <ChevronRight size={12} aria-hidden />}
            <button type="button" disabled={at === above.length - 1} onClick={() => showParts(row.node)}>
              {partText(t, row)}
            </button>
          </span>
        ))}
      </nav>
      <div className={styles.body}>
        <AttributionMap {...shared} />
        <AttributionTable
          {...shared}
          whole={summary.bytes}
          withTokens={summary.tokens !== null}
          withGrowth={summary.growth !== null}
        />
      </div>
    </>
  );
}
