import type { PullRequest } from '#shared/github/pulls.ts';
import { userError } from '../reasons.ts';
import { isSameLogin } from './plan-login.ts';

/** Throws UserError `foreign-pull-request` for what a person opened, unless the token is theirs. */
export function refuseForeign(pull: PullRequest, viewer: string): void {
  if (pull.isByBot || isSameLogin(pull.authorLogin, viewer)) return;
  const message = `The pull request #${pull.number} of ${pull.headBranch} was opened by ${pull.authorLogin}.`;
  throw userError('foreign-pull-request', message);
}
