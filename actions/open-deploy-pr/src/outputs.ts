/** The outputs of open-deploy-pr; action.yml describes them. */
export const outputNames = [
  'number',
  'url',
  'operation',
  'branch',
  'headSha',
  'previousVersion',
  'direction',
  'superseded',
  'deploymentId',
  'migrations',
  'risk',
  'decision',
  'result',
] as const;

/** A name of `outputNames`. */
export type OutputName = (typeof outputNames)[number];
