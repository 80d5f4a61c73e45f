import type { SandboxEnvironment as Environment } from '../../sandbox/sandbox.ts';
import { callGitHub, type Delivery, runAction, type StepPlace, story } from './delivery.ts';
import { mergePull, type Release } from './release.ts';
import { renderBodyExcerpt, renderLeadTime } from './render-evidence.ts';

/** bump-gitops-image and open-deploy-pr, a person's merge, and verify-rollout: one environment's deploy. */
export async function deploy(delivery: Delivery, release: Release, environment: Environment): Promise<Verified> {
  const changes = await bumpImage(delivery, release, environment);
  const number = await openPull(delivery, { release, environment, changes });
  await breakBeforeRollout(delivery, { release, environment });
  const title = `A reviewer merges the deploy to ${environment}; Flux applies it`;
  const sha = await mergePull(delivery, { repository: story.gitops, number, method: 'merge', title });
  return verify(delivery, { sha, environment });
}

/** What verify-rollout told about a rollout that it verified. */
export interface Verified {
  readonly environment: Environment;
  readonly leadTime: string;
  readonly version: string;
}

async function bumpImage(delivery: Delivery, release: Release, environment: Environment): Promise<string> {
  return delivery.narrator.step(`bump-gitops-image sets ${environment} to ${release.imageTag}`, async (tell) => {
    const { outputs } = await runAction(delivery, {
      action: 'bump-gitops-image',
      inputs: {
        token: delivery.sandbox.github.tokens.app,
        repository: story.gitops,
        base: 'main',
        service: story.service,
        environment,
        image: release.image,
        tag: release.imageTag,
        digest: release.digest,
        files: `clusters/${environment}/**`,
        write: 'branch',
        'verify-image': 'digest',
      },
      tell,
      place: sourcePlace(delivery, release),
    });
    const sha = outputs['commit-sha'] ?? '';
    const commit = await callGitHub<{ files: { filename: string; patch: string }[] }>(
      delivery,
      `GET /repos/${story.gitops}/commits/${sha}`,
    );
    tell(`${outputs['branch']} at ${sha.slice(0, 9)}, ${outputs['direction']}`);
    for (const { filename, patch } of commit.files)
      tell(
        `${filename}\n${patch
          .split('\n')
          .filter((line) => /^[-+]/.test(line))
          .join('\n')}`,
      );
    return JSON.stringify({ branch: outputs['branch'], changes: outputs['changes'] });
  });
}

async function openPull(
  delivery: Delivery,
  deployment: { release: Release; environment: Environment; changes: string },
): Promise<number> {
  const { release, environment } = deployment;
  const bump = JSON.parse(deployment.changes) as { branch: string; changes: string };
  const promote = environment === 'production' ? { mode: 'promote', 'require-verified-in': 'staging' } : {};
  return delivery.narrator.step(`open-deploy-pr proposes the deploy to ${environment}`, async (tell) => {
    const { outputs } = await runAction(delivery, {
      action: 'open-deploy-pr',
      inputs: {
        token: delivery.sandbox.github.tokens.app,
        'source-token': delivery.sandbox.github.tokens.workflow,
        repository: story.gitops,
        'source-repository': story.source,
        base: 'main',
        branch: bump.branch,
        service: story.service,
        environment,
        image: release.image,
        version: release.imageTag,
        digest: release.digest,
        changes: bump.changes,
        ...promote,
      },
      tell,
      place: sourcePlace(delivery, release),
    });
    const number = Number(outputs['number']);
    const pull = await callGitHub<{ title: string; body: string }>(
      delivery,
      `GET /repos/${story.gitops}/pulls/${number}`,
    );
    tell(`#${number} ${outputs['operation']}: ${pull.title}`);
    tell(renderBodyExcerpt(pull.body));
    return number;
  });
}

async function verify(delivery: Delivery, merged: { sha: string; environment: Environment }): Promise<Verified> {
  const { environment, sha } = merged;
  return delivery.narrator.step(`verify-rollout watches ${environment}`, async (tell) => {
    const { github, cluster } = delivery.sandbox;
    const versionUrl = delivery.sandbox.versionUrls[environment];
    const { outputs } = await runAction(delivery, {
      action: 'verify-rollout',
      inputs: {
        'kubernetes-api-url': cluster.url,
        'kubernetes-token': cluster.tokens.verify,
        'github-token': github.tokens.app,
        deploy: 'auto',
        'deploy-author': 'trunkline-bot[bot]',
        namespace: environment,
        'flux-kustomization': `flux-system/${environment}`,
        'version-url': versionUrl,
        timeout: '60s',
      },
      tell,
      place: {
        repository: story.gitops,
        eventName: 'push',
        sha,
        ref: 'refs/heads/main',
        token: github.tokens.workflow,
      },
    });
    const answer = await (await fetch(versionUrl)).text();
    tell(`${outputs['result']} in ${outputs['duration']} s; ${versionUrl} answers ${answer.trim()}`);
    tell(`images: ${outputs['image-ids']}`);
    const leadTime = renderLeadTime(outputs['lead-time'] ?? '');
    tell(`lead time: ${leadTime}`);
    return {
      environment,
      leadTime,
      version: (JSON.parse(answer) as { version: string }).version,
    };
  });
}

// What nobody sees in the review: the image goes, or the environment lacks what the pod asks for.
async function breakBeforeRollout(
  delivery: Delivery,
  { release, environment }: { release: Release; environment: Environment },
): Promise<void> {
  const { breakage, narrator, sandbox } = delivery;
  if (breakage === 'image') {
    await narrator.step('A clean-up job deletes the image from the registry', async (tell) => {
      await sandbox.registry.deleteManifest(story.source, release.digest);
      tell(`${release.image}:${release.imageTag} is gone`);
    });
  }
  if (breakage === 'config') {
    await narrator.step('A colleague pushes one more commit to the deploy branch', async (tell) => {
      const path = `clusters/${environment}/${story.service}/deployment.yaml`;
      const { content } = await callGitHub<{ content: string }>(
        delivery,
        `GET /repos/${story.gitops}/contents/${path}`,
      );
      const manifest = Buffer.from(content, 'base64').toString().replace(':v1.4.0 ', `:${release.imageTag} `);
      const files = {
        [path]: manifest.replace('name: thoughts-backend\n          env:', 'name: thoughts-search\n          env:'),
      };
      const branch = `deploy/${environment}/${story.service}`;
      const sha = await sandbox.github.commit(story.gitops, { branch, message: 'feat: settings of the search', files });
      tell(`${sha.slice(0, 9)} on ${branch}: envFrom reads the ConfigMap thoughts-search, which nobody has made`);
    });
  }
}

function sourcePlace({ sandbox }: Delivery, release: Release): StepPlace {
  return {
    repository: story.source,
    eventName: 'push',
    sha: release.sha,
    ref: 'refs/heads/main',
    token: sandbox.github.tokens.workflow,
  };
}
