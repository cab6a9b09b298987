/**
 * Passwords and passphrases of sources. They live in this process, go to the worker that opens the source, and nowhere
 * else; kept beyond it only when a person asks for that, encrypted by the system's key store.
 */
import { safeStorage } from 'electron';
import { splitPassword } from '../../shared/ipc/address.ts';
import type { OpenRequest } from '../../shared/ipc/model.ts';
import type { SettingsFile } from './settings.ts';

/** What the names of secrets begin with that belong to an automatic backup, not to a source. No source is called so. */
export const SCHEDULE_SECRETS = 'backup-schedule:';

export class Secrets {
  readonly #settings: SettingsFile;
  readonly #known = new Map<string, string>();

  constructor(settings: SettingsFile) {
    this.#settings = settings;
  }

  /** Whether this system can keep a secret: without a key ring, Electron would only obscure it. */
  get canKeep(): boolean {
    if (!safeStorage.isEncryptionAvailable()) return false;
    return process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text';
  }

  /** An address without its password, which is remembered here as long as the program runs. */
  withoutPassword(location: string): string {
    const { location: bare, password } = splitPassword(location);
    if (password !== null) this.#known.set(bare, password);
    return bare;
  }

  /** Null where none is known; then a server or a passphrase from the environment may do. */
  for({ location, secret }: OpenRequest): string | null {
    if (secret) return secret.text;
    const known = this.#known.get(location);
    if (known !== undefined) return known;
    const kept = this.#settings.current.secrets[location];
    return kept !== undefined && this.canKeep ? safeStorage.decryptString(Buffer.from(kept, 'base64')) : null;
  }

  /**
   * After it has opened the source: what did not is not kept.
   * @param opened the location as the source itself has it, by which it is opened again from the list of recents
   */
  opened({ location, secret }: OpenRequest, opened: string): void {
    const text = secret?.text ?? this.#known.get(location);
    if (text === undefined) return;
    this.#known.set(location, text);
    this.#known.set(opened, text);
    if (!secret?.keep || !this.canKeep) return;
    const kept = safeStorage.encryptString(text).toString('base64');
    this.#settings.update({ secrets: { ...this.#settings.current.secrets, [opened]: kept } });
  }

  /** All that is kept, but for what automatic backups could not be made without. */
  forgetSources(): void {
    const kept = Object.entries(this.#settings.current.secrets).filter(([name]) => name.startsWith(SCHEDULE_SECRETS));
    this.#settings.update({ secrets: Object.fromEntries(kept) });
  }

  forget(location: string): void {
    this.#known.delete(location);
    const { [location]: _, ...others } = this.#settings.current.secrets;
    this.#settings.update({ secrets: others });
  }
}
