/** Comparisons that the worker of the open source makes, with what other sources are opened with. */
import type { BrowserWindow } from 'electron';
import type { MomentRef, StateAt } from '../../shared/ipc/moments.ts';
import type { Translate } from '../core/texts.ts';
import { askWhereTo } from './file-dialogs.ts';
import type { Handlers } from './handler-types.ts';
import type { Secrets } from './secrets.ts';
import type { WorkspaceHost } from './workspace-host.ts';
import type { Workspaces } from './workspaces.ts';

export interface ComparingContext {
  readonly window: BrowserWindow;
  readonly workspaces: Workspaces;
  readonly secrets: Secrets;
  readonly translate: Translate;
}

type ComparingJob = 'diff.open' | 'diff.states' | 'diff.keys' | 'diff.export';

const FILES = { 'json-patch': 'changes.patch.json', json: 'changes.json', text: 'changes.diff' } as const;

/** The same moment without a password in its place; the worker gets that by itself. */
export async function preparedMoment(secrets: Secrets, host: WorkspaceHost, moment: MomentRef): Promise<MomentRef> {
  if (moment.at !== 'source') return moment;
  const location = secrets.withoutPassword(moment.location);
  const secret = secrets.for({ location, followLinks: false });
  if (secret !== null) await host.ask('source.secret', { location, secret });
  return { at: 'source', location };
}

export function comparingJobs(context: ComparingContext): Pick<Handlers['jobs'], ComparingJob> {
  const { window, workspaces, secrets, translate } = context;
  const prepared = (host: WorkspaceHost, moment: MomentRef) => preparedMoment(secrets, host, moment);
  const preparedState = async (host: WorkspaceHost, { moment, key }: StateAt): Promise<StateAt> => ({
    moment: await prepared(host, moment),
    key,
  });
  return {
    'diff.open': async ({ workspace, before, after }, signal, progress) => {
      const host = workspaces.get(workspace);
      const sides = { before: await preparedState(host, before), after: await preparedState(host, after) };
      return host.ask('diff.open', sides, progress, signal);
    },
    'diff.states': async ({ workspace, before, after }, signal, progress) => {
      const host = workspaces.get(workspace);
      const sides = { before: await prepared(host, before), after: await prepared(host, after) };
      return host.ask('diff.states', sides, progress, signal);
    },
    'diff.keys': async ({ workspace, moment, filter, secret }, signal, progress) => {
      const host = workspaces.get(workspace);
      const ref = await prepared(host, moment);
      if (ref.at === 'source' && secret !== undefined) {
        await host.ask('source.secret', { location: ref.location, secret });
      }
      const found = await host.ask('diff.keys', { moment: ref, filter }, progress, signal);
      // Who compares with it, or opens it next, is not asked again.
      const entered = secret === undefined ? undefined : { text: secret, keep: false };
      if (ref.at === 'source') {
        secrets.opened({ location: ref.location, followLinks: false, secret: entered }, found.location);
      }
      return found;
    },
    'diff.export': async ({ workspace, diff, format }) => {
      const file = await askWhereTo(window, { title: translate('dialogs.exportDiff'), defaultPath: FILES[format] });
      if (file === null) return null;
      await workspaces.get(workspace).ask('diff.write', { diff, format, file });
      return { location: file };
    },
  };
}
