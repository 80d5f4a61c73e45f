import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type DeployFixture, GITOPS, startDeployFixture } from './deploy-fixture.ts';

let fixture: DeployFixture;
beforeEach(async () => {
  fixture = await startDeployFixture();
  for (const login of ['ada', 'eve']) fixture.github.issueToken({ kind: 'pat', login, permissions: {} });
  fixture.github.settings(GITOPS).roles = { ada: 'maintain', eve: 'read' };
  await fixture.bump('v1.1.0');
});
afterEach(() => fixture.close());

const start = (actor: string, mode: string, eventName = 'workflow_dispatch') =>
  fixture.open({ mode, reason: 'the queue is stuck' }, { context: { actor, eventName } });

describe('a rollback or hotfix that somebody starts by hand', () => {
  test.each(['workflow_dispatch', 'repository_dispatch'])(
    'needs the right to write the GitOps repository (%s)',
    async (event) => {
      await expect(start('eve', 'hotfix', event)).rejects.toMatchObject({
        reasonCode: 'actor-not-allowed',
        message: 'eve has the role read in acme/gitops; a hotfix needs write.',
      });
      expect(fixture.pulls()).toEqual([]);
    },
  );

  test('is opened for who has it, with the reason on record', async () => {
    await start('ada', 'hotfix');
    expect(fixture.pulls()[0]?.body).toContain('the queue is stuck');
  });

  test('is not asked of an ordinary deploy, nor of a workflow that a push started', async () => {
    await start('eve', 'deploy');
    await start('eve', 'hotfix', 'push');
    expect(fixture.pulls()).toHaveLength(1);
  });
});
