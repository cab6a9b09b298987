/**
 * A list of rows of one height of which only those in sight exist, for any number of rows. The focus stays on the
 * list itself and `active` names the row it stands on (aria-activedescendant), so that rows may come and go.
 *
 * Rows of one height need no measuring, and a million of them exceed the height an element can have: hence our own
 * few lines (scaled-scroll.ts) here, and @tanstack/react-virtual where heights differ.
 */
import {
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { cx } from './cx.ts';
import {
  positionFor,
  type RowRange,
  rowsInSight,
  type ScrollPosition,
  START,
  scrolled,
  scrollHeight,
  settle,
  topToShow,
} from './scaled-scroll.ts';
import styles from './virtual-rows.module.css';

const OVERSCAN = 12;
const SETTLE_AFTER_MS = 120;

export interface VirtualRowsHandle {
  /** Brings a row into sight: with the least movement, or into the middle. */
  show(index: number, where?: 'nearest' | 'middle'): void;
  focus(): void;
  /** Rows that fit into what is seen. */
  pageSize(): number;
}

export interface VirtualRowsProps {
  readonly count: number;
  readonly rowHeight: number;
  readonly label: string;
  readonly active: number;
  readonly onActive: (index: number, event: KeyboardEvent | MouseEvent) => void;
  /** Attributes and content of a row; the list adds position, id and selection. */
  readonly row: (index: number) => RowView;
  readonly onSight: (range: RowRange) => void;
  readonly onKeyDown?: (event: KeyboardEvent<HTMLDivElement>) => void;
  readonly onDoubleClick?: (index: number, event: MouseEvent) => void;
  readonly handle?: Ref<VirtualRowsHandle>;
  readonly className?: string | undefined;
  readonly columns?: number;
  /** The rows are about to be replaced. */
  readonly busy?: boolean;
  readonly testId?: string;
}

export interface RowView {
  readonly content: ReactNode;
  readonly level: number;
  /** Undefined for rows that cannot be expanded. */
  readonly expanded?: boolean | undefined;
  readonly position?: number | undefined;
  readonly size?: number | undefined;
  readonly label?: string | undefined;
  readonly className?: string | undefined;
  readonly title?: string | undefined;
  /** What happens to it while it is dragged is the matter of whoever stands around the list. */
  readonly draggable?: boolean | undefined;
}

interface Sight {
  readonly range: RowRange;
  /** True position minus scrollTop: what to add to place rows in the scrolled element. */
  readonly shift: number;
}

export function VirtualRows(props: VirtualRowsProps) {
  const { count, rowHeight, active, onActive, row, onSight, onKeyDown, handle } = props;
  const id = useId();
  const element = useRef<HTMLDivElement>(null);
  const position = useRef<ScrollPosition>(START);
  const viewport = useRef(0);
  const [sight, setSight] = useState<Sight>({ range: { first: 0, end: 0 }, shift: 0 });

  const space = useCallback(() => ({ content: count * rowHeight, viewport: viewport.current }), [count, rowHeight]);

  const look = useCallback(() => {
    const range = rowsInSight(space(), position.current.top, rowHeight, count, OVERSCAN);
    const shift = position.current.top - position.current.scroll;
    setSight((before) =>
      before.shift === shift && before.range.first === range.first && before.range.end === range.end
        ? before
        : { range, shift },
    );
  }, [count, rowHeight, space]);

  const moveTo = useCallback(
    (top: number) => {
      const target = positionFor(space(), top);
      const list = element.current;
      if (!list) return;
      list.scrollTop = target.scroll;
      position.current = { top: target.top, scroll: list.scrollTop };
      look();
    },
    [look, space],
  );

  const show = useCallback(
    (index: number, where: 'nearest' | 'middle' = 'nearest') => {
      const top = topToShow(space(), position.current.top, rowHeight, index);
      if (top === null) return;
      moveTo(where === 'middle' ? index * rowHeight - viewport.current / 2 : top);
    },
    [moveTo, rowHeight, space],
  );

  useImperativeHandle(
    handle,
    () => ({
      show,
      focus: () => element.current?.focus({ preventScroll: true }),
      pageSize: () => Math.max(1, Math.floor(viewport.current / rowHeight) - 1),
    }),
    [rowHeight, show],
  );

  useLayoutEffect(() => {
    const list = element.current;
    if (!list) return undefined;
    const measure = () => {
      viewport.current = list.clientHeight;
      position.current = scrolled(space(), position.current, list.scrollTop);
      look();
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(list);
    return () => observer.disconnect();
  }, [look, space]);

  useEffect(() => {
    const list = element.current;
    if (!list) return undefined;
    let timer = 0;
    const rest = () => {
      // Scrolled again, and not told yet: what was reached must not be taken back.
      if (list.scrollTop !== position.current.scroll) return;
      const target = settle(space(), position.current);
      if (Math.abs(target.scroll - list.scrollTop) < 1) return;
      list.scrollTop = target.scroll;
      position.current = { top: target.top, scroll: list.scrollTop };
      look();
    };
    const onScroll = () => {
      position.current = scrolled(space(), position.current, list.scrollTop);
      look();
      window.clearTimeout(timer);
      timer = window.setTimeout(rest, SETTLE_AFTER_MS);
    };
    list.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      window.clearTimeout(timer);
      list.removeEventListener('scroll', onScroll);
    };
  }, [look, space]);

  useEffect(() => onSight(sight.range), [onSight, sight.range]);

  const onKey = (event: KeyboardEvent<HTMLDivElement>) => {
    // A field or a button inside of a row has keys of its own.
    if (event.target !== event.currentTarget) return;
    onKeyDown?.(event);
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || count === 0) return;
    const page = Math.max(1, Math.floor(viewport.current / rowHeight) - 1);
    const target = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: count - 1,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const index = Math.min(Math.max(0, target), count - 1);
    onActive(index, event);
    show(index);
  };

  const rows: ReactNode[] = [];
  for (let index = sight.range.first; index < Math.min(sight.range.end, count); index += 1) {
    rows.push(
      <Row
        key={index}
        id={`${id}-${index}`}
        index={index}
        y={index * rowHeight - sight.shift}
        height={rowHeight}
        active={index === active}
        view={row(index)}
      />,
    );
  }

  const onPointer = (event: MouseEvent) => {
    const index = indexOf(event);
    if (index !== null) onActive(index, event);
  };

  const inSight = active >= sight.range.first && active < Math.min(sight.range.end, count);
  return (
    <div
      ref={element}
      role="treegrid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={count}
      aria-colcount={props.columns ?? 1}
      aria-busy={props.busy ?? false}
      aria-activedescendant={inSight ? `${id}-${active}` : undefined}
      data-testid={props.testId}
      className={cx(styles.list, props.className)}
      onKeyDown={onKey}
      onClick={onPointer}
      onContextMenu={onPointer}
      onDoubleClick={(event) => {
        const index = indexOf(event);
        if (index !== null) props.onDoubleClick?.(index, event);
      }}
    >
      <div
        className={styles.space}
        role="presentation"
        style={{ height: scrollHeight({ content: count * rowHeight, viewport: 0 }) }}
      >
        {rows}
      </div>
    </div>
  );
}

/** The row under the pointer. */
function indexOf(event: MouseEvent): number | null {
  const found = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-index]') : null;
  return found ? Number(found.dataset['index']) : null;
}

interface RowProps {
  readonly id: string;
  readonly index: number;
  readonly y: number;
  readonly height: number;
  readonly active: boolean;
  readonly view: RowView;
}

const Row = memo(function Row({ id, index, y, height, active, view }: RowProps) {
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index + 1}
      aria-level={view.level}
      aria-expanded={view.expanded}
      aria-posinset={view.position}
      aria-setsize={view.size}
      aria-selected={active}
      aria-label={view.label}
      title={view.title}
      draggable={view.draggable}
      data-index={index}
      className={cx(styles.row, active && styles.active, view.className)}
      style={{ transform: `translateY(${y}px)`, height }}
    >
      {view.content}
    </div>
  );
});
