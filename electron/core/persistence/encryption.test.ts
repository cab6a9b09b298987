import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SourceError } from '../sources/source-error.ts';
import { FileCipher, isEncrypted, newKeyParameters, parametersInBounds } from './encryption.ts';

/** A hundredth of the real cost. */
const cheap = { ...newKeyParameters(), log2N: 8 };
const PASSPHRASE = 'correct horse battery staple';
const cipher = new FileCipher(PASSPHRASE, cheap);

describe('the container', () => {
  it('what is encrypted comes back, and nothing of it can be seen', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (plain) => {
        const sealed = await cipher.encrypt(plain);
        expect(isEncrypted(sealed)).toBe(true);
        expect(await cipher.decrypt(sealed, 'x')).toEqual({ bytes: Buffer.from(plain) });
        if (plain.length > 7) expect(Buffer.from(sealed).includes(Buffer.from(plain))).toBe(false);
      }),
    );
  });

  it('the same content never looks the same twice', async () => {
    const [one, two] = [await cipher.encrypt(Buffer.from('same')), await cipher.encrypt(Buffer.from('same'))];
    expect(one).not.toEqual(two);
  });

  it('a change of any bit is found, and so is a cut at any place', async () => {
    const sealed = Buffer.from(await cipher.encrypt(Buffer.from('{"a": 1}')));
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(await cipher.decrypt(changed, 'x')).toHaveProperty('fault');
    }
    for (let length = 0; length < sealed.length; length++) {
      expect(await cipher.decrypt(sealed.subarray(0, length), 'x')).toHaveProperty('fault');
    }
  });

  it('the header of one file does not fit the content of another', async () => {
    const [one, two] = [
      Buffer.from(await cipher.encrypt(Buffer.from('one'))),
      Buffer.from(await cipher.encrypt(Buffer.from('two'))),
    ];
    const mixed = Buffer.concat([one.subarray(0, 64), two.subarray(64)]);
    expect(await cipher.decrypt(mixed, 'x')).toHaveProperty('fault');
  });
});

describe('the passphrase', () => {
  it('a wrong one is told from a damaged file, and stands in no error', async () => {
    const sealed = await cipher.encrypt(Buffer.from('secret'));
    const error = await new FileCipher('guess', cheap)
      .decrypt(sealed, 'agents/x.json')
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SourceError);
    expect(error).toMatchObject({ code: 'secret-wrong', details: { location: 'agents/x.json' } });
    expect(JSON.stringify([String(error), (error as SourceError).details])).not.toMatch(/guess|horse/);
  });

  it('is the same however its letters are composed', async () => {
    const sealed = await new FileCipher('é', cheap).encrypt(Buffer.from('x'));
    expect(await new FileCipher('e\u0301', cheap).decrypt(sealed, 'x')).toEqual({ bytes: Buffer.from('x') });
  });

  it('opens files of other stores, with their own salt and cost', async () => {
    const other = new FileCipher(PASSPHRASE, { ...newKeyParameters(), log2N: 9 });
    expect(await cipher.decrypt(await other.encrypt(Buffer.from('x')), 'x')).toEqual({ bytes: Buffer.from('x') });
  });
});

describe('the cost', () => {
  it('of a new store is that of 32 MiB for each guess, paid once', async () => {
    const parameters = newKeyParameters();
    expect(parameters).toMatchObject({ log2N: 15, r: 8, p: 1 });
    const real = new FileCipher(PASSPHRASE, parameters);
    const sealed = await real.encrypt(Buffer.from('x'));
    const began = performance.now();
    for (let n = 0; n < 200; n++) await real.decrypt(sealed, 'x');
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it('a file cannot ask for more than this computer should give', async () => {
    for (const absurd of [{ log2N: 30 }, { r: 200 }, { p: 255 }, { log2N: 0 }]) {
      const parameters = { ...cheap, ...absurd };
      expect(parametersInBounds(parameters)).toBe(false);
    }
  });
});
