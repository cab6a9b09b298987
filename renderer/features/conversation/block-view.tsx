import {
  Box,
  CornerDownRight,
  FileQuestion,
  Image,
  type LucideIcon,
  Music,
  TriangleAlert,
  Video,
  Wrench,
} from 'lucide-react';
import { type MouseEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type {
  MediaBlock,
  MessageBlock,
  ThinkingBlock,
  ToolCallBlock,
  ToolResultBlock,
} from '../../../shared/messages/message.ts';
import { cx } from '../../ui/cx.ts';
import styles from './conversation.module.css';

export interface BlockViewProps {
  readonly block: MessageBlock;
  readonly selected: boolean;
  readonly onSelect: (node: number) => void;
}

/** One block of a message. Texts are shown as they are: never as HTML or Markdown. */
export function BlockView({ block, selected, onSelect }: BlockViewProps) {
  const onClick = (event: MouseEvent) => {
    const onControl = event.target instanceof Element && event.target.closest('button') !== null;
    // Marking text with the mouse is no click.
    if (!onControl && window.getSelection()?.isCollapsed !== false) onSelect(block.node);
  };
  return (
    // The keyboard reaches the same nodes by the tree and by the buttons of cut blocks.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
    <div className={cx(styles.block, selected && styles.selectedBlock)} data-type={block.type} onClick={onClick}>
      <Content block={block} />
      {'cut' in block && block.cut ? <CutNote onSelect={() => onSelect(block.node)} /> : null}
    </div>
  );
}

function Content({ block }: { readonly block: MessageBlock }) {
  switch (block.type) {
    case 'text':
      return <p className={styles.text}>{block.text}</p>;
    case 'thinking':
      return <Thinking block={block} />;
    case 'tool-call':
      return <ToolCall block={block} />;
    case 'tool-result':
      return <ToolResult block={block} />;
    case 'media':
      return <Media block={block} />;
    case 'other':
      return (
        <Boxed icon={Box} title={block.label}>
          <pre className={styles.code}>{block.json}</pre>
        </Boxed>
      );
    default:
      return block satisfies never;
  }
}

function Thinking({ block }: { readonly block: ThinkingBlock }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <details className={styles.thinking} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('conversation.thinking')}</summary>
      {open ? <p className={styles.text}>{block.text}</p> : null}
    </details>
  );
}

interface BoxedProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly name?: string | null;
  readonly id?: string | null;
  readonly state?: string | null;
  readonly warning?: { readonly text: string; readonly help: string } | null;
  readonly children: ReactNode;
}

function Boxed({ icon: Icon, title, name = null, id = null, state = null, warning = null, children }: BoxedProps) {
  return (
    <div className={styles.boxed}>
      <div className={styles.boxHead}>
        <Icon size={13} aria-hidden />
        <span className={styles.boxTitle}>{title}</span>
        {name === null ? null : <code className={styles.toolName}>{name}</code>}
        {state === null ? null : <span className={styles.mark}>{state}</span>}
        {id === null ? null : (
          <code className={styles.id} title={id}>
            {id}
          </code>
        )}
        {warning ? (
          <span className={styles.warning} title={warning.help}>
            <TriangleAlert size={12} aria-hidden />
            {warning.text}
          </span>
        ) : null}
      </div>
      {children}
    </div>
  );
}

function ToolCall({ block }: { readonly block: ToolCallBlock }) {
  const { t } = useTranslation();
  const warning =
    block.answered === false ? { text: t('conversation.unanswered'), help: t('conversation.unansweredHelp') } : null;
  return (
    <Boxed
      icon={Wrench}
      title={t('conversation.toolCall')}
      name={block.name}
      id={block.id}
      state={block.state}
      warning={warning}
    >
      {block.input === '' ? (
        <p className={styles.nothing}>{t('conversation.noInput')}</p>
      ) : (
        <pre className={styles.code}>{block.input}</pre>
      )}
    </Boxed>
  );
}

function ToolResult({ block }: { readonly block: ToolResultBlock }) {
  const { t } = useTranslation();
  const warning = block.orphan === true ? { text: t('conversation.orphan'), help: t('conversation.orphanHelp') } : null;
  return (
    <Boxed
      icon={CornerDownRight}
      title={t('conversation.toolResult')}
      name={block.name}
      id={block.id}
      state={block.state}
      warning={warning}
    >
      {block.output === '' ? (
        <p className={styles.nothing}>{t('conversation.noOutput')}</p>
      ) : (
        <pre className={styles.code}>{block.output}</pre>
      )}
    </Boxed>
  );
}

const MEDIA_ICONS: Readonly<Record<MediaBlock['media'], LucideIcon>> = {
  image: Image,
  audio: Music,
  video: Video,
  data: FileQuestion,
};

function Media({ block }: { readonly block: MediaBlock }) {
  const { t } = useTranslation();
  const facts = [
    block.mediaType,
    block.characters === null ? null : t('conversation.embedded', { count: block.characters }),
  ];
  return (
    <Boxed icon={MEDIA_ICONS[block.media]} title={t(`conversation.media.${block.media}`)}>
      <p className={styles.media} title={t('conversation.mediaHelp')}>
        {facts.filter((fact) => fact !== null).join(' · ')}
        {block.url === null ? null : <code className={styles.url}>{block.url}</code>}
      </p>
    </Boxed>
  );
}

function CutNote({ onSelect }: { readonly onSelect: () => void }) {
  const { t } = useTranslation();
  return (
    <button type="button" className={styles.cut} onClick={onSelect}>
      {t('conversation.cut')}
    </button>
  );
}
