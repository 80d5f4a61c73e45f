import type { MergeMethod, OpenPull } from './parse-open-pull.ts';

/** One way in which a pull request may come to its base, with the message that GitHub writes then; a rebase writes none. */
export interface MergeWay {
  readonly method: MergeMethod;
  readonly message: string | undefined;
}

/**
 * Every way in which the pull request may be merged, with the message as GitHub composes it from the settings of the
 * repository; a setting that the event does not tell may have any of its values. `own` are the messages of its commits
 * without merges, oldest first.
 * https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges
 */
export function planMergeWays(pull: OpenPull, own: readonly string[]): MergeWay[] {
  const messages = { merge: mergeMessages, squash: squashMessages, rebase: () => [undefined] };
  return pull.methods.flatMap((method) => {
    const written = method !== 'rebase' && pull.autoMessage !== undefined ? [pull.autoMessage] : undefined;
    return [...new Set(written ?? messages[method](pull, own))].map((message) => ({ method, message }));
  });
}

function mergeMessages(pull: OpenPull): string[] {
  const { number, title, body, from } = pull;
  const titles = { PR_TITLE: `${title} (#${number})`, MERGE_MESSAGE: `Merge pull request #${number} from ${from}` };
  const bodies = { PR_TITLE: title, PR_BODY: body, BLANK: '' };
  return valuesOf(titles, pull.setting('merge_commit_title')).flatMap((head) =>
    valuesOf(bodies, pull.setting('merge_commit_message')).map((rest) => joined(head, rest)),
  );
}

function squashMessages(pull: OpenPull, own: readonly string[]): string[] {
  const { number, title, body } = pull;
  const [subject = '', ...rest] = own.length === 1 ? (own[0] ?? '').split('\n') : [];
  const only = subject === '' ? undefined : { title: subject, body: rest.join('\n').trim() };
  const list = own.map((message) => `* ${message.trim()}`).join('\n\n');
  const titles = { PR_TITLE: undefined, COMMIT_OR_PR_TITLE: only };
  return valuesOf(titles, pull.setting('squash_merge_commit_title')).flatMap((commit) => {
    const bodies = { PR_BODY: body, COMMIT_MESSAGES: commit?.body ?? list, BLANK: '' };
    const texts = valuesOf(bodies, pull.setting('squash_merge_commit_message'));
    return texts.map((text) => joined(`${commit?.title ?? title} (#${number})`, text));
  });
}

function valuesOf<T>(byName: Readonly<Record<string, T>>, name: string): T[] {
  const known = Object.entries(byName).filter(([key]) => key === name);
  return (known.length > 0 ? known : Object.entries(byName)).map(([, value]) => value);
}

function joined(head: string, body: string): string {
  return body === '' ? head : `${head}\n\n${body}`;
}
