import { Bot, ListTree, type LucideIcon, MessageSquare, ScrollText, User, Wrench } from 'lucide-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Message } from '../../../shared/messages/message.ts';
import { IconButton } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { TimeText } from '../../ui/time-text.tsx';
import { BlockView } from './block-view.tsx';
import styles from './conversation.module.css';

const ROLE_ICONS: Readonly<Record<string, LucideIcon>> = {
  user: User,
  assistant: Bot,
  system: ScrollText,
  tool: Wrench,
};
const KNOWN_ROLES = ['user', 'assistant', 'system', 'tool'] as const;

export interface MessageViewProps {
  readonly message: Message;
  readonly position: number;
  readonly total: number;
  /** Node that is selected anywhere in the state. */
  readonly selected: number;
  readonly onSelect: (node: number) => void;
  readonly onShow: (node: number) => void;
}

export const MessageView = memo(function MessageView(props: MessageViewProps) {
  const { message, position, total, selected, onSelect, onShow } = props;
  const { t } = useTranslation();
  const role = KNOWN_ROLES.find((each) => each === message.role);
  const roleText = role ? t(`conversation.roles.${role}`) : (message.role ?? t('conversation.roles.unknown'));
  const Icon = (role ? ROLE_ICONS[role] : undefined) ?? MessageSquare;
  const own = selected === message.node;
  return (
    <article
      className={cx(styles.message, own && styles.selected)}
      data-role={role ?? 'other'}
      aria-posinset={position}
      aria-setsize={total}
      aria-label={t('conversation.message', { index: position, total })}
    >
      <header className={styles.head}>
        <button
          type="button"
          className={styles.who}
          aria-pressed={own}
          title={message.id === null ? undefined : t('conversation.id', { id: message.id })}
          onClick={() => onSelect(message.node)}
        >
          <Icon size={14} aria-hidden />
          <span className={styles.name}>{message.name ?? roleText}</span>
          {message.name === null ? null : <span className={styles.role}>{roleText}</span>}
        </button>
        {message.marks.map((mark) => (
          <span key={mark} className={styles.mark} title={t('conversation.mark')}>
            {mark}
          </span>
        ))}
        <span className={styles.gap} />
        <IconButton label={t('conversation.showInTree')} className={styles.show} onClick={() => onShow(message.node)}>
          <ListTree size={14} aria-hidden />
        </IconButton>
        {message.id === null ? null : <code className={styles.id}>{shortId(message.id)}</code>}
        {message.time === null ? null : <TimeText stored={message.time} className={styles.time} />}
      </header>
      <div className={styles.blocks}>
        {message.blocks.length === 0 ? <p className={styles.nothing}>{t('conversation.noContent')}</p> : null}
        {message.blocks.map((block, index) => (
          <BlockView
            // Blocks of one message do not move.
            key={`${index}-${block.node}`}
            block={block}
            selected={selected === block.node && block.node !== message.node}
            onSelect={onSelect}
          />
        ))}
      </div>
    </article>
  );
});

function shortId(id: string): string {
  return id.length > 16 ? `${id.slice(0, 14)}…` : id;
}
