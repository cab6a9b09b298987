/** The few largest of many. */
export class Largest {
  static readonly KEPT = 3;
  readonly #kept: { readonly bytes: number; readonly name: string }[] = [];

  add(bytes: number, name: string): void {
    const kept = this.#kept;
    const at = kept.findIndex((each) => each.bytes < bytes);
    if (at < 0 && kept.length >= Largest.KEPT) return;
    kept.splice(at < 0 ? kept.length : at, 0, { bytes, name });
    kept.length = Math.min(kept.length, Largest.KEPT);
  }

  /** The largest first. */
  list(): readonly { readonly bytes: number; readonly name: string }[] {
    return this.#kept;
  }
}
