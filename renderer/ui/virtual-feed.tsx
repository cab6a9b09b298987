/** Texts of any height one below the other, of which only those in sight exist. For rows of one height: virtual-rows.tsx. */
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  type Ref,
  useEffect,
  useImperativeHandle,
  useRef,
} from 'react';
import { useTranslation } from 'react-i18next';
import { cx } from './cx.ts';
import styles from './virtual-feed.module.css';

export interface VirtualFeedHandle {
  /** Brings an item into the middle of what is seen. */
  show(index: number): void;
}

export interface VirtualFeedProps {
  readonly count: number;
  /** Pixels that an item is taken to be high until it has been measured. */
  readonly estimatedHeight: number;
  /** Of what is scrolled, and of the items in it. */
  readonly label: string;
  readonly itemsLabel: string;
  readonly busy: boolean;
  readonly error: string | null;
  /** Null for an item that has not arrived. */
  readonly item: (index: number) => ReactElement | null;
  /** Memoise it. `end` is exclusive. */
  readonly onSight: (first: number, end: number) => void;
  readonly handle?: Ref<VirtualFeedHandle>;
  /** Its style pads the items, which are the elements with `data-index`. */
  readonly className: string | undefined;
  /** Stands above the items and scrolls with them. */
  readonly children?: ReactNode;
}

export function VirtualFeed(props: VirtualFeedProps) {
  const { count, estimatedHeight, onSight } = props;
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- the React compiler is not used
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => estimatedHeight,
    overscan: 4,
    useFlushSync: false,
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const end = (items.at(-1)?.index ?? 0) + 1;
  useEffect(() => onSight(first, end), [onSight, first, end]);
  useImperativeHandle(
    props.handle,
    () => ({ show: (index) => virtualizer.scrollToIndex(index, { align: 'center' }) }),
    [virtualizer],
  );

  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || count === 0) return;
    if (event.key === 'Home') virtualizer.scrollToIndex(0, { align: 'start' });
    else if (event.key === 'End') virtualizer.scrollToIndex(count - 1, { align: 'end' });
    else return;
    event.preventDefault();
  };

  return (
    <div
      ref={scroller}
      className={cx(styles.scroller, props.className)}
      role="group"
      aria-label={props.label}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolled text must be reachable by keyboard
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      {props.children}
      {props.error === null ? null : <p className={styles.error}>{props.error}</p>}
      <div
        className={styles.space}
        role="feed"
        aria-label={props.itemsLabel}
        aria-busy={props.busy}
        style={{ height: virtualizer.getTotalSize() }}
      >
        {items.map(({ key, index, start }) => {
          const content = props.item(index);
          const height = content === null ? estimatedHeight : undefined;
          return (
            <div
              key={key}
              ref={virtualizer.measureElement}
              data-index={index}
              role="presentation"
              className={styles.slot}
              style={{ transform: `translateY(${start}px)`, height }}
            >
              {content ?? <p className={styles.loading}>{t('common.loading')}</p>}
            </div>
          );
        })}
      </div>
    </div>
  );
}
