/** The outputs of bump-gitops-image; action.yml describes them. */
export const outputNames = [
  'changed',
  'changes',
  'files',
  'previousTags',
  'branch',
  'commitSha',
  'verified',
  'digest',
  'direction',
  'unrecognised',
  'shadowed',
] as const;

/** A name of `outputNames`. */
export type OutputName = (typeof outputNames)[number];
