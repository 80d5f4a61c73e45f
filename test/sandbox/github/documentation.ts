/** GitHub's page for each operation of the sandbox, below https://docs.github.com/rest/; error bodies name it as `documentation_url`. */
const PAGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'actions/workflow-runs': {
    'GET /actions/runs/{id}': 'get-a-workflow-run',
    'GET /actions/workflows/{id}/runs': 'list-workflow-runs-for-a-workflow',
  },
  'actions/workflows': {
    'POST /actions/workflows/{id}/dispatches': 'create-a-workflow-dispatch-event',
  },
  'branches/branches': {
    'GET /branches': 'list-branches',
    'GET /branches/{branch*}': 'get-a-branch',
  },
  'checks/runs': {
    'GET /commits/{ref}/check-runs': 'list-check-runs-for-a-git-reference',
    'PATCH /check-runs/{id}': 'update-a-check-run',
    'POST /check-runs': 'create-a-check-run',
  },
  'collaborators/collaborators': {
    'GET /collaborators/{username}/permission': 'get-repository-permissions-for-a-user',
  },
  'commits/commits': {
    'GET /commits': 'list-commits',
    'GET /commits/{ref*}': 'get-a-commit',
    'GET /commits/{sha}/pulls': 'list-pull-requests-associated-with-a-commit',
    'GET /compare/{basehead*}': 'compare-two-commits',
  },
  'commits/statuses': {
    'GET /commits/{ref}/status': 'get-the-combined-status-for-a-specific-reference',
    'GET /commits/{ref}/statuses': 'list-commit-statuses-for-a-reference',
    'POST /statuses/{sha}': 'create-a-commit-status',
  },
  'deployments/deployments': {
    'DELETE /deployments/{id}': 'delete-a-deployment',
    'GET /deployments': 'list-deployments',
    'GET /deployments/{id}': 'get-a-deployment',
    'POST /deployments': 'create-a-deployment',
  },
  'deployments/statuses': {
    'GET /deployments/{id}/statuses': 'list-deployment-statuses',
    'POST /deployments/{id}/statuses': 'create-a-deployment-status',
  },
  'git/blobs': {
    'GET /git/blobs/{sha}': 'get-a-blob',
    'POST /git/blobs': 'create-a-blob',
  },
  'git/commits': {
    'GET /git/commits/{sha}': 'get-a-commit-object',
    'POST /git/commits': 'create-a-commit',
  },
  'git/refs': {
    'DELETE /git/refs/{ref*}': 'delete-a-reference',
    'GET /git/matching-refs/{ref*}': 'list-matching-references',
    'GET /git/ref/{ref*}': 'get-a-reference',
    'PATCH /git/refs/{ref*}': 'update-a-reference',
    'POST /git/refs': 'create-a-reference',
  },
  'git/tags': {
    'GET /git/tags/{sha}': 'get-a-tag',
    'POST /git/tags': 'create-a-tag-object',
  },
  'git/trees': {
    'GET /git/trees/{tree*}': 'get-a-tree',
    'POST /git/trees': 'create-a-tree',
  },
  'issues/comments': {
    'DELETE /issues/comments/{id}': 'delete-an-issue-comment',
    'GET /issues/comments/{id}': 'get-an-issue-comment',
    'GET /issues/{number}/comments': 'list-issue-comments',
    'PATCH /issues/comments/{id}': 'update-an-issue-comment',
    'POST /issues/{number}/comments': 'create-an-issue-comment',
  },
  'issues/labels': {
    'DELETE /issues/{number}/labels/{name*}': 'remove-a-label-from-an-issue',
    'GET /issues/{number}/labels': 'list-labels-for-an-issue',
    'GET /labels': 'list-labels-for-a-repository',
    'GET /labels/{name*}': 'get-a-label',
    'POST /issues/{number}/labels': 'add-labels-to-an-issue',
    'POST /labels': 'create-a-label',
    'PUT /issues/{number}/labels': 'set-labels-for-an-issue',
  },
  'pulls/pulls': {
    'GET /pulls': 'list-pull-requests',
    'GET /pulls/{number}': 'get-a-pull-request',
    'GET /pulls/{number}/commits': 'list-commits-on-a-pull-request',
    'GET /pulls/{number}/files': 'list-pull-requests-files',
    'GET /pulls/{number}/merge': 'check-if-a-pull-request-has-been-merged',
    'GET /pulls/{number}/merge-async/{uuid}': 'get-the-result-of-an-asynchronous-merge',
    'PATCH /pulls/{number}': 'update-a-pull-request',
    'POST /pulls': 'create-a-pull-request',
    'PUT /pulls/{number}/merge': 'merge-a-pull-request',
    'PUT /pulls/{number}/merge-async': 'merge-a-pull-request-asynchronously',
  },
  'pulls/review-requests': {
    'DELETE /pulls/{number}/requested_reviewers': 'remove-requested-reviewers-from-a-pull-request',
    'GET /pulls/{number}/requested_reviewers': 'get-all-requested-reviewers-for-a-pull-request',
    'POST /pulls/{number}/requested_reviewers': 'request-reviewers-for-a-pull-request',
  },
  'pulls/reviews': {
    'GET /pulls/{number}/reviews': 'list-reviews-for-a-pull-request',
    'POST /pulls/{number}/reviews': 'create-a-review-for-a-pull-request',
    'PUT /pulls/{number}/reviews/{id}/dismissals': 'dismiss-a-review-for-a-pull-request',
  },
  'rate-limit/rate-limit': {
    'GET /rate_limit': 'get-rate-limit-status-for-the-authenticated-user',
  },
  'releases/releases': {
    'DELETE /releases/{id}': 'delete-a-release',
    'GET /releases': 'list-releases',
    'GET /releases/latest': 'get-the-latest-release',
    'GET /releases/tags/{tag*}': 'get-a-release-by-tag-name',
    'GET /releases/{id}': 'get-a-release',
    'PATCH /releases/{id}': 'update-a-release',
    'POST /releases': 'create-a-release',
    'POST /releases/generate-notes': 'generate-release-notes-content-for-a-release',
  },
  'repos/contents': {
    'GET /contents': 'get-repository-content',
    'GET /contents/{path*}': 'get-repository-content',
    'GET /tarball': 'download-a-repository-archive-tar',
    'GET /tarball/{ref*}': 'download-a-repository-archive-tar',
  },
  'repos/repos': {
    'GET ': 'get-a-repository',
    'GET /tags': 'list-repository-tags',
    'POST /dispatches': 'create-a-repository-dispatch-event',
  },
  'repos/rules': {
    'GET /rules/branches/{branch*}': 'get-rules-for-a-branch',
    'GET /rulesets': 'get-all-repository-rulesets',
    'GET /rulesets/{id}': 'get-a-repository-ruleset',
  },
  'users/users': {
    'GET /user': 'get-the-authenticated-user',
    'GET /users/{username}': 'get-a-user',
  },
};

const ADDRESSES = new Map(
  Object.entries(PAGES).flatMap(([page, operations]) =>
    Object.entries(operations).map(([operation, part]) => [operation, `https://docs.github.com/rest/${page}#${part}`]),
  ),
);

/** The address of an operation's documentation (`POST /git/refs`, paths below the repository where there is one). */
export function documentationOf(operation: string): string {
  const address = ADDRESSES.get(operation);
  if (address === undefined) throw new Error(`No page of GitHub's documentation is known for ${operation}`);
  return address;
}
