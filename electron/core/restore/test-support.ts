/** For the tests of this folder: a source with everything that is needed to restore into it. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { RestoreRequest } from '../../../shared/ipc/restore.ts';
import { openMoment } from '../snapshots/moments.ts';
import { openSource } from '../sources/open-source.ts';
import type { OpenOptions, Source } from '../sources/source.ts';
import { temporaryFolder } from '../sources/test-support.ts';
import { EditableWorkspace } from '../workspace/editable-workspace.ts';
import type { SafetyCopies } from './apply.ts';
import { Restoring, type RestoringOptions } from './restoring.ts';

export class TestCopies implements SafetyCopies {
  readonly taken: { readonly reason: string; readonly texts: ReadonlyMap<string, Uint8Array> }[] = [];
  source: () => Source = () => {
    throw new Error('no source is open');
  };

  async take(keys: readonly string[], reason: string): Promise<string> {
    const texts = new Map<string, Uint8Array>();
    for (const key of keys) texts.set(key, (await this.source().read(key)).bytes.slice());
    this.taken.push({ reason, texts });
    return String(this.taken.length - 1);
  }

  async read(id: string, key: string): Promise<Uint8Array | null> {
    return this.taken[Number(id)]?.texts.get(key) ?? null;
  }
}

export interface TestRestoring {
  readonly restoring: Restoring;
  readonly workspace: EditableWorkspace;
  readonly copies: TestCopies;
  /** Folder of the copies of what is replaced. */
  readonly safety: string;
  readonly written: Parameters<RestoringOptions['onWritten']>[];
  /** The same again, as after a restart of the program. */
  readonly again: () => Promise<TestRestoring>;
  /** The same, while this one is still there: what a second start finds after a crash. */
  readonly beside: () => Promise<TestRestoring>;
}

export interface RestoreSetting {
  readonly open?: () => Promise<Source>;
  readonly armed?: boolean;
  /** Has a writer fail, or do something else first. */
  readonly writer?: (writer: EditableWorkspace['writer']) => EditableWorkspace['writer'];
  readonly registry?: EditableWorkspace['registry'];
  /** How a moment that lies elsewhere is opened. */
  readonly moment?: OpenOptions;
}

export async function restoringInto(location: string, setting: RestoreSetting = {}): Promise<TestRestoring> {
  return start(location, setting, temporaryFolder(), new TestCopies());
}

async function start(
  location: string,
  setting: RestoreSetting,
  safety: string,
  copies: TestCopies,
): Promise<TestRestoring> {
  const { open = () => openSource(location, {}), armed = true, writer = (own) => own } = setting;
  const workspace = await EditableWorkspace.open(
    { id: 'w', context: { safetyFolder: join(safety, 'safety') }, open, onChanged: () => undefined },
    {},
  );
  onTestFinished(() => workspace.close());
  copies.source = () => workspace.source;
  if (armed) workspace.arm({ armed: true });
  const written: Parameters<RestoringOptions['onWritten']>[] = [];
  const restoring = new Restoring({
    target: {
      get source() {
        return workspace.source;
      },
      get writer() {
        return writer(workspace.writer);
      },
      registry: setting.registry ?? workspace.registry,
      exclusively: (work) => workspace.exclusively(work),
      readAnew: () => workspace.readAnew(),
      assertArmed: () => workspace.assertArmed(),
    },
    folder: join(safety, 'restores'),
    moment: (ref) =>
      openMoment(ref, {
        now: workspace.source,
        journal: null,
        snapshots: null,
        open: (place) => openSource(place, setting.moment ?? {}),
      }),
    copies,
    onWritten: async (...told) => void written.push(told),
  });
  const beside = () => start(location, { ...setting, writer: (own) => own }, safety, copies);
  const again = async () => {
    await workspace.close();
    return beside();
  };
  return { restoring, workspace, copies, safety: join(safety, 'safety'), written, again, beside };
}

export function requestFrom(location: string, more: Partial<RestoreRequest> = {}): RestoreRequest {
  const from = { at: 'source', location } as const;
  return { from, picks: null, mode: 'replace', removeOthers: false, migrate: false, ...more };
}
