import { describe, expect, test } from '@jest/globals';
import { parseChanges } from '../../../actions/open-deploy-pr/src/branch/parse-changes.ts';
import { confirmHints } from '../../../actions/open-deploy-pr/src/branch/plan-branch.ts';
import { renderTitle } from '../../../actions/open-deploy-pr/src/description/render-title.ts';
import { directionOf, isMajorStep } from '../../../actions/open-deploy-pr/src/facts/plan-direction.ts';
import { closedGate, type GateFacts, skippedProof } from '../../../actions/open-deploy-pr/src/gates/plan-gates.ts';
import { migrationFiles } from '../../../actions/open-deploy-pr/src/gates/plan-paths.ts';
import { MIGRATION_PATHS } from '../../../actions/open-deploy-pr/src/inputs.ts';
import { isCleanAlready, isTaken, refusalOf } from '../../../actions/open-deploy-pr/src/pull/plan-refusal.ts';
import { reasons } from '../../../actions/open-deploy-pr/src/reasons.ts';
import { deploymentNote } from '../../../actions/open-deploy-pr/src/service/parse-deployment.ts';
import { facts } from './deploy-facts.ts';

describe('GitHub’s words become a reason code with a remedy', () => {
  test.each([
    ['No commits between main and deploy/staging/api', 'already-deployed'],
    ['Pull request Pull request is in unstable status', 'checks-unstable'],
    ['Auto merge is not allowed for this repository', 'auto-merge-not-allowed'],
    ['Pull request Auto merge is not allowed for this repository', 'auto-merge-not-allowed'],
    ['Pull request Protected branch rules not configured for this branch', 'no-branch-rules'],
    ['Resource not accessible by integration', 'missing-permission'],
    ['Resource not accessible by personal access token', 'missing-permission'],
    ['Repository rule violations found\n\nChanges must be made through the merge queue\n\n', 'merge-queue'],
    ['Pull Request is still a draft', 'draft'],
    ["Could not resolve to a node with the global id of 'PR_x'", 'not-visible-yet'],
    ['Reference update failed', 'reference-update-failed'],
    ['GitHub Actions is not permitted to create or approve pull requests.', 'actions-may-not-create-pull-requests'],
    ['Head branch was modified. Review and try the merge again.', 'head-moved'],
    ['Base branch was modified. Review and try the merge again.', 'base-moved'],
    ['Head branch is out of date. Review and try the merge again.', 'behind-base'],
    ['Squash merges are not allowed on this repository.', 'merge-method-not-allowed'],
    ['Merge method rebase merges are not allowed on this repository', 'merge-method-not-allowed'],
    ['Required status check "ci" is expected.', 'requirements-missing'],
    ['At least 2 approving reviews are required by reviewers with write access.', 'requirements-missing'],
    ['3 of 3 required status checks are expected.', 'requirements-missing'],
    ['Waiting on code owner review from acme/platform.', 'requirements-missing'],
    ['A conversation must be resolved before this pull request can be merged.', 'requirements-missing'],
    [
      'refusing to allow a GitHub App to create or update workflow `.github/workflows/x.yml` without `workflows` permission',
      'workflow-scope',
    ],
    ['Pull Request is not mergeable', 'conflicts'],
    ['Pull request Pull request is closed', 'pull-request-closed'],
    ['Pull request User is not authorized for this protected branch', 'ruleset-violation'],
    ['Pull request User is not allowed to push to this repository', 'missing-permission'],
  ] as const)('%s', (text, code) => {
    expect(refusalOf(text)).toBe(code);
    expect(reasons[code].meaning).not.toBe('');
    if (code !== 'already-deployed') expect(reasons[code].remedy).not.toBe('');
  });

  test('words that mean to go on another way are no refusal', () => {
    expect(isCleanAlready('Pull request Pull request is in clean status')).toBe(true);
    expect(isCleanAlready('Pull request Pull request is in has_hooks status')).toBe(true);
    expect(isTaken('A pull request already exists for acme:deploy/staging/api.')).toBe(true);
    expect(refusalOf('Something else entirely')).toBeUndefined();
  });
});

