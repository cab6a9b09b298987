import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import type { Overview, OverviewGroup, StatesBehind } from '../../../shared/ipc/model.ts';
import styles from './overview.module.css';
import { StatesButton } from './states-button.tsx';

interface Part {
  readonly text: string;
  readonly states: StatesBehind;
}

/** The answer to the question with which the overview is opened: how are my agents and sessions? */
export function Headline({ overview }: { readonly overview: Overview }) {
  const { t, i18n } = useTranslation();
  const { agents, sessions, messages, expiry, states } = overview;
  const marks = i18n.language.startsWith('zh')
    ? { colon: '：', comma: '，', semicolon: '；' }
    : { colon: ': ', comma: ', ', semicolon: '; ' };
  const clauses: Part[][] = [];
  if (agents) {
    const busy = withStatus(agents, 'busy');
    const failing = withStatus(agents, 'error');
    clauses.push([
      { text: t('overview.agentCount', { count: agents.all.count }), states: agents.all },
      ...(busy ? [{ text: t('overview.busy', { count: busy.count }), states: busy }] : []),
      ...(failing ? [{ text: t('overview.inError', { count: failing.count }), states: failing }] : []),
    ]);
  }
  if (sessions) {
    const past = expiry && expiry.past.count > 0 ? expiry.past : null;
    clauses.push([
      { text: t('overview.sessionCount', { count: sessions.all.count }), states: sessions.all },
      ...(past ? [{ text: t('overview.pastExpiry', { count: past.count }), states: past }] : []),
      // Where nothing is wrong, how much there is.
      ...(!past && !agents && messages
        ? [{ text: t('units.messages', { count: messages.count }), states: messages.states }]
        : []),
    ]);
  }
  if (clauses.length === 0) clauses.push([{ text: t('units.states', { count: states.count }), states }]);
  return (
    <h1 className={styles.headline}>
      {clauses.map((parts, clause) => (
        // oxlint-disable-next-line react/no-array-index-key -- clauses have no identity and do not move
        <Fragment key={clause}>
          {clause > 0 ? marks.semicolon : null}
          {parts.map(({ text, states: behind }, part) => (
            <Fragment key={text}>
              {part === 0 ? null : part === 1 && parts.length > 2 ? marks.colon : marks.comma}
              <StatesButton states={behind} text={text} />
            </Fragment>
          ))}
        </Fragment>
      ))}
    </h1>
  );
}

function withStatus(group: OverviewGroup, status: string): StatesBehind | null {
  return group.statuses.find((each) => each.status === status)?.states ?? null;
}
