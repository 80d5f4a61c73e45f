import type { GitHubClient } from '#shared/github/client.ts';
import { listOpenPulls, type PullRequest } from '#shared/github/pulls.ts';
import { explained } from '#shared/github/reasons.ts';
import { type ReadBranch, readBranch } from './branch/read-branch.ts';
import type { BranchState, Proof } from './facts/deploy-facts.ts';
import { previousOf } from './facts/plan-previous.ts';
import type { Order } from './plan-order.ts';
import { refuseForeign } from './pull/refuse-foreign.ts';
import { type Records, readProof, readRecords } from './service/read-deployments.ts';
import { type ReadRange, readRange } from './service/read-range.ts';

/** Everything that the decision needs, read anew in each attempt. */
export interface ReadState {
  readonly branch: BranchState;
  /** The open pull request of the deploy branch. */
  readonly pull: PullRequest | undefined;
  /** Other open pull requests into the base. */
  readonly others: readonly PullRequest[];
  /** Whom the token stands for; `''` where GitHub does not tell. */
  readonly viewer: string;
  readonly range: ReadRange;
  readonly records: Records;
  readonly proof: Proof | undefined;
}

/** The two sides: GitOps repository and service repository. */
export interface Sides {
  readonly github: GitHubClient;
  readonly source: GitHubClient;
}

const MAX_PULL_PAGES = 5;
const noRecords: Records = { own: undefined, lastVerified: undefined, ids: new Set(), problem: undefined };

/** Reads branch, pull requests, the service's changes and deployment records; or why there is nothing to do. */
export async function readState(
  { github, source }: Sides,
  order: Order,
): Promise<ReadState | Exclude<ReadBranch, BranchState>> {
  const branch = await readBranch(github, { ...order, hints: order.changes });
  if ('nothing' in branch) return branch;
  const [pulls, viewer] = await explained('listing the pull requests', () =>
    Promise.all([
      listOpenPulls(github, order.repository, { base: order.base, maxPages: MAX_PULL_PAGES }),
      readViewer(github),
    ]),
  );
  const pull = pulls.find((one) => one.headBranch === order.branch && isOwn(one, order.repository));
  if (pull !== undefined) refuseForeign(pull, viewer);
  const others = pulls.filter((one) => one !== pull && isOwn(one, order.repository));
  return { branch, pull, others, viewer, ...(await readSource(source, order, branch)) };
}

async function readSource(
  source: GitHubClient,
  order: Order,
  branch: BranchState,
): Promise<Pick<ReadState, 'range' | 'records' | 'proof'>> {
  const { service, environment, version, repository, sourceRepository } = order;
  const previousVersion = previousOf(branch, version);
  const range = await explained(`reading ${sourceRepository}`, () =>
    readRange(source, { repository: sourceRepository, service, version, previousVersion }),
  );
  const digest = branch.digest ?? (order.digest === '' ? undefined : order.digest);
  const wanted = {
    service,
    environment,
    version,
    digest,
    previousVersion,
    gitopsRepository: repository,
    ref: range.ref,
  };
  const records = order.deploymentRecord
    ? await explained('reading the deployments', () => readRecords(source, sourceRepository, wanted))
    : noRecords;
  if (order.requiredEnvironment === '') return { range, records, proof: undefined };
  const asked = { service, version, digest: digest ?? '', environment: order.requiredEnvironment };
  const proof = await explained(`reading the deployments to ${order.requiredEnvironment}`, () =>
    readProof(source, sourceRepository, asked),
  );
  return { range, records, proof };
}

async function readViewer(github: GitHubClient): Promise<string> {
  try {
    return (await github.graphql<{ viewer: { login: string } }>('query { viewer { login } }', {})).viewer.login;
  } catch (error) {
    if (error instanceof Error && error.name === 'GraphqlResponseError') return '';
    throw error;
  }
}

function isOwn({ headRepository }: PullRequest, repository: string): boolean {
  return headRepository?.toLowerCase() === repository.toLowerCase();
}
