/** Who may speak at all. Any program and any web page on this machine reaches a port on loopback. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ProbeRefusal } from './probe-refusal.ts';

/**
 * @throws ProbeRefusal. A web page gives itself away by its Origin, and by its Host when a name of its own was pointed at
 * this machine (DNS rebinding); everybody else needs the token.
 */
export function checkCaller(request: IncomingMessage, port: number, token: string): void {
  const { host, origin, authorization } = request.headers;
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    throw new ProbeRefusal(403, 'host-refused', `the Host has to be 127.0.0.1:${port}`);
  }
  if (origin !== undefined) throw new ProbeRefusal(403, 'origin-refused', 'web pages may not speak to this address');
  const [, given] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
  if (given === undefined || !sameText(given, token)) {
    throw new ProbeRefusal(401, 'token-refused', 'this token is not the one that Statescope shows; copy it again');
  }
}

/** In a time that does not tell how much of it was right: hashes have one length and say nothing about their texts. */
function sameText(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