describe('direction', () => {
  test.each([
    ['v1.0.0', 'v1.1.0', 'forward'],
    ['v1.10.0', 'v1.9.0', 'rollback'],
    ['1.0.0', '1.0.0-rc.1', 'rollback'],
    ['v1.0.0', 'v1.0.0', 'same'],
    ['v1.0.0', '1.0.0', 'unknown'],
    ['main-abc', 'v1.0.0', 'unknown'],
    [undefined, 'v1.0.0', 'unknown'],
  ] as const)('%s to %s is %s', (before, after, direction) => {
    expect(directionOf(before, after)).toBe(direction);
  });

  test('below 1.0.0 a minor step is a major one', () => {
    expect([isMajorStep('v0.1.0', 'v0.2.0'), isMajorStep('v1.1.0', 'v1.2.0'), isMajorStep('v1.9.0', 'v2.0.0')]).toEqual(
      [true, false, true],
    );
  });
});

describe('the gates', () => {
  const open: GateFacts = {
    mode: 'promote',
    direction: 'forward',
    version: 'v1.1.0',
    previousVersion: 'v1.0.0',
    requiredEnvironment: 'staging',
    proof: { environment: 'staging', verifiedAt: '2026-11-23T10:00:00Z' },
    minSoakSeconds: 3600,
    nowMs: Date.parse('2026-11-23T11:00:00Z'),
    migrationPolicy: 'warn',
    migrations: [],
    files: [],
  };
  const migrations = [{ path: 'db/migrate/1.rb', status: 'added' }];
  const both = { migrations, files: [...migrations, { path: 'app/a.rb', status: 'modified' }] };

  test.each<[string, Partial<GateFacts>, string | undefined]>([
    ['verified and soaked', {}, undefined],
    ['one second too early', { nowMs: Date.parse('2026-11-23T10:59:59Z') }, 'soaking'],
    ['never verified', { proof: undefined }, 'not-verified'],
    ['never verified, but an emergency', { proof: undefined, mode: 'hotfix' }, undefined],
    ['never verified there, but a rollback', { proof: undefined, mode: 'rollback', direction: 'rollback' }, undefined],
    ['newer, as a rollback', { proof: undefined, mode: 'rollback' }, 'would-roll-forward'],
    ['no proof asked for', { proof: undefined, requiredEnvironment: '' }, undefined],
    ['older, as a promotion', { direction: 'rollback' }, 'would-roll-back'],
    ['older, as an emergency', { direction: 'rollback', mode: 'hotfix' }, 'would-roll-back'],
    ['migration and code, when only warned', both, undefined],
    ['migration and code', { ...both, migrationPolicy: 'separate' }, 'migration-not-separate'],
    ['migration alone', { migrations, files: migrations, migrationPolicy: 'separate' }, undefined],
    [
      'migration with its test, notes and the schema that it leads to',
      {
        migrations,
        files: [
          ...migrations,
          ...['test/m.rb', 'README.md', 'db/schema.rb', 'db/structure.sql', 'migrations/atlas.sum'].map((path) => ({
            path,
            status: 'modified',
          })),
        ],
        migrationPolicy: 'separate',
      },
      undefined,
    ],
  ])('%s', (_, change, code) => {
    expect(closedGate({ ...open, ...change })?.code).toBe(code);
  });

  test('the message says when it may go on', () => {
    expect(closedGate({ ...open, minSoakSeconds: 7200 })?.message).toContain('it may go on at 2026-11-23T12:00:00Z');
  });

  test('an emergency names what it skipped only when it skipped something', () => {
    expect(skippedProof({ ...open, mode: 'hotfix' })).toBeUndefined();
    expect(skippedProof({ ...open, mode: 'hotfix', proof: undefined })).toBe('staging');
  });
});

