import type { DeployFacts, RangeCommit, SourceRange } from '../../../actions/open-deploy-pr/src/facts/deploy-facts.ts';

export function commit(index: number, message: string): RangeCommit {
  const sha = index.toString(16).padStart(40, '0');
  return { sha, message, author: 'mona', date: `2026-11-2${index % 4}T10:00:00Z`, pull: index };
}

export function range(commits: readonly RangeCommit[], more: Partial<SourceRange> = {}): SourceRange {
  return {
    ref: 'v1.1.0',
    previousRef: 'v1.0.0',
    sha: 'a'.repeat(40),
    status: 'ahead',
    commits,
    totalCommits: commits.length,
    newcomers: [],
    files: [],
    isFileListComplete: true,
    ...more,
  };
}

const digest = `sha256:${'0'.repeat(64)}`;

export function facts(more: Partial<DeployFacts> = {}): DeployFacts {
  return {
    service: 'thoughts-backend',
    environment: 'production',
    image: 'ghcr.io/acme/thoughts-backend',
    version: 'v1.1.0',
    digest,
    previousVersion: 'v1.0.0',
    direction: 'forward',
    mode: 'deploy',
    reason: '',
    branch: {
      headSha: 'b'.repeat(40),
      isSettingsAlone: false,
      previousVersions: ['v1.0.0'],
      digest,
      diff: [{ file: 'clusters/production/app.yaml', line: 10, old: '  image: a:v1.0.0', new: '  image: a:v1.1.0' }],
      unseenFiles: [],
      owners: [],
    },
    sourceRepository: 'acme/thoughts-backend',
    serverUrl: 'https://github.com',
    range: range([commit(2, 'feat(api): thoughts can be deleted (#2)'), commit(1, 'fix: a typo')]),
    migrations: [],
    flags: [],
    proof: undefined,
    skippedProof: undefined,
    lastVerified: 'v1.0.0',
    checklist: ['The dashboards are watched'],
    owners: [],
    ...more,
  };
}
