/** The outputs of create-tag besides the ones every action has; action.yml describes them. */
export const outputNames = [
  'created',
  'reason',
  'build',
  'tag',
  'version',
  'major',
  'minor',
  'patch',
  'previousTag',
  'previousVersion',
  'bump',
  'sha',
  'tagObjectSha',
  'verified',
  'superseded',
  'supersedingTag',
  'imageTag',
  'notes',
  'releaseUrl',
  'dispatchedRunUrl',
  'components',
  'matrix',
  'decision',
] as const;

/** A name of an output. */
export type OutputName = (typeof outputNames)[number];
