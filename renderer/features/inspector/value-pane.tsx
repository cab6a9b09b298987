import { Copy, Pencil, TriangleAlert, WrapText } from 'lucide-react';
import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ValueDetail } from '../../../shared/ipc/model.ts';
import { LONGEST_EDIT } from '../../../shared/ipc/writing.ts';
import { copyNode } from '../../host/copying.ts';
import { editValue } from '../../host/starting-edits.ts';
import { changeLayout, useLayout } from '../../stores/layout-store.ts';
import { valuePainted } from '../../stores/ui-store.ts';
import { useWritable } from '../../stores/use-writable.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { isSameNumber } from '../../ui/number-text.ts';
import { Segments } from '../../ui/segments.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './inspector.module.css';
import { type TextForm, useTextStream } from './use-text-stream.ts';

interface ValuePaneProps {
  readonly workspace: string;
  readonly stateKey: string;
  readonly revision: string;
  readonly detail: ValueDetail;
  /** Stands in the place of the value while it is being changed. */
  readonly editor: ReactNode;
}

export function ValuePane({ workspace, stateKey, revision, detail, editor }: ValuePaneProps) {
  const { t } = useTranslation();
  const wrap = useLayout((layout) => layout.wrap);
  const [wished, setWished] = useState<TextForm>('text');
  const forms = formsOf(detail);
  const form = forms.includes(wished) ? wished : (forms[0] ?? 'json');
  const editButton = useFocusAfter(editor !== null);
  const writable = useWritable();
  if (editor !== null) {
    return (
      <div className={styles.pane}>
        <Heading detail={detail} />
        {editor}
      </div>
    );
  }
  return (
    <div className={styles.pane}>
      <Heading detail={detail} />
      <div className={styles.tools}>
        {forms.length > 1 ? (
          <Segments<TextForm>
            label={t('inspector.forms')}
            value={form}
            onChange={setWished}
            options={forms.map((each) => ({
              value: each,
              text: t(`inspector.${each}`),
              title: each === 'json' && detail.stringIsJson ? t('inspector.nestedHelp') : undefined,
            }))}
          />
        ) : null}
        <span className={styles.gap} />
        {writable ? (
          <Button
            ref={editButton}
            className={styles.edit}
            icon={<Pencil size={12} aria-hidden />}
            disabled={detail.bytes > LONGEST_EDIT}
            title={detail.bytes > LONGEST_EDIT ? t('editing.tooLong') : undefined}
            onClick={() => void editValue(detail.node, 'pane')}
          >
            {t('editing.edit')}
          </Button>
        ) : null}
        <IconButton label={t('inspector.wrap')} pressed={wrap} onClick={() => changeLayout({ wrap: !wrap })}>
          <WrapText size={14} aria-hidden />
        </IconButton>
        <IconButton
          label={form === 'text' ? t('copy.text') : t('copy.value')}
          onClick={() => void copyNode(form === 'text' ? 'text' : 'value', detail.node)}
        >
          <Copy size={14} aria-hidden />
        </IconButton>
      </div>
      <Notes detail={detail} />
      <Content
        workspace={workspace}
        stateKey={stateKey}
        revision={revision}
        node={detail.node}
        form={form}
        wrap={wrap}
      />
    </div>
  );
}

/** Editing over, the focus is where it began. */
function useFocusAfter(editing: boolean): RefObject<HTMLButtonElement | null> {
  const button = useRef<HTMLButtonElement>(null);
  const before = useRef(editing);
  useEffect(() => {
    if (before.current && !editing) button.current?.focus();
    before.current = editing;
  }, [editing]);
  return button;
}

function formsOf(detail: ValueDetail): TextForm[] {
  if (detail.kind !== 'string') return ['json'];
  return ['text', 'json'];
}

function Heading({ detail }: { readonly detail: ValueDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const last = detail.steps.at(-1)?.label;
  const name = detail.steps.length === 0 ? t('tree.root') : (detail.name ?? last ?? '');
  const facts = [t(`nodeKinds.${detail.kind}`)];
  if (detail.kind === 'array') facts.push(t('units.items', { count: detail.children }));
  if (detail.kind === 'object') facts.push(t('units.members', { count: detail.children }));
  return (
    <header className={styles.heading}>
      <h2 className={styles.title} title={detail.paths.jsonpath}>
        {name === '' ? t('tree.emptyName') : visibleText(name)}
      </h2>
      <p className={styles.facts}>
        {facts.join(' · ')}
        {' · '}
        <span title={t('units.bytes', { count: detail.bytes })}>{format.bytes(detail.bytes)}</span>
      </p>
    </header>
  );
}

function Notes({ detail }: { readonly detail: ValueDetail }) {
  const { t } = useTranslation();
  const notes: string[] = [];
  if (detail.number && !detail.number.exact) {
    const value = Object.is(detail.number.value, -0) ? '0' : String(detail.number.value);
    notes.push(
      isSameNumber(detail.number.text) ? t('inspector.notation', { value }) : t('inspector.inexact', { value }),
    );
  }
  if (detail.incomplete) notes.push(t('inspector.incomplete'));
  if (detail.duplicate) notes.push(t('inspector.duplicate'));
  if (notes.length === 0) return null;
  return (
    <ul className={styles.notes}>
      {notes.map((note) => (
        <li key={note}>
          <TriangleAlert size={14} aria-hidden />
          {note}
        </li>
      ))}
    </ul>
  );
}

interface ContentProps {
  readonly workspace: string;
  readonly stateKey: string;
  readonly revision: string;
  readonly node: number;
  readonly form: TextForm;
  readonly wrap: boolean;
}

function Content({ workspace, stateKey, revision, node, form, wrap }: ContentProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { stream, more } = useTextStream(workspace, stateKey, revision, node, form);
  const loaded = stream.phase === 'done' || stream.characters > 0;
  useEffect(() => {
    if (loaded) valuePainted(stateKey);
  }, [loaded, stateKey]);
  const scroller = useRef<HTMLDivElement>(null);
  const end = useRef<HTMLDivElement>(null);

  // Scrolling to the end asks for more, like the button.
  const waiting = stream.phase === 'waiting';
  useEffect(() => {
    const target = end.current;
    if (!waiting || !target) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) more();
      },
      { root: scroller.current },
    );
    observer.observe(target);
    return () => observer.disconnect();
  }, [waiting, more]);

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolled text must be reachable by keyboard
    <div
      key={`${node} ${form}`}
      ref={scroller}
      className={styles.content}
      role="region"
      aria-label={t('inspector.content')}
      tabIndex={0}
    >
      {stream.blocks.map((block, index) => (
        // Blocks are only ever added at the end.
        <pre key={index} className={cx(styles.block, wrap && styles.wrap)}>
          {block}
        </pre>
      ))}
      {stream.phase === 'done' && stream.characters === 0 && !stream.error ? (
        <p className={styles.emptyText}>{t('inspector.empty')}</p>
      ) : null}
      {stream.error ? (
        <p className={styles.error}>{t('inspector.streamFailed', { reason: stream.error.message })}</p>
      ) : null}
      {waiting ? (
        <div ref={end} className={styles.more}>
          <Button onClick={more}>{t('common.more')}</Button>
          <span>{t('inspector.shown', { shown: t('units.characters', { count: stream.characters }) })}</span>
        </div>
      ) : null}
      {stream.phase === 'running' && stream.characters > 0 ? (
        <p className={styles.emptyText} title={format.count(stream.characters)}>
          {t('common.loading')}
        </p>
      ) : null}
    </div>
  );
}
