import type { Bump } from '../bump/bump.ts';
import type { Core } from './plan-version.ts';

/** The step from the version before to a higher one, `none` for the first of all; from one prerelease to the next or to its release `patch`. */
export function stepBetween(previous: Core | undefined, version: Core): Bump {
  if (previous === undefined) return 'none';
  if (version.major !== previous.major) return 'major';
  return version.minor === previous.minor ? 'patch' : 'minor';
}
