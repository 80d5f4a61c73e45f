/** The outputs of verify-rollout; action.yml describes them. */
export const outputNames = ['result', 'causes', 'summary', 'duration', 'leadTime', 'imageIds', 'deploy'] as const;

/** The name of an output in camelCase. */
export type OutputName = (typeof outputNames)[number];
