/** The outputs of test-subset besides the common ones; action.yml has them in kebab-case. */
export const outputNames = [
  'mode',
  'tests',
  'count',
  'total',
  'args',
  'matrix',
  'shards',
  'explain',
  'failures',
  'decision',
] as const;
