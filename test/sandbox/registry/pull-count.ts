import type { RegistrySettings } from './access.ts';

/** Counts pulls as Docker Hub does: a GET of a manifest is one, a HEAD is none; https://docs.docker.com/docker-hub/usage/pulls/ */
export interface PullCount {
  /** Counts a request for a manifest; `headers` tell what is left, `over` that it must be refused. Nothing without a limit. */
  take(method: string): { headers: Readonly<Record<string, string>>; over: boolean };
}

const WINDOW_SECONDS = 21_600;

/** Starts with no pull. */
export function createPullCount(settings: RegistrySettings): PullCount {
  let taken = 0;
  return {
    take(method) {
      const { pullLimit } = settings;
      if (pullLimit === undefined) return { headers: {}, over: false };
      const over = method === 'GET' && taken >= pullLimit;
      if (method === 'GET' && !over) taken += 1;
      const headers = {
        'ratelimit-limit': `${pullLimit};w=${WINDOW_SECONDS}`,
        'ratelimit-remaining': `${pullLimit - taken};w=${WINDOW_SECONDS}`,
        'docker-ratelimit-source': '127.0.0.1',
      };
      return { headers, over };
    },
  };
}
