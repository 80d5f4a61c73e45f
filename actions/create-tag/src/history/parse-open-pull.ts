import { eventText, eventValue } from '#shared/runner/event.ts';
import type { MergedPull } from '../bump/bump.ts';

/** How GitHub merges. */
export type MergeMethod = 'merge' | 'squash' | 'rebase';

/** An open pull request as the event tells it, with how its repository merges; its texts are untrusted. */
export interface OpenPull extends MergedPull {
  readonly body: string;
  readonly author: string;
  readonly baseSha: string;
  readonly headSha: string;
  /** Owner and branch of the head, as a merge commit names it. */
  readonly from: string;
  readonly methods: readonly MergeMethod[];
  /** What the repository writes into its commits, such as `squash_merge_commit_title`; `''` where the event does not say. */
  readonly setting: (name: string) => string;
  /** The message that auto-merge has been given. */
  readonly autoMessage: string | undefined;
}

const METHODS: readonly MergeMethod[] = ['merge', 'squash', 'rebase'];
const ALLOWED = { merge: 'allow_merge_commit', squash: 'allow_squash_merge', rebase: 'allow_rebase_merge' };

/** The open pull request of an event; undefined where there is none. https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request */
export function parseOpenPull(event: unknown): OpenPull | undefined {
  const pull = eventValue(event, 'pull_request');
  const [number, title, baseSha] = [
    eventValue(pull, 'number'),
    eventText(pull, 'title'),
    eventText(pull, 'base', 'sha'),
  ];
  if (typeof number !== 'number' || title === '' || baseSha === '' || eventValue(pull, 'merged') === true) {
    return undefined;
  }
  const repository = eventValue(pull, 'base', 'repo');
  const labels = eventValue(pull, 'labels');
  return {
    number,
    title: title.split('\n', 1)[0] ?? '',
    body: eventText(pull, 'body'),
    author: eventText(pull, 'user', 'login'),
    labels: Array.isArray(labels) ? labels.map((label) => eventText(label, 'name')) : [],
    baseSha,
    headSha: eventText(pull, 'head', 'sha'),
    from: eventText(pull, 'head', 'label').replace(':', '/'),
    ...mergesOf(eventValue(pull, 'auto_merge'), repository),
    setting: (name) => eventText(repository, name),
  };
}

// Once auto-merge is on, it says how; else every method that the repository allows is possible.
function mergesOf(auto: unknown, repository: unknown): Pick<OpenPull, 'methods' | 'autoMessage'> {
  const chosen = METHODS.filter((method) => method === eventText(auto, 'merge_method'));
  const allowed = METHODS.filter((method) => eventValue(repository, ALLOWED[method]) !== false);
  const title = eventText(auto, 'commit_title');
  return {
    methods: [chosen, allowed, METHODS].find((methods) => methods.length > 0) ?? METHODS,
    autoMessage: title === '' ? undefined : `${title}\n\n${eventText(auto, 'commit_message')}`,
  };
}
