import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Service, startService } from './start-service.ts';

let service: Service;
let first: string;
beforeEach(async () => {
  service = await startService();
  first = await service.commit('chore: first');
  await service.run({ with: { version: '1.0.0' } });
});
afterEach(() => service.close());

/** Merges a branch of one commit as GitHub does, and gives the merge and the commit. */
async function merge(number: number, title: string, body: string, onto: string): Promise<{ sha: string; own: string }> {
  const own = await service.commit(`${title}${body}`, {
    branch: `topic-${number}`,
    parents: [onto],
    path: `${number}`,
  });
  const message = `Merge pull request #${number} from acme/topic-${number}\n\n${title}`;
  return { sha: await service.commit(message, { parents: [onto, own], path: `${number}` }), own };
}

async function featureAndRevert(): Promise<{ feature: string; revert: string }> {
  const { sha: feature } = await merge(10, 'feat: a', '', first);
  const body = `\n\nThis reverts commit ${feature}, reversing\nchanges made to ${first}.`;
  const { sha: revert } = await merge(11, 'Revert "feat: a"', body, feature);
  return { feature, revert };
}

describe('revert: cancel', () => {
  test('a merged pull request and the one that reverts it make no version and no notes', async () => {
    await featureAndRevert();
    const { outputs } = (await service.run({ with: { revert: 'cancel' } })).report;
    expect(outputs).toMatchObject({ reason: 'no-changes', notes: '' });
  });

  test('what else is new makes version and notes, and a run that finds the tag tells the same', async () => {
    const { revert } = await featureAndRevert();
    const sha = await service.commit('fix: c', { parents: [revert] });
    const { outputs } = (await service.run({ sha, with: { revert: 'cancel' } })).report;
    expect(outputs.version).toBe('1.0.1');
    expect(outputs.notes).toMatch(/^### Fixes\n\n- c \S+$/);
    const again = (await service.run({ sha, with: { revert: 'cancel' } })).report.outputs;
    expect(again).toMatchObject({ reason: 'already-tagged', notes: outputs.notes });
  });

  test('the revert of a revert brings the feature back', async () => {
    const { revert } = await featureAndRevert();
    await merge(12, 'Reapply "feat: a"', `\n\nThis reverts commit ${revert}, reversing\nchanges made to b.`, revert);
    const { outputs } = (await service.run({ with: { revert: 'cancel' } })).report;
    expect(outputs.version).toBe('1.1.0');
  });

  test('without it a revert is a patch beside the feature', async () => {
    await featureAndRevert();
    const { outputs } = (await service.run()).report;
    expect(outputs.version).toBe('1.1.0');
    expect(outputs.notes).toContain('### Reverts');
  });
});
