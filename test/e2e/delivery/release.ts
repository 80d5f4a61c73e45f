import { callGitHub, type Delivery, runAction, story } from './delivery.ts';
import { readTree } from './read-tree.ts';

/** A version that can be deployed. */
export interface Release {
  readonly tag: string;
  readonly imageTag: string;
  readonly image: string;
  readonly digest: string;
  readonly sha: string;
}

/** Merges a pull request as a person does, and gives the commit on the trunk. */
export async function mergePull(
  delivery: Delivery,
  pull: { repository: string; number: number; method: 'merge' | 'squash'; title: string },
): Promise<string> {
  return delivery.narrator.step(pull.title, async (tell) => {
    const merged = await callGitHub<{ sha: string }>(
      delivery,
      `PUT /repos/${pull.repository}/pulls/${pull.number}/merge`,
      {
        merge_method: pull.method,
      },
    );
    tell(`${pull.repository}#${pull.number} merged as ${merged.sha.slice(0, 9)}`);
    return merged.sha;
  });
}

/** create-tag: the next version of what was merged. */
export async function tagVersion(delivery: Delivery, sha: string): Promise<{ tag: string; imageTag: string }> {
  return delivery.narrator.step('create-tag decides the version and tags it', async (tell) => {
    const { outputs } = await runAction(delivery, {
      action: 'create-tag',
      inputs: {},
      tell,
      place: {
        repository: story.source,
        eventName: 'push',
        sha,
        ref: 'refs/heads/main',
        event: { ref: 'refs/heads/main', after: sha, repository: { full_name: story.source, default_branch: 'main' } },
        token: delivery.sandbox.github.tokens.workflow,
      },
    });
    tell(
      `${outputs['previous-tag']} -> ${outputs['tag']} (${outputs['bump']}) at ${sha.slice(0, 9)}, tag object ${outputs['tag-object-sha']?.slice(0, 9)}`,
    );
    return { tag: outputs['tag'] ?? '', imageTag: outputs['image-tag'] ?? '' };
  });
}

/** The image, built from the tag's tree, pushed under the same tag. */
export async function pushImage(
  delivery: Delivery,
  version: { tag: string; imageTag: string; sha: string },
): Promise<Release> {
  return delivery.narrator.step('The image is built from the tag and pushed under the same tag', async (tell) => {
    const { github, image } = delivery.sandbox;
    const files = await readTree(github.records(story.source).git.folder, version.tag);
    const digest = await delivery.sandbox.publish({ tag: version.imageTag, files, revision: version.sha });
    tell(`${image}:${version.imageTag}@${digest}`);
    return { ...version, image, digest };
  });
}
