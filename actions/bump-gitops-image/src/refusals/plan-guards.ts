import type { Change } from '../images/change.ts';
import type { ImageRequest } from '../images/image-request.ts';
import { isVersion } from '../images/plan-direction.ts';

/** A change that a guard refuses. */
export interface GuardProblem {
  readonly code: 'downgrade' | 'not-a-version' | 'floating-tag';
  readonly message: string;
}

/** Requests that are refused whatever stands in the manifests: `latest` without a digest names no version. */
export function guardRequests(requests: readonly ImageRequest[]): readonly GuardProblem[] {
  return requests
    .filter(({ tag, digest }) => tag === 'latest' && digest === undefined)
    .map(({ image }) => ({ code: 'floating-tag', message: `${image}: latest moves; give a version or a digest` }));
}

/** Changes that go back, or from a version to something that is none. */
export function guardChanges(changes: readonly Change[], allowDowngrade: boolean): readonly GuardProblem[] {
  if (allowDowngrade) return [];
  return changes.flatMap((change): GuardProblem[] => {
    const place = `${change.file}:${change.line}: ${change.image}`;
    if (change.direction === 'rollback') {
      return [{ code: 'downgrade', message: `${place} runs ${change.old}, which is newer than ${change.new}` }];
    }
    const next = change.new.split('@')[0] ?? '';
    if (next === '' || next === change.oldTag || !isVersion(change.oldTag) || isVersion(next)) return [];
    return [{ code: 'not-a-version', message: `${place} runs the version ${change.old}; ${change.new} is no version` }];
  });
}
