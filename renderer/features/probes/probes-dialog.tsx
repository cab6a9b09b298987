import { Camera, CircleCheck, CircleX, Copy, Eye, EyeOff, Pause, Play, Undo2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProbeStatus } from '../../../shared/ipc/history.ts';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import { copyShown } from '../../host/copying.ts';
import { commandProbe, leaveProbes, readProbes, switchProbes } from '../../host/probes.ts';
import { errorText } from '../../host/told-text.ts';
import { closeDialog } from '../../stores/dialog-store.ts';
import { useProbes } from '../../stores/probe-store.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { Segments } from '../../ui/segments.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import { LoadForm } from './load-form.tsx';
import styles from './probes.module.css';

type Language = 'python' | 'typescript';

const SNIPPETS: Readonly<Record<Language, string>> = {
  python: 'import statescope_probe\nstatescope_probe.attach(agent, name="agent:friday")',
  typescript:
    "import { attachProbe } from 'statescope/state';\n" +
    "attachProbe(agent, { name: 'agent:friday', address: process.env.STATESCOPE_PROBE });",
};
const ENVIRONMENT = 'STATESCOPE_PROBE';
const MASK = '••••••••';

type Session = ProbeStatus['sessions'][number];

/** Running programs: how they are attached, which are, and what they can be told to do. */
export default function ProbesDialog({ workspace }: { readonly workspace: WorkspaceSummary | null }) {
  const { t } = useTranslation();
  const { status, error } = useProbes();
  useEffect(() => {
    void readProbes();
  }, []);
  return (
    <Dialog open onClose={closeDialog} title={t('probes.title')} closeLabel={t('common.close')} wide>
      <DialogBody>
        <p className={styles.lead}>{t('probes.lead')}</p>
        <div className={styles.switch}>
          <Segments<'on' | 'off'>
            label={t('probes.switch')}
            value={status?.on ? 'on' : 'off'}
            options={[
              { value: 'on', text: t('probes.on') },
              { value: 'off', text: t('probes.off') },
            ]}
            onChange={(next) => void switchProbes(next === 'on')}
          />
          <span className={styles.note}>{t(status?.on ? 'probes.onHelp' : 'probes.offHelp')}</span>
        </div>
        <Instead insteadOf={status?.insteadOf ?? null} open={status?.on ? null : (workspace?.name ?? null)} />
        {error ? (
          <p className={styles.error} role="alert">
            {errorText(t, error)}
          </p>
        ) : null}
        {status?.address ? <Address address={status.address} /> : null}
        {status?.on && workspace ? <Sessions sessions={status.sessions} workspace={workspace} /> : null}
        <Answer />
      </DialogBody>
      <DialogActions>
        <Button onClick={closeDialog}>{t('common.close')}</Button>
      </DialogActions>
    </Dialog>
  );
}

interface InsteadProps {
  /** What running programs are shown in place of. */
  readonly insteadOf: string | null;
  /** What they would be shown in place of. */
  readonly open: string | null;
}

/** Nobody loses sight of a source without being told, and the way back is here. */
function Instead({ insteadOf, open }: InsteadProps) {
  const { t } = useTranslation();
  if (insteadOf !== null) {
    const name = visibleText(insteadOf);
    return (
      <p className={styles.instead}>
        <span>{t('probes.insteadOf', { name })}</span>
        <Button icon={<Undo2 size={13} aria-hidden />} onClick={() => void leaveProbes()}>
          {t('probes.back', { name })}
        </Button>
      </p>
    );
  }
  return open === null ? null : (
    <p className={styles.instead}>{t('probes.wouldReplace', { name: visibleText(open) })}</p>
  );
}

