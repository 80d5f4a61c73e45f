import type { Actor } from './actors.ts';
import { exhausted, type LimitRefusal, tooManyRequests, tooMuchContent } from './limit-refusals.ts';

/** What GitHub counts apart: REST requests and GraphQL points. */
export type LimitedResource = 'core' | 'graphql';

/** A request as the limits see it. */
export interface LimitedRequest {
  readonly resource: LimitedResource;
  /** Requests or GraphQL points that it takes of the hour's. */
  readonly cost: number;
  /** What `endpointPointsPerMinute` is counted for, e.g. a route. */
  readonly endpoint: string;
  readonly write: boolean;
  /** Whether it creates content. GitHub does not list which do; here all writes but deletions. */
  readonly creates: boolean;
}

/** How a request is received; `release` must be called when it was answered. */
export interface Admission {
  /** `x-ratelimit-*`, to send with any answer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly refusal: LimitRefusal | undefined;
  release(): void;
}

/** The state of one hourly limit. */
export interface LimitState {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  /** Seconds since 1970. */
  readonly reset: number;
}

/** GitHub's limits; change the figures at any time. https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
export interface RateLimits {
  /** REST requests an hour; undefined: what the kind of token gets. */
  requestsPerHour: number | undefined;
  /** GraphQL points an hour; undefined: what the kind of token gets. */
  pointsPerHour: number | undefined;
  /** Secondary limits, none unless a test sets them: tests ask faster than anybody does. */
  secondary: SecondaryLimits;
  /** The status of refusals; GitHub documents both. */
  status: 403 | 429;
  /** Seconds that a secondary refusal asks to wait; undefined: it names none. */
  retryAfter: number | undefined;
  /** Counts a request. */
  admit(actor: Actor, request: LimitedRequest): Admission;
  stateOf(actor: Actor, resource: LimitedResource): LimitState;
}

/** What one login may do at most, beside its hourly requests. */
export interface SecondaryLimits {
  readonly contentPerMinute?: number;
  readonly contentPerHour?: number;
  /** For each REST route: a read is 1 point, a write 5. */
  readonly endpointPointsPerMinute?: number;
  /** The same for the whole GraphQL API. */
  readonly graphqlPointsPerMinute?: number;
  readonly concurrentRequests?: number;
}

/** GitHub's published secondary limits. */
export const PUBLISHED_LIMITS: SecondaryLimits = {
  contentPerMinute: 80,
  contentPerHour: 500,
  endpointPointsPerMinute: 900,
  graphqlPointsPerMinute: 2000,
  concurrentRequests: 100,
};

const HOUR = 3_600_000;
const MINUTE = 60_000;
const HOURLY = { GITHUB_TOKEN: 1000, app: 5000, user: 5000, anonymous: 60 } as const;

/** Starts with nothing used. */
export function createRateLimits(now: () => Date): RateLimits {
  const windows = new Map<string, { end: number; used: number }>();
  const recent = createRecentCounts(() => now().getTime());
  const running = new Map<string, number>();

  function windowOf(actor: Actor, resource: LimitedResource) {
    const key = `${resource} ${payerOf(actor)}`;
    const known = windows.get(key);
    if (known !== undefined && known.end > now().getTime()) return known;
    const made = { end: now().getTime() + HOUR, used: 0 };
    windows.set(key, made);
    return made;
  }
  const limits: RateLimits = {
    requestsPerHour: undefined,
    pointsPerHour: undefined,
    secondary: {},
    status: 403,
    retryAfter: 60,
    stateOf(actor, resource) {
      const { end, used } = windowOf(actor, resource);
      const given = resource === 'core' ? limits.requestsPerHour : limits.pointsPerHour;
      const limit = given ?? HOURLY[groupOf(actor)];
      return { limit, used, remaining: Math.max(0, limit - used), reset: Math.ceil(end / 1000) };
    },
    admit(actor, request) {
      const payer = payerOf(actor);
      windowOf(actor, request.resource).used += request.cost;
      running.set(payer, (running.get(payer) ?? 0) + 1);
      const state = limits.stateOf(actor, request.resource);
      const more = () => secondaryRefusal(limits, request, { payer, recent, running: running.get(payer) ?? 0 });
      return {
        headers: headersOf(state, request.resource),
        refusal: state.used > state.limit ? exhausted(actor, limits.status) : more(),
        release: () => void running.set(payer, (running.get(payer) ?? 1) - 1),
      };
    },
  };
  return limits;
}

/** The secondary limit that a request runs into; what is let through is counted. */
function secondaryRefusal(
  limits: RateLimits,
  { resource, endpoint, write, creates }: LimitedRequest,
  { payer, recent, running }: { payer: string; recent: RecentCounts; running: number },
): LimitRefusal | undefined {
  const { secondary } = limits;
  const points = `points ${payer} ${resource === 'core' ? endpoint : resource}`;
  const content = `content ${payer}`;
  const mostPoints = resource === 'core' ? secondary.endpointPointsPerMinute : secondary.graphqlPointsPerMinute;
  const cost = write ? 5 : 1;
  const isOver = (sum: number, most: number | undefined) => most !== undefined && sum > most;
  if (isOver(running, secondary.concurrentRequests) || isOver(recent.sum(points, MINUTE) + cost, mostPoints)) {
    return tooManyRequests(limits);
  }
  const isTooMuch =
    isOver(recent.sum(content, MINUTE) + 1, secondary.contentPerMinute) ||
    isOver(recent.sum(content, HOUR) + 1, secondary.contentPerHour);
  if (creates && isTooMuch) return tooMuchContent(limits);
  if (mostPoints !== undefined) recent.add(points, cost);
  if (creates && (secondary.contentPerMinute ?? secondary.contentPerHour) !== undefined) recent.add(content, 1);
  return undefined;
}

/** What was counted under a key within the last milliseconds. */
interface RecentCounts {
  add(key: string, amount: number): void;
  sum(key: string, withinMs: number): number;
}

function createRecentCounts(now: () => number): RecentCounts {
  const counts = new Map<string, { at: number; amount: number }[]>();
  return {
    add(key, amount) {
      const kept = (counts.get(key) ?? []).filter(({ at }) => at > now() - HOUR);
      counts.set(key, [...kept, { at: now(), amount }]);
    },
    sum: (key, withinMs) =>
      (counts.get(key) ?? []).reduce((sum, { at, amount }) => (at > now() - withinMs ? sum + amount : sum), 0),
  };
}

function headersOf({ limit, remaining, used, reset }: LimitState, resource: LimitedResource): Record<string, string> {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-used': String(used),
    'x-ratelimit-reset': String(reset),
    'x-ratelimit-resource': resource,
  };
}

function groupOf({ kind }: Actor): keyof typeof HOURLY {
  return kind === 'GITHUB_TOKEN' || kind === 'app' || kind === 'anonymous' ? kind : 'user';
}

/** Whose hour it is: a job's token counts for its repository, an App for its installation, all of a user's tokens for the user. */
function payerOf(actor: Actor): string {
  const { login, kind, repositories = [] } = actor;
  return `${groupOf(actor)} ${login} ${kind === 'GITHUB_TOKEN' ? repositories.join() : ''}`;
}
