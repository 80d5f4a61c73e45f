import type { KubeObject } from '../../../actions/verify-rollout/src/cluster/kube-objects.ts';
import { ObservedState } from '../../../actions/verify-rollout/src/cluster/observed-state.ts';
import type { Expectation } from '../../../actions/verify-rollout/src/expectation.ts';
import { planVerdict, type Verdict } from '../../../actions/verify-rollout/src/verdict/plan-verdict.ts';
import { image, namespace } from './shop-objects.ts';
import { older, ours, type Step, startedAt } from './timelines/timeline.ts';

const start = Date.parse(startedAt);
const seconds = (count: number) => start + count * 1000;
/** A commit that contains ours. */
export const newer = 'b'.repeat(40);

function expectation(change: Partial<Expectation> = {}): Expectation {
  return {
    namespace,
    targets: [{ kind: 'deployment', name: 'web' }],
    image: { repository: image, tag: '1.1', digest: '' },
    sameDigests: new Set(),
    gitOps: undefined,
    allowZero: false,
    maxUnavailable: 0,
    onPaused: 'report',
    onSuspended: 'report',
    deadline: seconds(600),
    ...change,
  };
}

/** Flux that knows how the three commits stand to each other. */
export const flux: Expectation['gitOps'] = {
  kind: 'flux',
  name: 'apps',
  namespace: 'flux-system',
  relation: (commit) =>
    commit === ours ? 'same' : commit === newer ? 'newer' : commit === older ? 'older' : 'unknown',
};
/** The same for Argo CD. */
export const argo: Expectation['gitOps'] = { ...flux, kind: 'argo', namespace: 'argocd' };

/** Plays a timeline and decides at its end, or `later` seconds after the start. */
export function verdictOf(
  steps: readonly Step[],
  options: { later?: number; expectation?: Partial<Expectation> } = {},
): Verdict {
  const observed = new ObservedState();
  let version = 0;
  let last = 0;
  for (const [resource, object, at = last] of steps) {
    last = at;
    const given = object as KubeObject;
    const versioned = { ...given, metadata: { ...given.metadata, resourceVersion: String(++version) } };
    observed.apply({ at: seconds(at), type: 'MODIFIED', resource, object: versioned });
  }
  return planVerdict(observed, expectation(options.expectation), seconds(options.later ?? last));
}
