/**
 * The API server's clock as its Date headers tell it, in milliseconds. A header cuts the second, so the clock takes
 * the latest moment that is proved: it may be up to a second behind, never ahead. Until the first answer it is the machine's.
 */
export class ServerClock {
  readonly #machine: () => number;
  #offset: number | undefined;

  constructor(machine: () => number) {
    this.#machine = machine;
  }

  /** Takes in the Date header of an answer that arrived just now. */
  observe(header: string | undefined): void {
    const date = header === undefined ? Number.NaN : Date.parse(header);
    if (Number.isNaN(date)) return;
    const proved = date - this.#machine();
    this.#offset = this.#offset === undefined ? proved : Math.max(this.#offset, proved);
  }

  now(): number {
    return this.#machine() + (this.#offset ?? 0);
  }
}
