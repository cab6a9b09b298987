import { Clock, TriangleAlert } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { Overview, OverviewExpiry, OverviewGroup, OverviewRank } from '../../../shared/ipc/model.ts';
import { cx } from '../../ui/cx.ts';
import { StatusIcon } from '../../ui/status-icon.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './overview.module.css';
import { StateButton, StatesButton } from './states-button.tsx';

interface SectionProps {
  readonly title: string;
  /** Why there is nothing to show; null when there is. */
  readonly empty: string | null;
  readonly head?: readonly string[];
  readonly note?: string;
  readonly children: ReactNode;
}

function Section({ title, empty, head, note, children }: SectionProps) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <h2 id={id} className={styles.title}>
        {title}
      </h2>
      {empty === null ? (
        <table className={styles.table} aria-labelledby={id}>
          {head ? (
            <thead>
              <tr>
                {head.map((text, index) => (
                  <th key={text} scope="col" className={index === 0 ? undefined : styles.number}>
                    {text}
                  </th>
                ))}
              </tr>
            </thead>
          ) : null}
          <tbody>{children}</tbody>
        </table>
      ) : (
        <p className={styles.note}>{empty}</p>
      )}
      {empty === null && note !== undefined ? <p className={styles.note}>{note}</p> : null}
    </section>
  );
}

interface StatusesProps {
  readonly title: string;
  readonly group: OverviewGroup | null;
  readonly empty: string;
}

/** How many states are in each status. */
export function Statuses({ title, group, empty }: StatusesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Section title={title} empty={group === null ? empty : null}>
      {group?.statuses.map(({ status, states }) => {
        const name = status ?? t('overview.noStatus');
        return (
          <tr key={status}>
            <th scope="row">
              <Sign status={status} />
              <span className={styles.name}>{visibleText(name)}</span>
            </th>
            <td className={styles.number}>
              <StatesButton states={states} text={format.count(states.count)} about={`${title}: ${name}`} />
            </td>
          </tr>
        );
      })}
      {group && group.statuses.length > 1 ? (
        <tr className={styles.total}>
          <th scope="row">{t('overview.total')}</th>
          <td className={styles.number}>
            <StatesButton
              states={group.all}
              text={format.count(group.all.count)}
              about={`${title}: ${t('overview.total')}`}
            />
          </td>
        </tr>
      ) : null}
    </Section>
  );
}

/** Messages of the sessions, tasks of the agents. What nobody reports is said, not shown as 0. */
export function Activity({ overview }: { readonly overview: Overview }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { messages, tasks } = overview;
  const rate = tasks?.successRate ?? null;
  const lines = [
    messages ? { name: t('overview.messages'), text: format.count(messages.count), states: messages.states } : null,
    tasks ? { name: t('overview.tasksDone'), text: format.count(tasks.successful), states: tasks.succeeding } : null,
    tasks ? { name: t('overview.tasksFailed'), text: format.count(tasks.failed), states: tasks.failing } : null,
    tasks && rate !== null
      ? { name: t('overview.successRate'), text: format.percent(rate), states: tasks.agents }
      : null,
  ].filter((line) => line !== null);
  const missing = [
    messages ? null : t('overview.noMessages'),
    tasks ? null : t('overview.noTasks'),
    tasks && rate === null ? t('overview.noTaskYet') : null,
  ].filter((text) => text !== null);
  const note = missing.join(' ');
  return (
    <Section title={t('overview.activity')} empty={lines.length === 0 ? note : null} {...(note === '' ? {} : { note })}>
      {lines.map(({ name, text, states }) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          <td className={styles.number}>
            <StatesButton states={states} text={text} about={name} />
          </td>
        </tr>
      ))}
    </Section>
  );
}

interface RankingProps {
  readonly title: string;
  readonly amountTitle: string;
  readonly ranks: readonly OverviewRank[];
  readonly amount: (amount: number) => string;
  readonly empty: string;
}

