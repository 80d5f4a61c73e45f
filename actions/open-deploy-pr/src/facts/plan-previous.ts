import type { BranchState } from './deploy-facts.ts';

/** The version that is replaced; where manifests differ, the first that is another one. */
export function previousOf(
  { previousVersions }: Pick<BranchState, 'previousVersions'>,
  version: string,
): string | undefined {
  return previousVersions.find((one) => one !== version) ?? previousVersions[0];
}
