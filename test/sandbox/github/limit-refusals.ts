import type { Actor } from './actors.ts';
import { Refusal } from './refusals.ts';

const PAGE = 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api';
const SECONDARY = `${PAGE}#about-secondary-rate-limits`;

/** How refusals by a secondary limit are worded. */
export interface RefusalForm {
  readonly status: 403 | 429;
  readonly retryAfter: number | undefined;
}

/** A request that came too early; https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#rate-limit-errors */
export class LimitRefusal extends Refusal {
  readonly headers: Readonly<Record<string, string>>;
  /** The page that its body names, whatever the route. */
  readonly page: string;
  readonly isPrimary: boolean;

  constructor(
    status: number,
    message: string,
    { page, retryAfter }: { page: string; retryAfter?: number | undefined },
  ) {
    super(status, message);
    this.name = 'LimitRefusal';
    this.page = page;
    this.isPrimary = page === PAGE;
    this.headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  }
}

/** The hour's requests are used up; when they come back is in `x-ratelimit-reset`. */
export function exhausted({ kind, id }: Actor, status: 403 | 429): LimitRefusal {
  return new LimitRefusal(status, `API rate limit exceeded for ${whomOf(kind, id)}`, { page: PAGE });
}

/** Too many requests at once, or of one kind within a minute. */
export function tooManyRequests({ status, retryAfter }: RefusalForm): LimitRefusal {
  const text = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
  return new LimitRefusal(status, text, { page: SECONDARY, retryAfter });
}

/** Too much content was created within a minute or an hour. */
export function tooMuchContent({ status, retryAfter }: RefusalForm): LimitRefusal {
  const text =
    'You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.';
  return new LimitRefusal(status, text, { page: SECONDARY, retryAfter });
}

function whomOf(kind: Actor['kind'], id: number): string {
  if (kind === 'anonymous') {
    return "127.0.0.1. (But here's the good news: Authenticated requests get a higher rate limit. Check out the documentation for more details.)";
  }
  return kind === 'GITHUB_TOKEN' || kind === 'app' ? `installation ID ${id}.` : `user ID ${id}.`;
}