/** The token is a password: it is shown only when asked for. */
function Address({ address }: { readonly address: string }) {
  const { t } = useTranslation();
  const [language, setLanguage] = useState<Language>('python');
  const [open, setOpen] = useState(false);
  const [place = address, token = ''] = address.split('#');
  return (
    <>
      <h3 className={styles.title}>{t('probes.address')}</h3>
      <div className={styles.address}>
        <code>{`${ENVIRONMENT}=${place}#${open ? token : MASK}`}</code>
        <IconButton label={t(open ? 'probes.hideToken' : 'probes.showToken')} onClick={() => setOpen(!open)}>
          {open ? <EyeOff size={14} aria-hidden /> : <Eye size={14} aria-hidden />}
        </IconButton>
        <IconButton label={t('probes.copyAddress')} onClick={() => copyShown(`${ENVIRONMENT}=${address}`)}>
          <Copy size={14} aria-hidden />
        </IconButton>
      </div>
      <div className={styles.snippetHead}>
        <h3 className={styles.title}>{t('probes.snippet')}</h3>
        <Segments<Language>
          label={t('probes.language')}
          value={language}
          options={[
            { value: 'python', text: 'Python' },
            { value: 'typescript', text: 'TypeScript' },
          ]}
          onChange={setLanguage}
        />
      </div>
      <div className={styles.snippet}>
        <pre>{SNIPPETS[language]}</pre>
        <IconButton label={t('probes.copySnippet')} onClick={() => copyShown(SNIPPETS[language])}>
          <Copy size={14} aria-hidden />
        </IconButton>
      </div>
    </>
  );
}

function Sessions({ sessions, workspace }: { readonly sessions: readonly Session[]; workspace: WorkspaceSummary }) {
  const { t } = useTranslation();
  return (
    <>
      <h3 className={styles.title}>{t('probes.sessions', { count: sessions.length })}</h3>
      {sessions.length === 0 ? <p className={styles.note}>{t('probes.noSessions')}</p> : null}
      <ul className={styles.sessions}>
        {sessions.map((session) => (
          <SessionItem key={session.id} session={session} workspace={workspace} />
        ))}
      </ul>
    </>
  );
}

function SessionItem({ session, workspace }: { readonly session: Session; readonly workspace: WorkspaceSummary }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { id, name, language, modules, received, dropped, paused } = session;
  const Flow = paused ? Play : Pause;
  return (
    <li className={styles.session}>
      <div className={styles.sessionHead}>
        <span className={styles.name}>{visibleText(name)}</span>
        <span className={styles.note}>{visibleText(language)}</span>
        <span className={styles.note}>{t('probes.received', { count: received })}</span>
        <span className={dropped > 0 ? styles.dropped : styles.note}>{t('probes.dropped', { count: dropped })}</span>
        <span className={styles.gap} />
        <Button
          kind="quiet"
          icon={<Camera size={13} aria-hidden />}
          onClick={() => void commandProbe(id, 'snapshot', null)}
        >
          {t('probes.snapshot')}
        </Button>
        <Button
          kind="quiet"
          icon={<Flow size={13} aria-hidden />}
          onClick={() => void commandProbe(id, paused ? 'resume' : 'pause', null)}
        >
          {t(paused ? 'probes.resume' : 'probes.pause')}
        </Button>
      </div>
      <p className={styles.note}>
        {t('probes.modules', { modules: new Intl.ListFormat(format.locale).format(modules.map(visibleText)) })}
      </p>
      {modules.length > 0 ? <LoadForm session={id} modules={modules} workspace={workspace} /> : null}
    </li>
  );
}

/** What the program said to the last command. */
function Answer() {
  const { t } = useTranslation();
  const answer = useProbes((state) => state.answer);
  if (!answer) return null;
  const Icon = answer.ok ? CircleCheck : CircleX;
  return (
    <p className={answer.ok ? styles.answer : styles.refusal} role="status">
      <Icon size={13} aria-hidden />
      {answer.ok
        ? t(`probes.done.${answer.command}`)
        : t('probes.refused', { reason: visibleText(answer.reason ?? '') })}
    </p>
  );
}
