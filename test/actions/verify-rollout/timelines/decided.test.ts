import { expect, test } from '@jest/globals';
import { readInputs } from '#shared/inputs.ts';
import type { KubeObject } from '../../../../actions/verify-rollout/src/cluster/kube-objects.ts';
import { ObservedState } from '../../../../actions/verify-rollout/src/cluster/observed-state.ts';
import { RevisionBook } from '../../../../actions/verify-rollout/src/gitops/revision-book.ts';
import { inputSpec } from '../../../../actions/verify-rollout/src/inputs.ts';
import { readExpectation, readPlan } from '../../../../actions/verify-rollout/src/read-plan.ts';
import { planVerdict, type Verdict } from '../../../../actions/verify-rollout/src/verdict/plan-verdict.ts';
import { causeTimelines } from './cause-timelines.ts';
import { environmentOf, startedAt, type Timeline } from './timeline.ts';

const start = Date.parse(startedAt);

/** What is decided when everything of a timeline was seen. */
function verdictOf(timeline: Timeline): Verdict {
  const inputs = readInputs(inputSpec, environmentOf(timeline));
  const targets = inputs.workloads.flatMap((line) => ('target' in line ? [line.target] : []));
  const revisions = new RevisionBook(inputs.revision, async () => 'unknown');
  const expectation = readExpectation(readPlan(inputs, undefined), inputs, { targets, start, revisions });
  const observed = new ObservedState();
  let at = start;
  for (const [index, [resource, object, seconds, gone]] of [...timeline.before, ...timeline.steps].entries()) {
    if (seconds !== undefined) at = start + seconds * 1000;
    const { metadata, ...rest } = object as KubeObject;
    const seen = { ...rest, metadata: { ...metadata, resourceVersion: String(index + 1) } };
    observed.apply({ at, type: gone === undefined ? 'MODIFIED' : 'DELETED', resource, object: seen });
  }
  return planVerdict(observed, expectation, start + timeline.decidedAt * 1000);
}

// What a version URL or a soak finds is not decided from objects; the timelines over HTTP have them.
const decidedOtherwise = new Set(['VersionMismatch', 'SoakFailed']);
const decided = Object.entries(causeTimelines).filter(([kind]) => !decidedOtherwise.has(kind));

test.each(decided)('%s is decided from its timeline', (kind, timeline) => {
  const { result, causes } = verdictOf(timeline);
  expect({ result, cause: causes[0]?.class }).toEqual({ result: timeline.result, cause: kind });
});
