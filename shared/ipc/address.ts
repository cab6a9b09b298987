/** Addresses of servers as people type and paste them. */

const SCHEME = /^[a-z][a-z0-9+.-]+:\/\//i;
/** Up to the last @, because pasted passwords are often not escaped. */
const USER_AND_PASSWORD = /^([a-z][a-z0-9+.-]*:\/\/[^/?#@:]*):([^?]*)@/i;

const PARAMETER = /^password=/i;

/** Takes the password out of an address; null where none is in it. Whatever is no address comes back as it is. */
export function splitPassword(location: string): { readonly location: string; readonly password: string | null } {
  if (!SCHEME.test(location)) return { location, password: null };
  const [whole, user, written] = USER_AND_PASSWORD.exec(location) ?? [];
  const bare = whole === undefined ? location : `${user ?? ''}@${location.slice(whole.length)}`;
  const [address = '', query] = bare.split(/\?(.*)/s);
  const parameters = (query ?? '').split('&').filter((each) => each !== '');
  const named = parameters.findLast((each) => PARAMETER.test(each));
  if (named === undefined) return { location: bare, password: written === undefined ? null : decoded(written) };
  const others = parameters.filter((each) => !PARAMETER.test(each));
  return {
    location: others.length === 0 ? address : `${address}?${others.join('&')}`,
    password: decoded(named.replace(PARAMETER, '').replaceAll('+', ' ')),
  };
}

/** Whether it is one that can be opened. */
export function isServerAddress(location: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(location);
}

function decoded(password: string): string {
  try {
    return decodeURIComponent(password);
  } catch (error) {
    // A stray percent sign is one.
    if (error instanceof URIError) return password;
    throw error;
  }
}

/** Running programs that a probe attaches. */
export const PROBE_LOCATION = 'probe://local';
