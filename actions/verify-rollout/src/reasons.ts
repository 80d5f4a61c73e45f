import { clusterReasons } from '#shared/cluster/cluster-error.ts';
import { type ReasonTable, sharedReasons, userErrors } from '#shared/errors.ts';
import { githubReasons } from '#shared/github/reasons.ts';

/** Everything verify-rollout can end with; `causes` says more about a failure. */
export const reasons = {
  ...sharedReasons,
  ...githubReasons,
  ...clusterReasons,
  verified: { meaning: 'Every live pod of every workload runs the expected image and is healthy.', remedy: '' },
  failed: { meaning: 'The rollout failed for a cause that waiting does not heal.', remedy: 'See the output `causes`.' },
  'timed-out': {
    meaning: 'The rollout did not complete within `timeout`.',
    remedy: 'See the output `causes`, or raise `timeout`.',
  },
  superseded: { meaning: 'A newer version replaced this one while it was waited for; nothing is wrong.', remedy: '' },
  suspended: {
    meaning: 'Nothing moves until somebody resumes it: a paused Deployment, OnDelete, or a suspended Kustomization.',
    remedy: 'Resume it, or set on-paused or on-suspended to wait.',
  },
  unreachable: {
    meaning: 'The API server could not be reached for two minutes, so nothing is known.',
    remedy: 'Check the network between the runner and the cluster, then run again.',
  },
  'dry-run': { meaning: 'The state was read once and reported; nothing was waited for or written.', remedy: '' },
  'no-deploy': {
    meaning: 'No merged deploy pull request belongs to this commit; there is nothing to verify.',
    remedy: '',
  },
  'deploy-not-trusted': {
    meaning:
      'A pull request carries a deploy marker that is not believed: its author, its head or the merged files contradict it.',
    remedy: 'Set `deploy-author` to the login that opens the deploy pull requests.',
  },
  'no-workloads': {
    meaning: 'No workload of the namespace uses the image.',
    remedy: 'Check `namespace` and `image`, or name the workloads under `workloads`.',
  },
} satisfies ReasonTable;

/** An error of verify-rollout's table. */
export const userError = userErrors(reasons);
