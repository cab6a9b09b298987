import type { TFunction } from 'i18next';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { DiffMessagePart, DiffMessageRow } from '../../../shared/ipc/diff.ts';
import type { MessageBlock } from '../../../shared/messages/message.ts';
import { cx } from '../../ui/cx.ts';
import { TimeText } from '../../ui/time-text.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './diff-chat.module.css';
import { Sign } from './sign.tsx';
import { Words } from './words.tsx';

const KNOWN_ROLES = ['user', 'assistant', 'system', 'tool'] as const;

export interface DiffMessageProps {
  readonly message: DiffMessageRow;
  readonly position: number;
  readonly total: number;
  /** The message on which a person stands. */
  readonly standing: boolean;
}

/** A message that both have, or that one of them has, or that says something else in each. */
export const DiffMessage = memo(function DiffMessage({ message, position, total, standing }: DiffMessageProps) {
  const { t } = useTranslation();
  const { kind, edited, indexBefore, indexAfter } = message;
  const role = KNOWN_ROLES.find((each) => each === message.role);
  const roleText = role ? t(`conversation.roles.${role}`) : (message.role ?? t('conversation.roles.unknown'));
  const index = indexAfter ?? indexBefore ?? 0;
  return (
    <article
      className={cx(styles.message, styles[kind], standing && styles.standing)}
      data-kind={kind}
      aria-posinset={position}
      aria-setsize={total}
      aria-label={t('diff.message', { index: index + 1 })}
    >
      <header className={styles.head}>
        {kind === 'same' ? <span className={styles.noSign} /> : <Sign kind={kind} edited={edited} />}
        <span className={styles.index}>{index + 1}</span>
        <span className={styles.name}>{message.name === null ? roleText : visibleText(message.name)}</span>
        {message.name === null ? null : <span className={styles.role}>{roleText}</span>}
        {kind === 'same' ? null : (
          <span className={styles.what}>{edited ? t('diff.movedEdited') : t(`diff.messages.${kind}`)}</span>
        )}
        {kind === 'moved' && indexBefore !== null ? (
          <span className={styles.role}>{t('diff.wasMessage', { index: indexBefore + 1 })}</span>
        ) : null}
        {message.marks.map((mark) => (
          <span key={mark} className={styles.mark}>
            {visibleText(mark)}
          </span>
        ))}
        <span className={styles.gap} />
        {message.time === null ? null : <TimeText stored={message.time} className={styles.role} />}
      </header>
      {message.parts.length === 0 ? <p className={styles.nothingSaid}>{t('conversation.noContent')}</p> : null}
      {message.parts.map((part, at) => (
        // Parts of one message do not move.
        <Part key={`${at}-${part.kind}`} part={part} whole={kind} />
      ))}
    </article>
  );
});

interface PartProps {
  readonly part: DiffMessagePart;
  /** Of the message around it: what came or went with it has no sign of its own. */
  readonly whole: DiffMessageRow['kind'];
}

function Part({ part, whole }: PartProps) {
  const { t } = useTranslation();
  const { kind, block, blockBefore, member, words } = part;
  const sign = kind === 'same' || whole === 'added' || whole === 'removed' ? null : <Sign kind={kind} />;
  if (block === null) {
    return (
      <div className={cx(styles.part, sign && styles[kind])}>
        {sign ?? <span className={styles.noSign} />}
        <p className={styles.member}>
          <span className={styles.role}>{visibleText(member ?? '')}</span>
          {part.before === null ? null : <del className={styles.old}>{visibleText(part.before)}</del>}
          {part.before === null || part.after === null ? null : (
            <span aria-hidden className={styles.role}>
              →
            </span>
          )}
          {part.after === null ? null : <ins className={styles.new}>{visibleText(part.after)}</ins>}
        </p>
      </div>
    );
  }
  const text = (() => {
    if (words !== null) return <Words pieces={words} />;
    if (blockBefore !== null && textOf(blockBefore) !== textOf(block)) {
      return (
        <>
          <del className={styles.old}>{textOf(blockBefore)}</del>
          {'\n'}
          <ins className={styles.new}>{textOf(block)}</ins>
        </>
      );
    }
    return textOf(block);
  })();
  const title = titleOf(block, t);
  return (
    <div className={cx(styles.part, sign && styles[kind])} data-type={block.type}>
      {sign ?? <span className={styles.noSign} />}
      <div className={styles.partBody}>
        {title === null ? null : <p className={styles.partTitle}>{title}</p>}
        <p className={cx(styles.text, block.type !== 'text' && styles.code)}>{text}</p>
        {'cut' in block && block.cut ? <p className={styles.role}>{t('diff.cut')}</p> : null}
      </div>
    </div>
  );
}

function titleOf(block: MessageBlock, t: TFunction): string | null {
  switch (block.type) {
    case 'text':
      return null;
    case 'thinking':
      return t('conversation.thinking');
    case 'tool-call':
      return `${t('conversation.toolCall')} ${visibleText(block.name ?? '')}`;
    case 'tool-result':
      return `${t('conversation.toolResult')} ${visibleText(block.name ?? '')}`;
    case 'media':
      return t(`conversation.media.${block.media}`);
    case 'other':
      return visibleText(block.label);
    default:
      return block satisfies never;
  }
}

function textOf(block: MessageBlock): string {
  switch (block.type) {
    case 'text':
    case 'thinking':
      return block.text;
    case 'tool-call':
      return block.input;
    case 'tool-result':
      return block.output;
    case 'media':
      return [block.mediaType, block.url].filter((fact) => fact !== null).join(' · ');
    case 'other':
      return block.json;
    default:
      return block satisfies never;
  }
}
