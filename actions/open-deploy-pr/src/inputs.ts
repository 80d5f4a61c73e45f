import { IMAGE_TAG } from '#shared/image/reference.ts';
import {
  boolean,
  commonInputs,
  durationSeconds,
  lines,
  oneOf,
  parsed,
  repository,
  secret,
  text,
  url,
} from '#shared/input-kinds.ts';
import type { InputSpec, InputsOf } from '#shared/inputs.ts';
import { parseChanges } from './branch/parse-changes.ts';

const word = { pattern: /^[A-Za-z0-9][\w.-]{0,99}$/, allowed: 'letters, digits, `.`, `_` and `-`' };
const branchName = {
  pattern: /^(?![/.-])(?!.*(?:\.\.|\/\/|@\{|\.lock(?:\/|$)))[^\s~^:?*[\\]{1,200}(?<![/.])$/,
  allowed: 'the name of a branch, without refs/heads/',
};

/** Where the usual tools keep their migrations: Alembic, Django, Flyway, Liquibase, Rails, Prisma, knex, EF Core, TypeORM and many more. */
export const MIGRATION_PATHS = [
  '**/migrations/**',
  '**/Migrations/**',
  '**/src/migration/**',
  '**/alembic/versions/**',
  '**/db/migrate/**',
  '**/db/migration/**',
  '**/db/changelog/**',
].join('\n');

const CHECKLIST = [
  'The changes above are what this environment should get now',
  'The dashboards and alerts of the service are watched after the merge',
].join('\n');

/** The inputs of open-deploy-pr; action.yml describes them. */
export const inputSpec = {
  ...commonInputs,
  token: secret({ default: '${{ github.token }}' }),
  'source-token': secret({ default: '${{ github.token }}' }),
  'github-api-url': url({ default: '${{ github.api_url }}' }),
  repository: repository({ default: '${{ github.repository }}' }),
  'source-repository': repository({ default: '${{ github.repository }}' }),
  service: text({ required: true, ...word }),
  environment: text({ required: true, ...word }),
  image: text({
    required: true,
    pattern: /^[^\s@]{1,255}$/,
    allowed: 'an image without tag and digest',
  }),
  version: text({ required: true, pattern: IMAGE_TAG, allowed: 'an image tag' }),
  digest: text({ pattern: /^sha256:[0-9a-f]{64}$/, allowed: 'sha256: and 64 hexadecimal digits' }),
  branch: text(branchName),
  base: text({ default: 'main', ...branchName }),
  changes: parsed(parseChanges),
  mode: oneOf(['deploy', 'promote', 'rollback', 'hotfix'], { default: 'deploy' }),
  reason: text(),
  'from-environment': text(word),
  'require-verified-in': text(word),
  'min-soak': durationSeconds({ default: '0' }),
  'auto-merge': oneOf(['never', 'auto', 'now'], { default: 'never' }),
  'merge-method': oneOf(['merge', 'squash', 'rebase'], { default: 'squash' }),
  supersede: oneOf(['close', 'comment', 'keep'], { default: 'close' }),
  reviewers: lines(),
  'team-reviewers': lines(),
  'code-owners': oneOf(['show', 'request', 'off'], { default: 'show' }),
  labels: lines(),
  draft: boolean({ default: false }),
  'migration-paths': lines({ default: MIGRATION_PATHS }),
  'migration-policy': oneOf(['warn', 'separate', 'off'], { default: 'warn' }),
  'flag-paths': lines(),
  checklist: lines({ default: CHECKLIST }),
  title: text({ pattern: /^[^\r\n]{1,200}$/, allowed: 'one line of at most 200 characters' }),
  'deployment-record': boolean({ default: true }),
} satisfies InputSpec;

/** What the person set, as values. */
export type Inputs = InputsOf<typeof inputSpec>;