/** The first few states by a number. */
export function Ranking({ title, amountTitle, ranks, amount, empty }: RankingProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const timed = ranks.some(({ responseSeconds }) => responseSeconds !== null);
  const head = [t('metadata.key'), ...(timed ? [t('overview.response')] : []), amountTitle];
  return (
    <Section title={title} empty={ranks.length === 0 ? empty : null} head={head}>
      {ranks.map((rank) => (
        <tr key={rank.key}>
          <KeyCell stateKey={rank.key} status={rank.status} />
          {timed ? (
            <td className={styles.aside}>
              {rank.responseSeconds === null ? null : format.seconds(rank.responseSeconds)}
            </td>
          ) : null}
          <td className={styles.number}>
            <StateButton stateKey={rank.key} text={amount(rank.amount)} about={`${amountTitle}: ${rank.key}`} />
          </td>
        </tr>
      ))}
    </Section>
  );
}

/** Sessions past their expiry, then those that expire next. */
export function Expiry({ expiry, openedAt }: { readonly expiry: Overview['expiry']; readonly openedAt: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const head = [t('metadata.key'), t('overview.expires')];
  const note = t('overview.asOf', { time: format.exact(new Date(openedAt)) });
  return (
    <Section title={t('overview.expiry')} empty={expiry ? null : t('overview.noExpiry')} head={head} note={note}>
      {expiry?.next.map((each) => (
        <tr key={each.key}>
          <KeyCell stateKey={each.key} status={each.status} mark={<ExpiryMark expiry={each} />} />
          <td className={styles.number}>
            <TimeText stored={each.expiresAt} className={cx(styles.above, each.past && styles.past)} />
          </td>
        </tr>
      ))}
      {expiry && expiry.all.count > expiry.next.length ? (
        <tr className={styles.total}>
          <th scope="row">{t('overview.total')}</th>
          <td className={styles.number}>
            <StatesButton
              states={expiry.all}
              text={format.count(expiry.all.count)}
              about={`${t('overview.expiry')}: ${t('overview.total')}`}
            />
          </td>
        </tr>
      ) : null}
    </Section>
  );
}

interface KeyCellProps {
  readonly stateKey: string;
  readonly status: string | null;
  readonly mark?: ReactNode;
}

/** A state by its key; beside a time, which is no button, the key is one. */
function KeyCell({ stateKey, status, mark }: KeyCellProps) {
  const colon = stateKey.indexOf(':') + 1;
  const name = (
    <>
      <span className={styles.kind}>{visibleText(stateKey.slice(0, colon))}</span>
      {visibleText(stateKey.slice(colon))}
    </>
  );
  return (
    <th scope="row" title={[stateKey, status].filter((part) => part !== null).join('\n')}>
      <Sign status={status} />
      {mark === undefined ? (
        <span className={styles.name}>{name}</span>
      ) : (
        <>
          <StateButton stateKey={stateKey} text={visibleText(stateKey)} about={status ?? ''} />
          {mark}
        </>
      )}
    </th>
  );
}

/** Keeps its place where there is no status, so that names stand in line. */
function Sign({ status }: { readonly status: string | null }) {
  return <span className={styles.sign}>{status === null ? null : <StatusIcon status={status} />}</span>;
}

function ExpiryMark({ expiry }: { readonly expiry: OverviewExpiry }) {
  const { t } = useTranslation();
  if (expiry.past === false) return null;
  const text = t(
    expiry.overdue ? 'overview.overdue' : expiry.past === null ? 'overview.expiryUnknown' : 'overview.expired',
  );
  const Icon = expiry.overdue ? TriangleAlert : Clock;
  return (
    <span
      role="img"
      aria-label={text}
      title={text}
      className={cx(styles.above, expiry.overdue ? styles.warning : styles.muted)}
    >
      <Icon size={12} aria-hidden />
    </span>
  );
}
