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

/**
 * How many bytes an output that grows with the history may have: a step that takes it as an environment variable can have
 * 128 KiB with its name. https://man7.org/linux/man-pages/man2/execve.2.html
 */
export const MAX_OUTPUT_BYTES = 120_000;

/** A name of an output. */
export type OutputName = (typeof outputNames)[number];
