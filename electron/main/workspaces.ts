import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { OpenProgress, OpenRequest, WorkspaceSummary } from '../../shared/ipc/model.ts';
import type { WorkerEvent } from '../core/workspace/worker-protocol.ts';
import { absolute } from './arguments.ts';
import { WorkspaceHost, workspaceClosed } from './workspace-host.ts';

/** The open source of the window. A new one replaces the old one only once it has opened. */
export class Workspaces {
  readonly #folder: string;
  readonly #onSwitched: () => void;
  #open: WorkspaceHost | null = null;

  /**
   * @param folder of Statescope's own data: copies of what is replaced in foreign sources, and journals
   * @param onSwitched after another source was opened, or the open one closed
   */
  constructor(folder: string, onSwitched: () => void) {
    this.#folder = folder;
    this.#onSwitched = onSwitched;
  }

  get current(): WorkspaceSummary | null {
    return this.#open?.summary ?? null;
  }

  async open(
    request: OpenRequest,
    secret: string | null,
    signal: AbortSignal,
    onProgress: (progress: OpenProgress) => void,
    onEvent: (event: WorkerEvent) => void,
  ): Promise<WorkspaceSummary> {
    const start = {
      workspace: randomUUID(),
      location: absolute(request.location, process.cwd()),
      followLinks: request.followLinks,
      secret,
      safetyFolder: join(this.#folder, 'safety'),
      journalFolder: join(this.#folder, 'journals'),
      snapshotFolder: join(this.#folder, 'snapshots'),
      dataFolder: this.#folder,
    };
    const host = await WorkspaceHost.open(start, signal, onProgress, onEvent);
    const previous = this.#open;
    this.#open = host;
    this.#onSwitched();
    await previous?.close();
    return host.summary;
  }

  /** @throws ReportedError `workspace-closed` for one that was replaced or closed meanwhile */
  get(workspace: string): WorkspaceHost {
    if (this.#open?.summary.workspace !== workspace) throw workspaceClosed();
    return this.#open;
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    this.#onSwitched();
    await open?.close();
  }
}