describe('migrations', () => {
  test.each([
    ['Alembic', 'alembic/versions/1a2b_add.py'],
    ['Django', 'thoughts/migrations/0002_add.py'],
    ['Flyway', 'src/main/resources/db/migration/V2__add.sql'],
    ['Liquibase', 'src/main/resources/db/changelog/2.xml'],
    ['Rails', 'db/migrate/2_add.rb'],
    ['Prisma', 'prisma/migrations/2_add/migration.sql'],
    ['knex', 'migrations/2_add.js'],
    ['golang-migrate', 'db/migrations/2_add.up.sql'],
    ['goose', 'internal/db/migrations/2_add.sql'],
    ['EF Core', 'src/Shop.Data/Migrations/20260101_Add.cs'],
    ['Ecto', 'priv/repo/migrations/2_add.exs'],
    ['sqlx', 'migrations/2_add.sql'],
    ['TypeORM', 'src/migration/2-Add.ts'],
    ['Sequelize', 'db/migrations/2-add.js'],
    ['Laravel', 'database/migrations/2_add.php'],
  ])('of %s are known', (_, path) => {
    expect(migrationFiles([{ path, status: 'added' }], MIGRATION_PATHS.split('\n'))).toHaveLength(1);
  });

  test('package markers, notes, tests, what the tools keep beside and near names are none', () => {
    const paths = [
      ...['a/migrations/__init__.py', 'migrations/README.md', 'src/migrationsHelper.js', 'db/migrated/x.sql'],
      ...['prisma/migrations/migration_lock.toml', 'migrations/atlas.sum', 'src/test/resources/db/migration/V9__x.sql'],
      ...['tests/migrations/test_0002.py', 'Data/Migrations/ShopContextModelSnapshot.cs', 'drizzle/meta/_journal.json'],
    ];
    const files = paths.map((path) => ({ path, status: 'added' }));
    expect(migrationFiles(files, MIGRATION_PATHS.split('\n'))).toEqual([]);
  });
});

test('titles say what happens; a template fills in its words', () => {
  expect(renderTitle(facts({ mode: 'promote' }), '')).toBe('Promote thoughts-backend v1.1.0 to production');
  expect(renderTitle(facts({ mode: 'hotfix' }), '')).toBe('Hotfix: thoughts-backend v1.1.0 to production');
  expect(renderTitle(facts(), '[{environment}] {service}: {previous-version} -> {version} {constructor}')).toBe(
    '[production] thoughts-backend: v1.0.0 -> v1.1.0 {constructor}',
  );
});

test('payloads of other tools are not ours', () => {
  expect(deploymentNote('{"service":"a","environment":"b","version":"c"}')).toMatchObject({ service: 'a' });
  for (const payload of ['', '{}', 'x{', null, 5, { service: 'a' }, { service: 1, environment: 'b', version: 'c' }]) {
    expect(deploymentNote(payload)).toBeUndefined();
  }
  expect(deploymentNote({ service: 'a', environment: 'b', version: 'v1 '.repeat(20_000) })).toBeUndefined();
});

test('a hint is confirmed by the version itself, not by a longer one', () => {
  const hints = [{ file: 'a.yaml', line: 1, oldTag: 'v1.0.0', isSetting: false }];
  const isConfirmed = (line: string) =>
    confirmHints(hints, [{ file: 'a.yaml', line: 1, old: 'x', new: line }], '1.1.0');
  for (const line of ['tag: 1.1.0', 'ref: "a:1.1.0@sha256:0"', 'is 1.1.0.', 'v-1.1.0'])
    expect([line, isConfirmed(line)]).toEqual([line, true]);
  for (const line of ['tag: 1.1.0-rc.1', 'tag: 11.1.0', 'tag: 1.1.0.2', 'tag: 2.1.1.0'])
    expect([line, isConfirmed(line)]).toEqual([line, false]);
});

test('changes that are no list of changes are refused', () => {
  expect(parseChanges('')).toBeUndefined();
  expect(parseChanges('[{"file":"a.yaml","line":3,"oldTag":"v1"}]')).toEqual([
    { file: 'a.yaml', line: 3, oldTag: 'v1', isSetting: false },
  ]);
  for (const text of ['{}', 'x', '[1]', '[{"file":"a"}]']) expect(() => parseChanges(text)).toThrow('changes');
});
