/** The sample fleet, at work: a worker thread writes states into a folder of its own as agents would, and the window opens it. */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

const WORKER_FILE = fileURLToPath(new URL('./demo-worker.js', import.meta.url));

export class Demo {
  readonly #parent: string;
  #worker: Worker | null = null;
  #folder: string | null = null;

  readonly #sample: string;

  /** @param parent where the folder is made; it is removed when the demo ends. @param sample the sample workspace */
  constructor(parent: string, sample: string) {
    this.#parent = parent;
    this.#sample = sample;
  }

  /** Returns the folder; the same one while it runs. */
  async start(): Promise<string> {
    if (this.#folder !== null) return this.#folder;
    const folder = await mkdtemp(join(this.#parent, 'statescope-demo-'));
    this.#folder = folder;
    // Also when the program ends without asking anybody.
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    const worker = new Worker(WORKER_FILE, { workerData: { sample: this.#sample, folder } });
    this.#worker = worker;
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve());
      worker.once('error', reject);
    });
    return folder;
  }

  /** Whether a source is what the demo writes: it is not there the next time. */
  owns(location: string): boolean {
    return location === this.#folder;
  }

  async stop(): Promise<null> {
    await this.#worker?.terminate();
    this.#worker = null;
    if (this.#folder !== null) await rm(this.#folder, { recursive: true, force: true });
    this.#folder = null;
    return null;
  }
}
