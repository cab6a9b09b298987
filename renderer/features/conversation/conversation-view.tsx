import { NotebookText } from 'lucide-react';
import { useCallback, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConversationSummary, Page, StateSummary } from '../../../shared/ipc/model.ts';
import type { Result } from '../../../shared/ipc/result.ts';
import type { Message } from '../../../shared/messages/message.ts';
import { call } from '../../host/client.ts';
import { changeView, requestTaken, revealNode, selectTab, useSelection, viewOf } from '../../stores/selection-store.ts';
import { statePainted } from '../../stores/ui-store.ts';
import { useWindow } from '../../stores/use-window.ts';
import { VirtualFeed, type VirtualFeedHandle } from '../../ui/virtual-feed.tsx';
import styles from './conversation.module.css';
import { MessageView } from './message-view.tsx';

const ESTIMATED_HEIGHT = 120;
const PAGE = { pageSize: 30, maxPages: 30 };

export interface ConversationViewProps {
  readonly workspace: string;
  readonly summary: StateSummary;
}

export function ConversationView({ workspace, summary }: ConversationViewProps) {
  const key = summary.key;
  const chosen = useSelection((selection) => viewOf(selection.views, key).conversation);
  const conversation = summary.conversations.find(({ node }) => node === chosen) ?? summary.conversations[0];
  if (!conversation) return null;
  return (
    <div className={styles.view}>
      {summary.conversations.length > 1 ? (
        <ConversationChoice
          conversations={summary.conversations}
          value={conversation.node}
          onChange={(node) => changeView(key, { conversation: node })}
        />
      ) : null}
      <MessageList
        key={summary.conversations.indexOf(conversation)}
        workspace={workspace}
        stateKey={key}
        revision={summary.revision}
        conversation={conversation}
      />
    </div>
  );
}

interface ChoiceProps {
  readonly conversations: readonly ConversationSummary[];
  readonly value: number;
  readonly onChange: (node: number) => void;
}

function ConversationChoice({ conversations, value, onChange }: ChoiceProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.bar}>
      <label>
        <span className={styles.barLabel}>{t('conversation.which')}</span>
        <select value={value} onChange={(event) => onChange(Number(event.target.value))}>
          {conversations.map((each) => (
            <option key={each.node} value={each.node}>
              {`${each.label === '' ? t('conversation.unnamed') : each.label} · ${t('units.messages', { count: each.count })}`}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

interface MessageListProps {
  readonly workspace: string;
  readonly stateKey: string;
  readonly revision: string;
  readonly conversation: ConversationSummary;
}

function MessageList({ workspace, stateKey, revision, conversation }: MessageListProps) {
  const { t } = useTranslation();
  const selected = useSelection((selection) => viewOf(selection.views, stateKey).node);
  const { node, count, summary } = conversation;

  const load = useCallback(
    async (offset: number, limit: number): Promise<Result<Page<Message>>> => {
      const answer = await call('conversation.page', { workspace, key: stateKey, node, offset, limit });
      return answer.ok ? { ok: true, value: { rows: answer.value.messages, total: answer.value.total } } : answer;
    },
    [workspace, stateKey, node],
  );
  const { total, error, row, want } = useWindow(load, revision, PAGE);
  const known = total ?? count;

  useEffect(() => {
    if (total !== null) statePainted(stateKey);
  }, [stateKey, total]);

  const feed = useRef<VirtualFeedHandle>(null);
  const request = useSelection((selection) => selection.request);
  useEffect(() => {
    if (request?.kind !== 'message' || request.key !== stateKey || request.conversation !== node || total === null)
      return;
    requestTaken();
    feed.current?.show(request.index);
  }, [request, stateKey, node, total]);

  // The tree is told as well, so that it shows the same node when a person turns to it.
  const onSelect = useCallback((chosen: number) => revealNode(stateKey, chosen), [stateKey]);
  const onShow = useCallback(
    (chosen: number) => {
      revealNode(stateKey, chosen);
      selectTab('tree');
    },
    [stateKey],
  );

  const item = (index: number) => {
    const message = row(index);
    return message ? (
      <MessageView
        message={message}
        position={index + 1}
        total={known}
        selected={selected}
        onSelect={onSelect}
        onShow={onShow}
      />
    ) : null;
  };

  return (
    <VirtualFeed
      handle={feed}
      className={styles.messages}
      count={known}
      estimatedHeight={ESTIMATED_HEIGHT}
      label={t('state.conversation')}
      itemsLabel={t('conversation.label', { name: stateKey })}
      busy={total === null}
      error={error?.message ?? null}
      item={item}
      onSight={want}
    >
      {summary === null ? null : (
        <aside className={styles.summary} aria-label={t('conversation.summary')}>
          <h2>
            <NotebookText size={14} aria-hidden />
            {t('conversation.summary')}
          </h2>
          <p>{summary}</p>
        </aside>
      )}
      {known === 0 ? <p className={styles.nothing}>{t('conversation.empty')}</p> : null}
    </VirtualFeed>
  );
}
