import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Locale, ThemeChoice } from '../../shared/ipc/model.ts';

/** What was asked for on the command line. */
export interface LaunchArguments {
  /** Absolute path, or a URL; null to open what the window opens by itself. */
  readonly location: string | null;
  /** Absolute path of the PNG to write after the first full paint. */
  readonly screenshot: string | null;
  readonly exit: boolean;
  /** Runs the sample fleet and opens what it writes. */
  readonly demo: boolean;
  readonly theme: ThemeChoice | null;
  readonly locale: Locale | null;
}

export const USAGE =
  'usage: statescope [PATH|URL|--demo] [--screenshot FILE] [--exit] [--theme light|dark|system] [--locale en|zh-CN]';

/**
 * Reads our arguments out of Electron's. Started from a clone they stand behind `--`; a packaged program gets them
 * directly, mixed with switches of Chromium, which are left alone.
 * @throws TypeError with the reason and the usage
 */
export function parseLaunchArguments(argv: readonly string[], packaged: boolean, cwd: string): LaunchArguments {
  const separator = argv.indexOf('--');
  const own = separator >= 0 ? argv.slice(separator + 1) : packaged ? argv.slice(1).filter(isOurs) : [];
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(own);
  } catch (error) {
    throw new TypeError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, { cause: error });
  }
  const { values, positionals } = parsed;
  // A desktop hands over all files that were selected; a person who typed two is told.
  if (positionals.length > 1 && !packaged)
    throw new TypeError(`one source at a time, got ${positionals.length}\n${USAGE}`);
  return {
    location: positionals[0] === undefined ? null : absolute(positionals[0], cwd),
    screenshot: values.screenshot === undefined ? null : resolve(cwd, values.screenshot),
    exit: values.exit ?? false,
    demo: values.demo ?? false,
    theme: oneOf(values.theme, ['light', 'dark', 'system'], '--theme'),
    locale: oneOf(values.locale, ['en', 'zh-CN'], '--locale'),
  };
}

/** A path made absolute against the folder in which the person typed it; URLs stay as they are, but for those that desktops make of paths. */
export function absolute(location: string, cwd: string): string {
  if (/^file:\/\//i.test(location)) return fileURLToPath(location);
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(location) || isAbsolute(location) ? location : resolve(cwd, location);
}

const OPTIONS = {
  screenshot: { type: 'string' },
  exit: { type: 'boolean' },
  demo: { type: 'boolean' },
  theme: { type: 'string' },
  locale: { type: 'string' },
} as const;

const parse = (own: readonly string[]) =>
  parseArgs({ args: [...own], options: OPTIONS, allowPositionals: true, strict: true });

/** Chromium and the desktop add switches of their own to a packaged program; ours and everything without dashes is kept. */
function isOurs(argument: string): boolean {
  return (
    !argument.startsWith('-') ||
    Object.keys(OPTIONS).some((name) => argument === `--${name}` || argument.startsWith(`--${name}=`))
  );
}

function oneOf<T extends string>(value: string | undefined, allowed: readonly T[], name: string): T | null {
  if (value === undefined) return null;
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new TypeError(`${name} takes ${allowed.join(', ')}, not ${value}\n${USAGE}`);
  return found;
}
