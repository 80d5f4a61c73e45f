import { boolean, commonInputs, integer, lines, oneOf, parsed, text } from '#shared/input-kinds.ts';
import { type InputSpec, type InputsOf, NotAllowed } from '#shared/inputs.ts';
import type { Framework } from './suites/suite.ts';

const FRAMEWORKS: readonly Framework[] = ['jest', 'vitest', 'node', 'pytest', 'go'];

/** The inputs of test-subset, as action.yml declares them. */
export const inputSpec = {
  ...commonInputs,
  select: oneOf(['affected', 'all'], { default: 'affected' }),
  base: text(),
  head: text(),
  root: text({ default: '.', pattern: /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))/, allowed: 'a folder inside the checkout' }),
  frameworks: parsed(parseFrameworks, { default: 'auto' }),
  rules: text({ default: '.github/test-subset.yml' }),
  'on-unknown': oneOf(['full', 'package'], { default: 'full' }),
  'max-selected': integer({ default: 100, min: 1, max: 100, unit: 'percent' }),
  shards: integer({ default: 1, min: 1, max: 256 }),
  shard: integer({ min: 1, max: 256 }),
  timings: lines(),
  run: boolean({ default: false }),
  command: text(),
  explain: boolean({ default: false }),
} satisfies InputSpec;

/** The inputs as one typed record. */
export type Inputs = InputsOf<typeof inputSpec>;

function parseFrameworks(value: string): readonly Framework[] {
  if (value === 'auto') return [];
  return value.split(/[\s,]+/).map((word) => {
    const framework = FRAMEWORKS.find((known) => known === word);
    if (framework === undefined) throw new NotAllowed(`auto, or some of ${FRAMEWORKS.join(', ')}`);
    return framework;
  });
}
