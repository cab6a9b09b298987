import { existsSync, readFileSync } from 'node:fs';

/** This file is two folders below the manifest in the sources, and two or three in a build. */
const PLACES = ['../../package.json', '../../../package.json'];

/** Of Statescope, as its manifest says; `unknown` where there is none. */
export function programVersion(): string {
  for (const place of PLACES) {
    const file = new URL(place, import.meta.url);
    if (!existsSync(file)) continue;
    const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
  }
  return 'unknown';
}
