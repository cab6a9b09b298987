/** Running programs that are attached through probes, and what they are told to do. */

import { openDialog } from '../stores/dialog-store.ts';
import { type ProbeAnswer, probeCommanded, probesAnswered, probesFailed } from '../stores/probe-store.ts';
import { call, onEvent, startStream } from './client.ts';

export function followProbes(): void {
  onEvent('probes.changed', probesAnswered);
}

export async function readProbes(): Promise<void> {
  probeCommanded(null);
  const answer = await call('probes.status');
  if (answer.ok) probesAnswered(answer.value);
  else probesFailed(answer.error);
}

/** Running programs are a source of their own, so that another one is open afterwards, or none. The dialog says which. */
export async function switchProbes(on: boolean): Promise<void> {
  const answer = await call('probes.switch', { on });
  // With the source before, its dialogs were closed.
  openDialog({ kind: 'probes' });
  if (answer.ok) probesAnswered(answer.value);
  else probesFailed(answer.error);
}

/** Back to what was open before running programs were shown in its place. */
export async function leaveProbes(): Promise<void> {
  const answer = await call('probes.switch', { on: false });
  if (answer.ok) {
    probesAnswered(answer.value);
    return;
  }
  openDialog({ kind: 'probes' });
  probesFailed(answer.error);
}

export async function commandProbe(
  session: string,
  command: ProbeAnswer['command'],
  load: { readonly module: string; readonly text: string } | null,
): Promise<void> {
  probeCommanded(null);
  const { module, text } = load ?? { module: null, text: null };
  const answer = await call('probes.command', { session, command, module, text });
  const told = answer.ok ? answer.value : { ok: false, error: answer.error.message };
  probeCommanded({ session, command, ok: told.ok, reason: told.error });
}

/** Loads a state of the open source, as it is shown, into a module of a running program. */
export async function loadIntoProbe(workspace: string, key: string, session: string, module: string): Promise<void> {
  const opened = await call('state.open', { workspace, key });
  if (!opened.ok) {
    probeCommanded({ session, command: 'load', ok: false, reason: opened.error.message });
    return;
  }
  const pieces: string[] = [];
  const stream = startStream('value.text', { workspace, key, node: 0, form: 'json' }, (chunk) => {
    pieces.push(chunk);
    stream.grant(1);
  });
  stream.grant(1);
  const read = await stream.done;
  if (read.ok) await commandProbe(session, 'load', { module, text: pieces.join('') });
  else probeCommanded({ session, command: 'load', ok: false, reason: read.error.message });
}
