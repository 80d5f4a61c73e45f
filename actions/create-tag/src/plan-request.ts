import type { Runner } from '#shared/runner/runner.ts';
import type { PreviewRequest } from './history/plan-preview.ts';
import type { HistoryRequest } from './history/read-history.ts';
import type { Inputs } from './inputs.ts';
import type { Target } from './resolve-target.ts';
import type { Policy } from './version/plan-tag.ts';

/** What has to be read to decide the version of the commit. */
export function requestOf(inputs: Inputs, { repository, sha, range }: Target): HistoryRequest {
  const { prefix, version, paths, excludePaths } = inputs;
  return {
    repository,
    sha,
    range,
    compared: new Map(),
    ignoreBodyAuthors: inputs.ignoreBodyAuthors,
    pulls: inputs.bump === 'auto' && version === '' && inputs.source.some((source) => source !== 'commits'),
    prefix,
    version,
    newLine: version !== '' || inputs.initialVersion !== '',
    paths,
    excludePaths,
    channel: inputs.prerelease,
  };
}

/** By what the version is decided, once all is read. */
export function policyOf(inputs: Inputs, { branch, defaultBranch, range }: Target): Policy {
  return {
    ...inputs,
    initialVersion: inputs.initialVersion || '0.1.0',
    range,
    skipTaken:
      range === undefined && (inputs.branches.length === 0 || (branch !== undefined && branch === defaultBranch)),
    channel: inputs.prerelease,
  };
}

/** What a dry run on a pull request has to know about it. */
export function previewOf(
  { sha, pulls, ignoreBodyAuthors }: HistoryRequest,
  { event, context }: Runner,
): Omit<PreviewRequest, 'decide'> {
  return {
    sha,
    event,
    isBase: context.eventName === 'pull_request_target' && sha === context.sha,
    trustsBody: (login) => pulls && !ignoreBodyAuthors.includes(login.toLowerCase()),
  };
}
