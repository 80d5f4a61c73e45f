import type { PullRequest } from '#shared/github/pulls.ts';
import { parseDeployMarker } from '#shared/marker/deploy-marker.ts';

/** The hidden line of the comment that says by what a pull request was superseded. */
export const SUPERSEDED = '<!-- trunkline:superseded -->';

/**
 * Older deploy pull requests of the same service and environment. The marker is a claim, so only those by the account of
 * the token count, never a person's.
 */
export function supersededPulls(
  others: readonly PullRequest[],
  wanted: { service: string; environment: string; isOurs: (login: string) => boolean },
): PullRequest[] {
  return others.filter((pull) => {
    const marker = parseDeployMarker(pull.body);
    const isSame = marker?.service === wanted.service && marker.environment === wanted.environment;
    return isSame && wanted.isOurs(pull.authorLogin);
  });
}
