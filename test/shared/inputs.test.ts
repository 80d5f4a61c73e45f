import { describe, expect, test } from '@jest/globals';
import { UserError } from '#shared/errors.ts';
import {
  boolean,
  commonInputs,
  durationSeconds,
  integer,
  lines,
  oneOf,
  repository,
  secret,
  text,
  url,
} from '#shared/input-kinds.ts';
import { type InputSpec, type InputsOf, readInputs, secretValues } from '#shared/inputs.ts';

const spec = {
  ...commonInputs,
  token: secret({ required: true }),
  bump: oneOf(['auto', 'major'], { default: 'auto' }),
  paths: lines(),
  'max-attempts': integer({ default: 5, min: 1, max: 50 }),
  timeout: durationSeconds({ default: '10m' }),
  'github-api-url': url({ default: '${{ github.api_url }}' }),
  repository: repository(),
  prefix: text({ default: 'v', pattern: /^[a-z/]*$/, allowed: 'lower-case letters and slashes' }),
} satisfies InputSpec;

function read(given: Record<string, string>): InputsOf<typeof spec> {
  const environment = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
  );
  return readInputs(spec, environment);
}

function problemsOf(given: Record<string, string>): string[] {
  try {
    read(given);
  } catch (error) {
    if (error instanceof UserError) return error.message.split('\n').slice(1);
    throw error;
  }
  return [];
}

describe('reading inputs', () => {
  test('gives typed values by camelCase names, with the defaults of action.yml where nothing was given', () => {
    expect(read({ token: ' t ', paths: 'a/**\n\n  # a comment\n b/** \n', 'dry-run': 'true' })).toEqual({
      token: 't',
      summary: 'always',
      dryRun: true,
      bump: 'auto',
      paths: ['a/**', 'b/**'],
      maxAttempts: 5,
      timeout: 600,
      githubApiUrl: '',
      repository: '',
      prefix: 'v',
    });
  });

  test('takes the repository of a managed user, whose name has an underscore', () => {
    expect(read({ token: 't', repository: 'mona_acme/thoughts' }).repository).toBe('mona_acme/thoughts');
  });

  test('lists every problem at once, with the name, the value and what is allowed', () => {
    expect(
      problemsOf({ bump: 'huge', 'dry-run': 'yes', 'max-attempts': '0', repository: 'acme', prefix: 'V1' }),
    ).toEqual([
      '- dry-run: "yes" is not allowed; allowed: true or false',
      '- token: missing; it is required',
      '- bump: "huge" is not allowed; allowed: auto, major',
      '- max-attempts: "0" is not allowed; allowed: a whole number from 1 to 50',
      '- repository: "acme" is not allowed; allowed: a repository as owner/name',
      '- prefix: "V1" is not allowed; allowed: lower-case letters and slashes',
    ]);
  });

  test('names an unknown input with the nearest known one', () => {
    expect(problemsOf({ token: 't', 'max-attempt': '3', colour: 'red' })).toEqual([
      '- "max-attempt": unknown input; did you mean "max-attempts"?',
      '- "colour": unknown input',
    ]);
  });

  test.each(['', 'True', 'TRUE', '1', 'on'])('a boolean is true or false and nothing else, not %j', (value) => {
    const parse = () => boolean({ default: false }).parse(value);
    expect(parse).toThrow('true or false');
  });

  test.each([
    ['90', 90],
    ['90s', 90],
    ['10m', 600],
    ['1h30m', 5400],
    ['2d', 172_800],
  ])('the duration %s is %d seconds', (value, seconds) => {
    expect(durationSeconds().parse(value)).toBe(seconds);
  });

  test('a secret that is not allowed is never shown', () => {
    const strict = { key: { ...secret(), parse: () => text({ pattern: /^$/, allowed: 'nothing' }).parse('hunter2') } };
    expect(() => readInputs(strict, { INPUT_KEY: 'hunter2' })).toThrow(
      'key: the value is not allowed; allowed: nothing',
    );
  });

  test('the secrets to mask are those that were given', () => {
    expect(secretValues(spec, { INPUT_TOKEN: 'abc', INPUT_BUMP: 'auto' })).toEqual(['abc']);
  });
});
