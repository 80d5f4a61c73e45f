import { archiveRoutes } from './archives.ts';
import { asyncMergeRoutes } from './async-merges.ts';
import { blobRoutes } from './blobs.ts';
import { branchRoutes } from './branches.ts';
import { commentRoutes } from './comments.ts';
import { commitRoutes } from './commits.ts';
import { compareRoutes } from './compare.ts';
import { contentRoutes } from './contents.ts';
import { deploymentRoutes } from './deployments.ts';
import { dispatchRoutes } from './dispatches.ts';
import { labelRoutes } from './labels.ts';
import { mergeRoutes } from './merges.ts';
import { pullRoutes } from './pulls.ts';
import { refRoutes } from './refs.ts';
import { releaseRoutes } from './releases.ts';
import { repositoryRoutes } from './repositories.ts';
import { reviewRoutes } from './reviews.ts';
import type { Route } from './router.ts';
import { ruleRoutes } from './rules.ts';
import { rulesetRoutes } from './rulesets.ts';
import { statusRoutes } from './statuses.ts';
import { tagRoutes } from './tags.ts';
import { treeRoutes } from './trees.ts';
import { userRoutes } from './users.ts';
import { workflowRunRoutes } from './workflow-runs.ts';

/** Every route of the sandbox's REST API; the first that matches answers, so `/commits/{ref*}` comes late. */
export const routes: readonly Route[] = [
  ...userRoutes,
  ...repositoryRoutes,
  ...refRoutes,
  ...tagRoutes,
  ...treeRoutes,
  ...blobRoutes,
  ...compareRoutes,
  ...contentRoutes,
  ...branchRoutes,
  ...statusRoutes,
  ...pullRoutes,
  ...reviewRoutes,
  ...commentRoutes,
  ...asyncMergeRoutes,
  ...mergeRoutes,
  ...labelRoutes,
  ...deploymentRoutes,
  ...releaseRoutes,
  ...dispatchRoutes,
  ...workflowRunRoutes,
  ...ruleRoutes,
  ...rulesetRoutes,
  ...archiveRoutes,
  ...commitRoutes,
];
