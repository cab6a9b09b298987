/** A worker thread in which the sample fleet works until it is ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { DemoFleet } from '../core/live/demo-fleet.ts';

const PAUSE_MS = 350;

const { sample, folder } = workerData as { readonly sample: string; readonly folder: string };
const fleet = await DemoFleet.open(sample, folder);
parentPort?.postMessage('ready');
for (;;) {
  await sleep(PAUSE_MS);
  await fleet.work();
}
