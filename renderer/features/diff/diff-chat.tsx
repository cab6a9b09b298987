import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { DiffConversationInfo, DiffInfo, DiffMessageRow } from '../../../shared/ipc/diff.ts';
import { call } from '../../host/client.ts';
import { changeDiff, showMessage, useDiff } from '../../stores/diff-store.ts';
import { useWindow } from '../../stores/use-window.ts';
import { Select } from '../../ui/field.tsx';
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
  const scroller = useRef<HTMLDivElement>(null);
  const standing = useDiff((state) => state.message);
  const jumps = useDiff((state) => state.jumps);
  const load = useCallback(
    (offset: number, limit: number) => call('diff.conversation', { workspace, diff, conversation: at, offset, limit }),
    [workspace, diff, at],
  );
  const { total, error, row, want } = useWindow<DiffMessageRow>(load, diff, PAGE);
  const known = total ?? conversation.rows;

  // oxlint-disable-next-line react/incompatible-library -- the React compiler is not used
  const virtualizer = useVirtualizer({
    count: known,
    getScrollElement: () => scroller.current,
    estimateSize: () => ESTIMATED_HEIGHT,
    overscan: 4,
    useFlushSync: false,
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const end = (items.at(-1)?.index ?? 0) + 1;
  useEffect(() => want(first, end), [want, first, end]);

  const shown = useRef(-1);
  useEffect(() => {
    if (shown.current === jumps || standing < 0) return;
    shown.current = jumps;
    virtualizer.scrollToIndex(standing, { align: 'center' });
  }, [jumps, standing, virtualizer]);

  return (
    <div
      ref={scroller}
      className={styles.scroller}
      role="group"
      aria-label={t('diff.chat')}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolled text must be reachable by keyboard
      tabIndex={0}
    >
      {known === 0 ? <p className={styles.nothing}>{t('conversation.empty')}</p> : null}
      {error ? <p className={styles.error}>{error.message}</p> : null}
      <div
        className={styles.space}
        role="feed"
        aria-label={t('diff.chatLabel')}
        aria-busy={total === null}
        style={{ height: virtualizer.getTotalSize() }}
      >
        {items.map((item) => {
          const message = row(item.index);
          return (
            <div
              key={item.key}
              ref={virtualizer.measureElement}
              data-index={item.index}
              role="presentation"
              className={styles.slot}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {conversation.divergence.at !== null && conversation.divergence.row === item.index ? (
                <p className={styles.parting}>{t('diff.partHere')}</p>
              ) : null}
              {message ? (
                <DiffMessage
                  message={message}
                  position={item.index + 1}
                  total={known}
                  standing={item.index === standing}
                />
              ) : (
                <div className={styles.loading}>{t('common.loading')}</div>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
