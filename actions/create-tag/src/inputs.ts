import parse from 'semver/functions/parse.js';
import { quotingBots } from '#shared/commits/read-message.ts';
import {
  commonInputs,
  durationSeconds,
  integer,
  lines,
  linesOf,
  oneOf,
  parsed,
  repository,
  secret,
  text,
  url,
} from '#shared/input-kinds.ts';
import { type InputsOf, NotAllowed } from '#shared/inputs.ts';
import { parseRule } from './bump/parse-rules.ts';
import type { Source } from './bump/plan-message-bump.ts';
import { parseComponent } from './monorepo/parse-component.ts';
import { parsePath } from './monorepo/parse-path.ts';
import { parseTagger } from './tag/parse-tagger.ts';
import { parseBranchRule } from './version/parse-branch-rules.ts';
import { parsePrefix } from './version/parse-prefix.ts';
import { parseChannel } from './version/plan-channel.ts';

/** The inputs of create-tag; action.yml describes them. */
export const inputSpec = {
  ...commonInputs,
  token: secret({ default: '${{ github.token }}' }),
  'workflow-token': secret({ default: '${{ github.token }}' }),
  'github-api-url': url({ default: '${{ github.api_url }}' }),
  repository: repository({ default: '${{ github.repository }}' }),
  sha: text({ pattern: /^[0-9a-f]{40}$/, allowed: 'the 40 hexadecimal digits of a commit' }),
  branches: lines(),
  'branch-rules': linesOf(parseBranchRule),
  version: parsed(parseVersion),
  bump: oneOf(['auto', 'major', 'minor', 'patch', 'none'], { default: 'auto' }),
  source: parsed(parseSources, { default: 'commits' }),
  prefix: parsed(parsePrefix, { default: 'v' }),
  components: linesOf(parseComponent),
  paths: linesOf(parsePath),
  'exclude-paths': linesOf(parsePath),
  'initial-version': parsed(parseVersion),
  'zero-major': oneOf(['patch', 'minor', 'major'], { default: 'minor' }),
  'zero-minor': oneOf(['patch', 'minor'], { default: 'minor' }),
  rules: linesOf(parseRule),
  'default-bump': oneOf(['none', 'patch', 'minor'], { default: 'none' }),
  revert: oneOf(['patch', 'cancel', 'ignore'], { default: 'patch' }),
  breaking: oneOf(['header', 'footer', 'anywhere'], { default: 'footer' }),
  'ignore-body-authors': linesOf((login) => login.toLowerCase(), { default: quotingBots.join('\n'), none: true }),
  prerelease: parsed(parseChannel),
  message: text(),
  tagger: parsed(parseTagger, {
    default: 'github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>',
  }),
  'signing-key': secret(),
  release: oneOf(['none', 'draft', 'publish'], { default: 'none' }),
  notes: oneOf(['own', 'generated', 'file'], { default: 'own' }),
  'notes-file': text(),
  'make-latest': oneOf(['auto', 'true', 'false'], { default: 'auto' }),
  dispatch: text({ pattern: /^[\w][\w.-]*\.ya?ml$/, allowed: 'the file name of a workflow such as build.yml' }),
  'on-burned': oneOf(['skip', 'fail'], { default: 'skip' }),
  'max-attempts': integer({ default: 20, min: 1, max: 100 }),
  timeout: durationSeconds({ default: '10m' }),
};

/** What a person has set. */
export type Inputs = InputsOf<typeof inputSpec>;

const VERSION_RULE = 'a semantic version such as 1.2.3 or 1.2.3-rc.1';

// A leading `v` is the habit of many; the prefix is an input of its own.
function parseVersion(value: string): string {
  if (value === '') return '';
  const version = parse(value.replace(/^v/, ''));
  if (version === null || !/^v?\d/.test(value)) throw new NotAllowed(VERSION_RULE);
  return version.raw;
}

// Lines as everywhere; a comma is what people write, too.
function parseSources(value: string): readonly Source[] {
  const names = value.split(/[\s,]+/).filter((name) => name !== '');
  const known = names.filter((name) => name === 'commits' || name === 'pr-title' || name === 'labels');
  if (names.length === 0 || known.length < names.length || new Set(names).size < names.length) {
    throw new NotAllowed('commits, pr-title and labels, each at most once, in the order in which they are asked');
  }
  return known;
}
