import type { GitHubClient } from '#shared/github/client.ts';
import { createPull, findOpenPull, type PullRequest, updatePull } from '#shared/github/pulls.ts';
import { explainGitHubError } from '#shared/github/reasons.ts';
import { isUncertain, messageOf } from '#shared/github/request-error.ts';
import { type DeployMarker, parseDeployMarker } from '#shared/marker/deploy-marker.ts';
import { isSameText, planBody } from '../description/plan-body.ts';
import { userError } from '../reasons.ts';
import { writeOnce } from '../service/uncertain-write.ts';
import { isTaken, refusalOf } from './plan-refusal.ts';
import { refuseForeign } from './refuse-foreign.ts';

/** The pull request to have. */
export interface WantedPull {
  readonly github: GitHubClient;
  readonly repository: string;
  readonly branch: string;
  readonly base: string;
  /** The commit that title and text are about. */
  readonly headSha: string;
  readonly title: string;
  readonly text: string;
  readonly marker: DeployMarker;
  readonly draft: boolean;
  /** Whom the token stands for. */
  readonly viewer: string;
}

/** The pull request as it is now, and what was done for it. */
export interface OpenedPull {
  readonly pull: PullRequest;
  readonly operation: 'created' | 'updated' | 'unchanged';
  /** A reviewer changed the body, which was kept. */
  readonly isEdited: boolean;
}

/** Opens the pull request, or brings the open one up to date; writes nothing when it is right already. */
export async function openPull(wanted: WantedPull, current: PullRequest | undefined): Promise<OpenedPull> {
  if (current !== undefined) return refresh(wanted, current);
  const { github, repository, title, branch, base, draft, text, marker } = wanted;
  const { body } = planBody(undefined, text, marker);
  try {
    const pull = await createPull(github, repository, { title, body, head: branch, base, draft });
    return { pull, operation: 'created', isEdited: false };
  } catch (error) {
    if (!isTaken(messageOf(error)) && !isUncertain(error))
      throw explain(error, `opening the pull request of ${branch}`);
    // Another run was faster, or our own answer got lost.
    const found = await findOpenPull(github, repository, { branch, base });
    if (found !== undefined) {
      refuseForeign(found, wanted.viewer);
      return refresh(wanted, found);
    }
    throw explain(error, `opening the pull request of ${branch}`);
  }
}

async function refresh(wanted: WantedPull, pull: PullRequest): Promise<OpenedPull> {
  // Another run shows a newer commit already, and what is known here is not about it.
  if (pull.headSha !== wanted.headSha) return { pull, operation: 'unchanged', isEdited: false };
  const { github, repository, branch, base } = wanted;
  const { body, isEdited } = planBody(pull.body, wanted.text, wanted.marker);
  const title = isTitleTrue(pull, wanted.marker) ? pull.title : wanted.title;
  const isRight = (one: PullRequest) => one.title === title && isSameText(one.body, body);
  if (isRight(pull)) return { pull, operation: 'unchanged', isEdited };
  try {
    const updated = await writeOnce(
      () => updatePull(github, repository, { number: pull.number, title, body }),
      async () => {
        const found = await findOpenPull(github, repository, { branch, base });
        return found !== undefined && isRight(found) ? found : undefined;
      },
    );
    return { pull: updated, operation: 'updated', isEdited };
  } catch (error) {
    throw explain(error, `updating the pull request #${pull.number}`);
  }
}

// A title that names version and environment stays, also when a reviewer put something in front; until the step or the mode is another one.
function isTitleTrue({ title, body }: PullRequest, marker: DeployMarker): boolean {
  const words = title.split(/[\s:,()]+/);
  const before = parseDeployMarker(body) ?? marker;
  const isSameStep = before.mode === marker.mode && before.previousVersion === marker.previousVersion;
  return isSameStep && words.includes(marker.version) && words.includes(marker.environment);
}

/** The error for a refused write of a pull request, with the reason code of GitHub's words. */
export function explain(error: unknown, doing: string): unknown {
  const message = messageOf(error);
  const code = refusalOf(message);
  if (code === undefined) return explainGitHubError(error, doing);
  return userError(code, `While ${doing}, GitHub answered: ${message}.`, { cause: error });
}
