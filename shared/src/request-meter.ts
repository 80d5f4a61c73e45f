/** Counts HTTP requests; adapters share one, so an action can say what it cost. */
export class RequestMeter {
  count = 0;

  /** Counts one request that is about to be sent. */
  add(): void {
    this.count += 1;
  }
}
