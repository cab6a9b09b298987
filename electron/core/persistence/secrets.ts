/** Secrets come from the environment, from a prompt, or from the system's keychain: never from here into a text. */

export type Environment = Readonly<Record<string, string | undefined>>;

/** Opens what is encrypted, where a configuration names no other variable. */
export const PASSPHRASE_VARIABLE = 'STATESCOPE_PASSPHRASE';

/** Stands for a secret wherever a configuration is shown. */
export const HIDDEN = '•••';

export interface Substituted {
  readonly text: string;
  /** Names of variables that are not set. */
  readonly missing: readonly string[];
  /** There is a `${` that begins no `${NAME}`. */
  readonly malformed: boolean;
}

/** Puts the environment's values in place of `${NAME}`. `$${` is a plain `${`. */
export function substitute(text: string, env: Environment): Substituted {
  const missing: string[] = [];
  let malformed = false;
  const replaced = text.replace(/\$\$\{|\$\{(?:([A-Za-z_]\w*)\})?/g, (found, name: string | undefined) => {
    if (found === '$${') return '${';
    const value = name === undefined ? undefined : env[name];
    if (name === undefined) malformed = true;
    else if (value === undefined) missing.push(name);
    return value ?? '';
  });
  return { text: replaced, missing, malformed };
}

/** The address with its password hidden; little of it where it cannot be understood. */
export function withoutPassword(address: string): string {
  if (!URL.canParse(address)) return `${/^[a-z][a-z0-9+.-]*:\/\//i.exec(address)?.[0] ?? ''}${HIDDEN}`;
  const url = new URL(address);
  const hidden = encodeURIComponent(HIDDEN);
  if (url.password !== '') url.password = HIDDEN;
  for (const name of url.searchParams.keys()) if (/pass|secret|token/i.test(name)) url.searchParams.set(name, HIDDEN);
  return url.href.replaceAll(hidden, HIDDEN);
}
