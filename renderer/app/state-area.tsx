import { Tabs } from '@base-ui/react/tabs';
import { CircleX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { StateSummary, WorkspaceSummary } from '../../shared/ipc/model.ts';
import { SHORTCUTS } from '../../shared/ipc/shortcuts.ts';
import { ConversationView } from '../features/conversation/conversation-view.tsx';
import { RowField } from '../features/editing/row-field.tsx';
import { StaleNote } from '../features/editing/stale-note.tsx';
import { FileHandle } from '../features/exporting/file-handle.tsx';
import { HistoryView } from '../features/history/history-view.tsx';
import { StateTree } from '../features/state-tree/state-tree.tsx';
import { retryState } from '../host/follow-selection.ts';
import { useApp } from '../stores/app-store.ts';
import type { Draft } from '../stores/draft-store.ts';
import { revealNode, type StateTab, selectTab, useSelection } from '../stores/selection-store.ts';
import { useOpenState } from '../stores/state-store.ts';
import { Button } from '../ui/button.tsx';
import { shortcutText } from '../ui/shortcut.ts';
import { StatusButton } from '../ui/status-button.tsx';
import { StatusIcon } from '../ui/status-icon.tsx';
import { useFormat } from '../ui/use-format.ts';
import { visibleText } from '../ui/visible-text.ts';
import styles from './state-area.module.css';

const fieldOf = (draft: Draft) => <RowField draft={draft} />;

/** The selected state, as a tree, as a conversation, or as it changed. */
export function StateArea({ workspace }: { readonly workspace: WorkspaceSummary }) {
  const { t } = useTranslation();
  const { key, summary, error, workspace: openIn } = useOpenState();
  const mac = useApp((app) => app.platform === 'darwin');
  if (error && key !== null) {
    return (
      <div className={styles.message} role="alert">
        <p className={styles.messageTitle}>
          <CircleX size={16} aria-hidden className={styles.errorIcon} />
          {t('failure.stateTitle', { name: key })}
        </p>
        <p>{t(`errors.${error.code}`, { ...error.details, location: key })}</p>
        <p className={styles.muted}>{error.message}</p>
        <p className={styles.actions}>
          <Button onClick={retryState}>{t('common.retry')}</Button>
        </p>
      </div>
    );
  }
  if (key === null) {
    return (
      <div className={styles.message}>
        <p className={styles.messageTitle}>{t('state.nothing')}</p>
        <p className={styles.muted}>
          {t('state.nothingHelp', { shortcut: shortcutText(SHORTCUTS['command-palette'] ?? '', mac) })}
        </p>
      </div>
    );
  }
  if (!summary || openIn !== workspace.workspace) {
    return (
      <div className={styles.message}>
        <p className={styles.muted}>{t('state.loading', { name: key })}</p>
      </div>
    );
  }
  return <StateViews workspace={workspace.workspace} summary={summary} />;
}

/** How many rules of its type it breaks; leads to the first. */
function Findings({ summary: { key, findings } }: { readonly summary: StateSummary }) {
  const { t } = useTranslation();
  const first = findings[0];
  if (!first) return null;
  return (
    <StatusButton
      tone="error"
      title={t('types.findingHelp')}
      onClick={() => {
        revealNode(key, first.node);
        selectTab('tree');
      }}
    >
      <CircleX size={12} aria-hidden />
      {t('types.findingCount', { count: findings.length })}
    </StatusButton>
  );
}

function StateViews({ workspace, summary }: { readonly workspace: string; readonly summary: StateSummary }) {
  const { t } = useTranslation();
  const format = useFormat();
  const wished = useSelection((selection) => selection.tab);
  const messages = summary.conversations.reduce((sum, { count }) => sum + count, 0);
  const talks = summary.conversations.length > 0;
  const tab: StateTab = talks || wished !== 'conversation' ? wished : 'tree';
  return (
    <Tabs.Root value={tab} onValueChange={(next: StateTab) => selectTab(next)} className={styles.area}>
      <header className={styles.header}>
        <h1 className={styles.title} title={summary.key}>
          <span className={styles.kind}>{visibleText(summary.kind)}:</span>
          {visibleText(summary.id)}
        </h1>
        {summary.status === null ? null : (
          <span className={styles.status}>
            <StatusIcon status={summary.status} />
            {summary.status}
          </span>
        )}
        <FileHandle stateKey={summary.key} />
        <Findings summary={summary} />
        <span className={styles.nodes} title={summary.paged ? t('tree.pagedHelp') : undefined}>
          {summary.nodes === null ? t('tree.paged') : t('tree.nodes', { count: summary.nodes })}
        </span>
        <StaleNote stateKey={summary.key} />
        <Tabs.List className={styles.tabs} aria-label={t('state.views')}>
          <Tabs.Tab value="tree" className={styles.tab}>
            {t('state.tree')}
          </Tabs.Tab>
          <Tabs.Tab
            value="conversation"
            className={styles.tab}
            disabled={!talks}
            title={talks ? undefined : t('state.noConversation')}
          >
            {t('state.conversation')}
            {talks ? <span className={styles.count}>{format.count(messages)}</span> : null}
          </Tabs.Tab>
          <Tabs.Tab value="history" className={styles.tab}>
            {t('history.title')}
          </Tabs.Tab>
        </Tabs.List>
      </header>
      <Tabs.Panel value="tree" className={styles.panel}>
        <StateTree key={`${workspace} ${summary.key}`} workspace={workspace} summary={summary} field={fieldOf} />
      </Tabs.Panel>
      <Tabs.Panel value="conversation" className={styles.panel}>
        <ConversationView key={`${workspace} ${summary.key}`} workspace={workspace} summary={summary} />
      </Tabs.Panel>
      <Tabs.Panel value="history" className={styles.panel}>
        <HistoryView key={`${workspace} ${summary.key}`} workspace={workspace} stateKey={summary.key} />
      </Tabs.Panel>
    </Tabs.Root>
  );
}
