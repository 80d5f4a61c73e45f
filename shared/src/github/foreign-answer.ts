/** Thrown when something else than GitHub's API has answered, such as a web page of GitHub or the login of a proxy: its status says nothing. */
export class ForeignAnswer extends Error {
  override readonly name = 'ForeignAnswer';
}

/** An answer as Octokit gives it. */
export interface ReceivedAnswer {
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly data: unknown;
}

/**
 * Throws ForeignAnswer for an answer whose content is not JSON, as all content of the API is.
 * Server errors and rate limits may be told by a page of GitHub's own.
 */
export function refuseForeign({ url, status, headers, data }: ReceivedAnswer): void {
  const type = String(headers['content-type'] ?? 'an unknown type').replace(/;.*$/, '');
  const empty = data === '' || (data instanceof ArrayBuffer && data.byteLength === 0);
  const structured = typeof data !== 'string' && !(data instanceof ArrayBuffer);
  if (empty || structured || /[/+]json$/i.test(type) || status === 429 || status >= 500) return;
  throw new ForeignAnswer(`${originOf(url)} answered ${status} with ${type} instead of JSON`);
}

/** Scheme, host and port of a URL; the text itself when it is none. */
export function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}
