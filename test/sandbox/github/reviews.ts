import type { User } from './actors.ts';
import { pullOf } from './labels.ts';
import type { PullRequest, Review } from './model.ts';
import { optionalText, optionalTexts } from './parameters.ts';
import { pullListed } from './pull-answer.ts';
import { obeyLag } from './pull-nodes.ts';
import { notFound, Refusal, unprocessable } from './refusals.ts';
import { type Answer, page, type RepositoryCall, repositoryRoute } from './router.ts';
import { teamAnswer, userAnswer } from './users.ts';

/** https://docs.github.com/en/rest/pulls/reviews and https://docs.github.com/en/rest/pulls/review-requests */
export const reviewRoutes = [
  repositoryRoute('GET /pulls/{number}/reviews', 'pull_requests=read', (call) => {
    const pull = pullOf(call);
    return page(
      call,
      pull.reviews.map((review) => reviewAnswer(call, pull, review)),
    );
  }),
  repositoryRoute('POST /pulls/{number}/reviews', 'pull_requests=write', createReview),
  repositoryRoute('PUT /pulls/{number}/reviews/{id}/dismissals', 'pull_requests=write', (call) => {
    const pull = pullOf(call);
    const review = pull.reviews.find(({ id }) => id === Number(call.params['id']));
    if (review === undefined) throw notFound();
    review.state = 'DISMISSED';
    return { status: 200, data: reviewAnswer(call, pull, review) };
  }),
  repositoryRoute('GET /pulls/{number}/requested_reviewers', 'pull_requests=read', (call) => {
    const { requestedReviewers, requestedTeams } = pullOf(call);
    const users = requestedReviewers.map((user) => userAnswer(call.world, user));
    return {
      status: 200,
      data: {
        users,
        teams: requestedTeams.map((slug) => ({ ...teamAnswer(call.world, call.repository.owner, slug), parent: null })),
      },
    };
  }),
  repositoryRoute('POST /pulls/{number}/requested_reviewers', 'pull_requests=write', requestReviewers),
  repositoryRoute('DELETE /pulls/{number}/requested_reviewers', 'pull_requests=write', (call) => {
    const pull = pullOf(call);
    const gone = new Set([...(optionalTexts(call.body, 'reviewers') ?? [])]);
    const goneTeams = new Set(optionalTexts(call.body, 'team_reviewers') ?? []);
    pull.requestedReviewers = pull.requestedReviewers.filter(({ login }) => !gone.has(login));
    pull.requestedTeams = pull.requestedTeams.filter((slug) => !goneTeams.has(slug));
    return { status: 200, data: pullListed(call, pull) };
  }),
];

const STATE_OF_EVENT: Readonly<Record<string, Review['state']>> = {
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
  COMMENT: 'COMMENTED',
};

function createReview(call: RepositoryCall): Answer {
  const { world, repository, actor, body } = call;
  const pull = pullOf(call);
  const event = optionalText(body, 'event') ?? 'COMMENT';
  const state = STATE_OF_EVENT[event];
  const refuse = (text: string) => new Refusal(422, 'Unprocessable Entity', [text]);
  if (state === undefined) throw refuse(`Invalid event: ${event}`);
  const own = pull.author.login === actor.login;
  if (own && state === 'APPROVED') throw refuse('Review Can not approve your own pull request');
  if (own && state === 'CHANGES_REQUESTED') throw refuse('Review Can not request changes on your own pull request');
  if (actor.kind === 'GITHUB_TOKEN' && state === 'APPROVED' && !repository.settings.actionsMayCreatePullRequests) {
    throw refuse('GitHub Actions is not permitted to approve pull requests.');
  }
  const text = optionalText(body, 'body') ?? '';
  if (text === '' && state !== 'APPROVED') throw refuse('Body can not be blank');
  const review: Review = {
    id: world.nextId(),
    user: world.actors.user(actor.login),
    body: text,
    state,
    commitId: optionalText(body, 'commit_id') ?? pull.headSha,
    submittedAt: world.timestamp(),
  };
  pull.reviews.push(review);
  pull.requestedReviewers = pull.requestedReviewers.filter(({ login }) => login !== actor.login);
  pull.updatedAt = world.timestamp();
  return { status: 200, data: reviewAnswer(call, pull, review) };
}

/** All or nothing, as on GitHub: one name that cannot be asked refuses the whole request. */
function requestReviewers(call: RepositoryCall): Answer {
  const { world, repository, body } = call;
  const pull = pullOf(call);
  obeyLag(pull);
  const logins = optionalTexts(body, 'reviewers') ?? [];
  const teams = optionalTexts(body, 'team_reviewers') ?? [];
  if (logins.some((login) => login.toLowerCase() === pull.author.login.toLowerCase())) {
    throw unprocessable('Review cannot be requested from pull request author.');
  }
  const strangers = [...logins, ...teams].filter((name) => repository.settings.notReviewers.includes(name));
  if (strangers.length > 0 || logins.some((login) => login.endsWith('[bot]'))) {
    throw unprocessable(
      `Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the ${repository.fullName} repository.`,
    );
  }
  const asked = new Map<string, User>(pull.requestedReviewers.map((user) => [user.login, user]));
  for (const login of logins) asked.set(login, world.actors.user(login));
  pull.requestedReviewers = [...asked.values()];
  pull.requestedTeams = [...new Set([...pull.requestedTeams, ...teams])];
  pull.updatedAt = world.timestamp();
  return { status: 201, data: pullListed(call, pull) };
}

function reviewAnswer({ world, repository }: RepositoryCall, pull: PullRequest, review: Review) {
  const html = `${world.urls.server}/${repository.fullName}/pull/${pull.number}`;
  return {
    id: review.id,
    node_id: `PRR_${review.id}`,
    user: userAnswer(world, review.user),
    body: review.body,
    state: review.state,
    html_url: `${html}#pullrequestreview-${review.id}`,
    pull_request_url: `${world.urls.api}/repos/${repository.fullName}/pulls/${pull.number}`,
    submitted_at: review.submittedAt,
    commit_id: review.commitId,
    author_association: 'MEMBER',
    _links: { html: { href: html }, pull_request: { href: html } },
  };
}
