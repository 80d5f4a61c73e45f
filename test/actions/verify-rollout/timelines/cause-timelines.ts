import type { CauseClass } from '../../../../actions/verify-rollout/src/causes/cause-table.ts';
import { containerTimelines } from './containers.ts';
import { gitOpsTimelines } from './gitops.ts';
import { imageTimelines } from './images.ts';
import { placementTimelines } from './placement.ts';
import type { Timeline } from './timeline.ts';
import { workloadTimelines } from './workloads.ts';

/** A timeline for every class of cause that verify-rollout can name; one more class does not compile without one. */
export const causeTimelines: Readonly<Record<CauseClass, Timeline>> = {
  ...imageTimelines,
  ...containerTimelines,
  ...placementTimelines,
  ...workloadTimelines,
  ...gitOpsTimelines,
};
