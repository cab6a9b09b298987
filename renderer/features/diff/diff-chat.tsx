import { useCallback, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { DiffConversationInfo, DiffInfo, DiffMessageRow } from '../../../shared/ipc/diff.ts';
import { call } from '../../host/client.ts';
import { changeDiff, showMessage, useDiff } from '../../stores/diff-store.ts';
import { useWindow } from '../../stores/use-window.ts';
import { Select } from '../../ui/field.tsx';
import { VirtualFeed, type VirtualFeedHandle } from '../../ui/virtual-feed.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './diff-chat.module.css';
import { DiffMessage } from './diff-message.tsx';
import { Counts } from './sign.tsx';

const ESTIMATED_HEIGHT = 96;
const PAGE = { pageSize: 30, maxPages: 30 };

export interface DiffChatProps {
  readonly workspace: string;
  readonly info: DiffInfo;
}

/** Two conversations as one chat. */
export function DiffChat({ workspace, info }: DiffChatProps) {
  const { t } = useTranslation();
  const { at, conversation } = useChosen(info);
  if (!conversation) return <p className={styles.nothing}>{t('diff.noConversation')}</p>;
  return (
    <Messages key={`${info.diff} ${at}`} workspace={workspace} diff={info.diff} conversation={conversation} at={at} />
  );
}

/** Which conversation is shown, what it comes to, and where the two part. */
export function ChatBar({ info }: { readonly info: DiffInfo }) {
  const { t } = useTranslation();
  const { at, conversation } = useChosen(info);
  if (!conversation) return null;
  return (
    <>
      {info.conversations.length > 1 ? (
        <Select
          label={t('conversation.which')}
          value={String(at)}
          options={info.conversations.map(({ label }, i) => ({
            value: String(i),
            text: label === '' ? t('conversation.unnamed') : label,
          }))}
          onChange={(next) => changeDiff({ conversation: Number(next), message: -1 })}
        />
      ) : null}
      <Divergence info={info} conversation={conversation} />
      <Counts counts={conversation.counts} />
    </>
  );
}

function useChosen(info: DiffInfo) {
  const chosen = useDiff((state) => state.conversation);
  const at = info.conversations[chosen] ? chosen : 0;
  return { at, conversation: info.conversations[at] };
}

/** Where the two part, and what comes after; leads there. */
function Divergence({ info, conversation }: { readonly info: DiffInfo; readonly conversation: DiffConversationInfo }) {
  const { t } = useTranslation();
  const { at, row, before, after, shared } = conversation.divergence;
  if (at === null) return <p className={styles.divergence}>{t('diff.noDivergence')}</p>;
  const isOne = info.before.key === info.after.key;
  const names = { nameBefore: visibleText(info.before.key), nameAfter: visibleText(info.after.key) };
  const rest = [
    isOne ? t('diff.afterwardsOne', { before, after }) : t('diff.afterwards', { before, after, ...names }),
    shared > 0 ? t('diff.afterwardsShared', { count: shared }) : null,
  ].filter((text) => text !== null);
  return (
    <p className={styles.divergence}>
      <button type="button" className={styles.link} onClick={() => showMessage(row)}>
        {t('diff.firstDivergence', { message: at + 1 })}
      </button>
      <span>{rest.join(', ')}</span>
    </p>
  );
}

interface MessagesProps {
  readonly workspace: string;
  readonly diff: string;
  readonly conversation: DiffConversationInfo;
  readonly at: number;
}

function Messages({ workspace, diff, conversation, at }: MessagesProps) {
  const { t } = useTranslation();
  const feed = useRef<VirtualFeedHandle>(null);
  const standing = useDiff((state) => state.message);
  const jumps = useDiff((state) => state.jumps);
  const load = useCallback(
    (offset: number, limit: number) => call('diff.conversation', { workspace, diff, conversation: at, offset, limit }),
    [workspace, diff, at],
  );
  const { total, error, row, want } = useWindow<DiffMessageRow>(load, diff, PAGE);
  const known = total ?? conversation.rows;

  const shown = useRef(-1);
  useEffect(() => {
    if (shown.current === jumps || standing < 0) return;
    shown.current = jumps;
    feed.current?.show(standing);
  }, [jumps, standing]);

  const { at: parting, row: partingRow } = conversation.divergence;
  const item = (index: number) => {
    const message = row(index);
    return message ? (
      <>
        {parting !== null && partingRow === index ? <p className={styles.parting}>{t('diff.partHere')}</p> : null}
        <DiffMessage message={message} position={index + 1} total={known} standing={index === standing} />
      </>
    ) : null;
  };

  return (
    <VirtualFeed
      handle={feed}
      className={styles.messages}
      count={known}
      estimatedHeight={ESTIMATED_HEIGHT}
      label={t('diff.chat')}
      itemsLabel={t('diff.chatLabel')}
      busy={total === null}
      error={error?.message ?? null}
      item={item}
      onSight={want}
    >
      {known === 0 ? <p className={styles.nothing}>{t('conversation.empty')}</p> : null}
    </VirtualFeed>
  );
}
