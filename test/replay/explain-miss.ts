import { UserError } from '#shared/errors.ts';
import { compareVersions } from '#shared/semver/version.ts';
import type { TagPlan } from '../../actions/create-tag/src/version/plan-tag.ts';
import { releaseOf, taggedVersion } from '../../actions/create-tag/src/version/plan-version.ts';
import { stepBetween } from '../../actions/create-tag/src/version/step-between.ts';
import type { Release } from './read-releases.ts';

/** The first line of the commit with which release-please makes a release. */
export const RELEASE_COMMIT = /^chore(?:\([^)]*\))?: release\b/i;

/** Why a release was published in another way than decided, as far as its commits tell; never used to decide. */
export function explainMiss(release: Release, plan: TagPlan | UserError): string {
  if (plan instanceof UserError) return `the decision was refused (${plan.reasonCode})`;
  if (release.previous === '') return 'the first version of a project is its own choice';
  const { tag: decided } = plan;
  if (decided === undefined) return `no version was decided: ${plan.because}`;
  if (plan.commits.length === 0) return 'the file lists no commit that this release holds';
  const released = taggedVersion(release.released, '');
  const previous = plan.previous ?? taggedVersion(release.previous, '');
  if (releaseOf(released) === releaseOf(decided)) {
    return `the same step, but the prerelease is counted as ${release.released}, not as ${decided.version}`;
  }
  const wanted = stepBetween(previous, released);
  if (compareVersions(releaseOf(released), releaseOf(decided)) < 0) {
    return `a person released less than the commits ask for (${plan.bump})`;
  }
  if (wanted === stepBetween(previous, decided)) {
    return `a version in between was skipped: ${decided.version} seems to have been used up without a tag`;
  }
  if (plan.commits.some(({ bump }) => bump === wanted)) {
    return `the commits ask for ${wanted}, which the rules below 1.0.0 make ${plan.bump}: the project seems to have others`;
  }
  const notes = release.commits.find(({ message }) => RELEASE_COMMIT.test(message) && /BREAKING CHANGES/.test(message));
  if (notes !== undefined && wanted !== 'patch') {
    const where = 'an edited pull request (BEGIN_COMMIT_OVERRIDE) or a commit outside of the list';
    return `the release notes in ${notes.sha.slice(0, 12)} name a breaking change that no listed commit announces: ${where}`;
  }
  return `no commit asks for a ${wanted} step: a person chose the version`;
}
