import {
  boolean,
  commonInputs,
  durationSeconds,
  lines,
  linesOf,
  oneOf,
  repository,
  secret,
  text,
  url,
} from '#shared/input-kinds.ts';
import type { InputSpec, InputsOf } from '#shared/inputs.ts';
import { parseReplaceLine } from './creation/parse-replace-lines.ts';
import { parseImageLine } from './images/parse-image-lines.ts';
import { parseKeyPathLine } from './images/parse-key-path-line.ts';
import { parseEnvironmentLine, parseFileLine } from './repository/plan-files.ts';
import { parseSetLine } from './settings/parse-set-lines.ts';

const word = { pattern: /^[A-Za-z0-9][\w.-]*$/, allowed: 'letters, digits, `.`, `_` and `-`' };
const folder = {
  pattern: /^(?![/.])(?!.*(?:^|\/)\.\.?(?:\/|$))[^\\*?[\]{}()!]+(?<!\/)$/,
  allowed: 'a folder inside of the repository, relative to its root, without a slash at its end',
};
const branchName = {
  pattern: /^(?![/.-])(?!.*(?:\.\.|\/\/|@\{|\.lock(?:\/|$)))[^\s~^:?*[\\]+(?<![/.])$/,
  allowed: 'the name of a branch, without refs/heads/',
};

/** The inputs of bump-gitops-image; action.yml describes them. */
export const inputSpec = {
  ...commonInputs,
  token: secret({ default: '${{ github.token }}' }),
  'github-api-url': url({ default: '${{ github.api_url }}' }),
  repository: repository({ default: '${{ github.repository }}' }),
  base: text({ default: 'main', ...branchName }),
  path: text({ default: '.' }),
  write: oneOf(['worktree', 'branch', 'direct', 'none'], { default: 'worktree' }),
  branch: text(branchName),
  'commit-message': text(),
  images: linesOf(parseImageLine),
  image: text(),
  tag: text(),
  digest: text(),
  set: linesOf(parseSetLine),
  create: boolean({ default: false }),
  template: text(folder),
  'from-environment': text(word),
  'create-in': text(folder),
  replace: linesOf(parseReplaceLine),
  boundaries: text({ pattern: /^[^\sA-Za-z0-9]+$/, allowed: 'punctuation, such as `/.-`' }),
  files: linesOf(parseFileLine),
  environments: linesOf(parseEnvironmentLine),
  environment: text(word),
  service: text(word),
  kinds: lines(),
  namespaces: lines(),
  names: lines(),
  containers: lines(),
  'key-paths': linesOf(parseKeyPathLine),
  policies: lines(),
  from: text(),
  'verify-image': oneOf(['off', 'exists', 'digest', 'platforms'], { default: 'off' }),
  platforms: lines({ default: 'linux/amd64' }),
  'registry-username': text(),
  'registry-password': secret(),
  'pin-digest': oneOf(['keep', 'always', 'never'], { default: 'keep' }),
  'wait-for-image': durationSeconds({ default: '0' }),
  'allow-downgrade': boolean({ default: false }),
  reason: text(),
  'on-missing': oneOf(['fail', 'warn'], { default: 'fail' }),
  'order-after': text(word),
  'app-version': boolean({ default: false }),
} satisfies InputSpec;

/** What the person set, as values. */
export type Inputs = InputsOf<typeof inputSpec>;
