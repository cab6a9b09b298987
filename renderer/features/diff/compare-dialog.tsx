import { type FormEvent, type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isServerAddress, splitPassword } from '../../../shared/ipc/address.ts';
import type { DiffKeys } from '../../../shared/ipc/diff.ts';
import type { MomentRef, StateAt } from '../../../shared/ipc/moments.ts';
import type { HostError, HostErrorCode } from '../../../shared/ipc/result.ts';
import { call, startJob } from '../../host/client.ts';
import { errorText } from '../../host/told-text.ts';
import { openDiff, otherChosen, useDiff } from '../../stores/diff-store.ts';
import { quoted } from '../../stores/history-store.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { Field, Input } from '../../ui/field.tsx';
import { exactText } from '../../ui/moment.ts';
import { Segments } from '../../ui/segments.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './compare-dialog.module.css';
import { useMomentText } from './use-side-text.ts';

type Other = 'state' | 'moment' | 'source';

const ASKS_FOR_SECRET: ReadonlySet<HostErrorCode> = new Set<HostErrorCode>([
  'secret-needed',
  'secret-wrong',
  'auth-failed',
]);
const LISTED = 10;
const MOMENTS = 200;
const FILTER_DELAY_MS = 120;

/** Asks what a state is compared with: another state, the same one at another moment, or one of another source. */
export default function CompareDialog({ workspace, side }: { readonly workspace: string; readonly side: StateAt }) {
  const { t } = useTranslation();
  const momentText = useMomentText();
  const dropped = useDiff((state) => state.dropped);
  const [chosen, setChosen] = useState<Other>('state');
  const other = dropped === null ? chosen : 'source';
  const [pick, setPick] = useState<StateAt | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const compare = () => {
    if (pick === null) return;
    otherChosen();
    // The earlier of two moments of one state is the one before.
    if (other === 'moment' && orderOf(pick) < orderOf(side)) openDiff(pick, side);
    else openDiff(side, pick);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    compare();
  };
  const name = t('diff.markedName', { key: visibleText(side.key), moment: momentText(side.moment) });
  const props = { workspace, side, pick, onPick: setPick, onCompare: compare };
  return (
    <Dialog
      open
      onClose={otherChosen}
      title={t('diff.dialogTitle', { name })}
      closeLabel={t('common.close')}
      initialFocus={field}
      wide
    >
      <form onSubmit={submit}>
        <DialogBody>
          <div className={styles.choice}>
            <Segments
              label={t('diff.with')}
              value={other}
              options={[
                { value: 'state', text: t('diff.anotherState') },
                { value: 'moment', text: t('diff.anotherMoment') },
                { value: 'source', text: t('diff.anotherSource') },
              ]}
              onChange={(next) => {
                setChosen(next);
                setPick(null);
                useDiff.setState({ dropped: null });
              }}
            />
          </div>
          {other === 'state' ? <Keys {...props} moment={side.moment} field={field} /> : null}
          {other === 'moment' ? <Moments {...props} /> : null}
          {other === 'source' ? <AnotherSource {...props} dropped={dropped} /> : null}
        </DialogBody>
        <DialogActions>
          <Button onClick={otherChosen}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit" disabled={pick === null}>
            {t('diff.compare')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function orderOf({ moment }: StateAt): number {
  return moment.at === 'seq' ? moment.seq : Infinity;
}

interface ChoiceProps {
  readonly workspace: string;
  readonly side: StateAt;
  readonly pick: StateAt | null;
  readonly onPick: (pick: StateAt | null) => void;
  readonly onCompare: () => void;
}

interface KeysProps extends ChoiceProps {
  readonly moment: MomentRef;
  readonly field?: React.Ref<HTMLInputElement>;
  /** Is used once. */
  readonly password?: RefObject<string | null>;
}

/** States of a moment or of another source. */
function Keys({ workspace, side, pick, onPick, onCompare, moment, field, password }: KeysProps) {
  const { t } = useTranslation();
  const [filter, setFilter] = useState('');
  const [found, setFound] = useState<DiffKeys | null>(null);
  const [error, setError] = useState<HostError | null>(null);
  const [attempt, setAttempt] = useState(0);
  const secret = useRef<HTMLInputElement>(null);
  const isElsewhere = moment.at === 'source';
  const isServer = isElsewhere && isServerAddress(moment.location);
  useEffect(() => {
    let job: ReturnType<typeof startJob<'diff.keys'>> | null = null;
    let isGone = false;
    const ask = async () => {
      // What was typed goes out once, and stays nowhere in the window.
      const typed = secret.current?.value || (password?.current ?? '');
      if (secret.current) secret.current.value = '';
      if (password) password.current = null;
      const question = { workspace, moment, filter, secret: typed === '' ? undefined : typed };
      job = startJob('diff.keys', question, () => undefined);
      const answer = await job.done;
      if (isGone) return;
      setError(answer.ok ? null : answer.error);
      setFound(answer.ok ? answer.value : null);
      const same = answer.ok && isElsewhere ? answer.value.keys.find((key) => key === side.key) : undefined;
      // Chosen already, so that Enter in the field compares.
      const first = same ?? (answer.ok ? answer.value.keys.find((key) => isElsewhere || key !== side.key) : undefined);
      onPick(first === undefined ? null : { moment, key: first });
    };
    const timer = setTimeout(() => void ask(), FILTER_DELAY_MS);
    return () => {
      isGone = true;
      clearTimeout(timer);
      job?.cancel();
    };
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- each attempt asks again
  }, [workspace, moment, filter, isElsewhere, side.key, onPick, attempt, password]);
  const keys = (found?.keys ?? []).filter((key) => isElsewhere || key !== side.key);
  return (
    <>
      <Field label={t('diff.filterStates')}>
        <Input ref={field} mono value={filter} onChange={(event) => setFilter(event.target.value)} />
      </Field>
      {error === null ? null : (
        <p className={styles.error} role="alert">
          {errorText(t, error)}
        </p>
      )}
      {error !== null && ASKS_FOR_SECRET.has(error.code) ? (
        <div className={styles.source}>
          <Input
            ref={secret}
            type="password"
            aria-label={t(isServer ? 'secret.password' : 'secret.passphrase')}
            placeholder={t(isServer ? 'secret.password' : 'secret.passphrase')}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              setAttempt(attempt + 1);
            }}
          />
          <Button onClick={() => setAttempt(attempt + 1)}>{t('secret.open')}</Button>
        </div>
      ) : null}
      <select
        aria-label={t('diff.otherState')}
        className={styles.list}
        size={LISTED}
        value={pick?.key ?? ''}
        onChange={(event) => onPick({ moment, key: event.target.value })}
        onDoubleClick={onCompare}
      >
        {keys.map((key) => (
          <option key={key} value={key}>
            {visibleText(key)}
          </option>
        ))}
      </select>
      {found !== null && found.total > found.keys.length ? (
        <p className={styles.note}>{t('diff.moreStates', { count: found.total - found.keys.length })}</p>
      ) : null}
    </>
  );
}

/** Changes of the state, the newest first. */
function Moments({ workspace, side, pick, onPick, onCompare }: ChoiceProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [moments, setMoments] = useState<readonly { seq: number; text: string }[] | null>(null);
  const { key } = side;
  const own = side.moment.at === 'seq' ? side.moment.seq : null;
  useEffect(() => {
    let isGone = false;
    const ask = async () => {
      const question = {
        workspace,
        query: `key:${quoted(key)}`,
        cursor: null,
        direction: 'older',
        limit: MOMENTS,
      } as const;
      const answer = await call('history.page', question);
      if (isGone) return;
      const rows = answer.ok && !('fault' in answer.value) ? answer.value.rows : [];
      setMoments(
        rows.map(({ seq, time, path }) => ({
          seq,
          text: `${exactText(time, format.locale)} · ${t('diff.change', { change: format.count(seq) })} · ${path === '' ? t('history.wholeState') : visibleText(path)}`,
        })),
      );
    };
    void ask();
    return () => {
      isGone = true;
    };
  }, [workspace, key, format, t]);
  if (moments?.length === 0) return <p className={styles.note}>{t('diff.noMoments')}</p>;
  return (
    <select
      aria-label={t('diff.otherMoment')}
      className={styles.list}
      size={LISTED}
      value={pick?.moment.at === 'seq' ? String(pick.moment.seq) : (pick?.moment.at ?? '')}
      onChange={({ target: { value } }) =>
        onPick({ moment: value === 'now' ? { at: 'now' } : { at: 'seq', seq: Number(value) }, key })
      }
      onDoubleClick={onCompare}
    >
      {side.moment.at === 'now' ? null : <option value="now">{t('diff.now')}</option>}
      {(moments ?? []).map(({ seq, text }) => (
        <option key={seq} value={String(seq)} disabled={seq === own}>
          {text}
        </option>
      ))}
    </select>
  );
}

/** A file, a folder, a backup or a database. */
function AnotherSource(props: ChoiceProps & { readonly dropped: string | null }) {
  const { t } = useTranslation();
  const { dropped, ...choice } = props;
  const [typed, setTyped] = useState('');
  /** Out of an address that was typed with its password. */
  const password = useRef<string | null>(null);
  const [location, setLocation] = useState<string | null>(null);
  const source = dropped ?? location;
  // The same object while it is the same place, so that its states are read once.
  const moment = useMemo<MomentRef | null>(
    () => (source === null ? null : { at: 'source', location: source }),
    [source],
  );
  const take = (next: string) => {
    const { location: bare, password: found } = splitPassword(next);
    if (found !== null) password.current = found;
    useDiff.setState({ dropped: null });
    setTyped(bare);
    setLocation(bare === '' ? null : bare);
  };
  const ask = async (what: 'file' | 'folder') => {
    const answer = await call('workspace.pick', { what });
    if (answer.ok && answer.value) take(answer.value.location);
  };
  return (
    <>
      <div className={styles.source}>
        <Input
          mono
          aria-label={t('diff.location')}
          placeholder={t('diff.locationHelp')}
          value={dropped ?? typed}
          onChange={(event) => {
            useDiff.setState({ dropped: null });
            setTyped(event.target.value);
          }}
          onBlur={() => take((dropped ?? typed).trim())}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || source === (dropped ?? typed).trim()) return;
            event.preventDefault();
            take((dropped ?? typed).trim());
          }}
        />
        <Button onClick={() => void ask('file')}>{t('diff.file')}</Button>
        <Button onClick={() => void ask('folder')}>{t('diff.folder')}</Button>
      </div>
      {moment === null ? (
        <p className={styles.note}>{t('diff.dropHelp')}</p>
      ) : (
        <Keys {...choice} moment={moment} password={password} />
      )}
    </>
  );
}
