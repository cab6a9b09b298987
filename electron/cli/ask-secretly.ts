import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** Asks on the terminal without showing what is typed. Null where nobody can answer, or nobody wants to. */
export async function askSecretly(question: string, signal?: AbortSignal): Promise<string | null> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  process.stderr.write(question);
  try {
    return await new Promise<string | null>((resolve) => {
      lines.once('line', (line) => resolve(line === '' ? null : line));
      // Control-C and control-D.
      lines.once('close', () => resolve(null));
      signal?.addEventListener('abort', () => resolve(null), { once: true });
    });
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}
