import { UserError } from '#shared/errors.ts';
import { compareVersions } from '#shared/semver/version.ts';
import type { TagPlan } from '../../actions/create-tag/src/version/plan-tag.ts';
import { taggedVersion } from '../../actions/create-tag/src/version/plan-version.ts';
import { stepBetween } from '../../actions/create-tag/src/version/step-between.ts';
import type { Release } from './read-releases.ts';

const RELEASE_COMMIT = /^chore(?:\([^)]*\))?: release\b/i;

/** Why a release was published in another way than decided, as far as its commits tell; never used to decide. */
export function explainMiss(release: Release, plan: TagPlan | UserError): string {
  if (plan instanceof UserError) return `the decision was refused (${plan.reasonCode})`;
  if (release.previous === '') return 'the first version of a project is its own choice';
  const released = taggedVersion(release.released, '');
  const previous = taggedVersion(release.previous, '');
  const wanted = stepBetween(previous, released);
  const decided = plan.tag ?? previous;
  if (compareVersions(released.version, decided.version) < 0) {
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
