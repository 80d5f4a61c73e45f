import { pullOf } from './labels.ts';
import type { Comment } from './model.ts';
import { requiredText } from './parameters.ts';
import { obeyLag } from './pull-nodes.ts';
import { invalid, notFound } from './refusals.ts';
import { type Answer, page, type RepositoryCall, repositoryRoute } from './router.ts';
import { userAnswer } from './users.ts';

const NEEDS = 'issues=write; pull_requests=write';
const MAX_BODY = 65_536;

/** https://docs.github.com/en/rest/issues/comments */
export const commentRoutes = [
  repositoryRoute('GET /issues/{number}/comments', 'issues=read; pull_requests=read', (call) => {
    const { number } = pullOf(call);
    const found = call.repository.comments.filter(({ issue }) => issue === number);
    return page(
      call,
      found.map((comment) => commentAnswer(call, comment)),
    );
  }),
  repositoryRoute('POST /issues/{number}/comments', NEEDS, (call) => {
    const { world, repository, actor } = call;
    obeyLag(pullOf(call), 'IssueComment');
    const [now, user] = [world.timestamp(), world.actors.user(actor.login)];
    const record = { id: world.nextId(), issue: pullOf(call).number, user, createdAt: now, updatedAt: now };
    const comment: Comment = { ...record, body: bodyOf(call) };
    repository.comments.push(comment);
    return { status: 201, data: commentAnswer(call, comment) };
  }),
  repositoryRoute('GET /issues/comments/{id}', 'issues=read; pull_requests=read', (call) => ({
    status: 200,
    data: commentAnswer(call, commentOf(call)),
  })),
  repositoryRoute('PATCH /issues/comments/{id}', NEEDS, updateComment),
  repositoryRoute('DELETE /issues/comments/{id}', NEEDS, (call) => {
    const { comments } = call.repository;
    comments.splice(comments.indexOf(commentOf(call)), 1);
    return { status: 204 };
  }),
];

function updateComment(call: RepositoryCall): Answer {
  const comment = commentOf(call);
  comment.body = bodyOf(call);
  comment.updatedAt = call.world.timestamp();
  return { status: 200, data: commentAnswer(call, comment) };
}

function bodyOf({ body }: RepositoryCall): string {
  const text = requiredText(body, 'body');
  const refuse = (message: string) =>
    invalid({ resource: 'IssueComment', code: 'unprocessable', field: 'data', message });
  if (text.trim() === '') throw refuse('Body cannot be blank');
  if (text.length > MAX_BODY) throw refuse(`Body is too long (maximum is ${MAX_BODY} characters)`);
  return text;
}

function commentOf({ repository, params }: RepositoryCall): Comment {
  const found = repository.comments.find(({ id }) => id === Number(params['id']));
  if (found === undefined) throw notFound();
  return found;
}

function commentAnswer({ world, repository }: RepositoryCall, comment: Comment) {
  const api = `${world.urls.api}/repos/${repository.fullName}`;
  return {
    id: comment.id,
    node_id: `IC_${comment.id}`,
    url: `${api}/issues/comments/${comment.id}`,
    html_url: `${world.urls.server}/${repository.fullName}/pull/${comment.issue}#issuecomment-${comment.id}`,
    issue_url: `${api}/issues/${comment.issue}`,
    body: comment.body,
    user: userAnswer(world, comment.user),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: 'MEMBER',
  };
}
