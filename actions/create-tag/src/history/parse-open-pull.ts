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
  /** What the repository writes into its commits, such as `squash_merge_commit_title`; undefined where the event does not say. */
  readonly setting: (name: string) => string | undefined;
  /** The message that auto-merge has been given. */
  readonly autoMessage: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const METHODS: readonly MergeMethod[] = ['merge', 'squash', 'rebase'];
const ALLOWED = { merge: 'allow_merge_commit', squash: 'allow_squash_merge', rebase: 'allow_rebase_merge' };

/** The open pull request of an event; undefined where there is none. https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request */
export function parseOpenPull(event: Fields): OpenPull | undefined {
  const pull = recordAt(event, 'pull_request');
  const [base, head] = [recordAt(pull, 'base'), recordAt(pull, 'head')];
  const [number, title, baseSha] = [pull['number'], textAt(pull, 'title'), textAt(base, 'sha')];
  if (typeof number !== 'number' || title === undefined || baseSha === undefined || pull['merged'] === true) {
    return undefined;
  }
  const repository = recordAt(base, 'repo');
  const labels = Array.isArray(pull['labels']) ? pull['labels'].map((label) => textAt(label, 'name')) : [];
  return {
    number,
    title: title.split('\n', 1)[0] ?? '',
    body: textAt(pull, 'body') ?? '',
    author: textAt(recordAt(pull, 'user'), 'login') ?? '',
    labels: labels.filter((label) => label !== undefined),
    baseSha,
    headSha: textAt(head, 'sha') ?? '',
    from: (textAt(head, 'label') ?? '').replace(':', '/'),
    ...mergesOf(recordAt(pull, 'auto_merge'), repository),
    setting: (name) => textAt(repository, name),
  };
}

// Once auto-merge is on, it says how; else every method that the repository allows is possible.
function mergesOf(auto: Fields, repository: Fields): Pick<OpenPull, 'methods' | 'autoMessage'> {
  const chosen = METHODS.filter((method) => method === auto['merge_method']);
  const allowed = METHODS.filter((method) => repository[ALLOWED[method]] !== false);
  const title = textAt(auto, 'commit_title') ?? '';
  return {
    methods: [chosen, allowed, METHODS].find((methods) => methods.length > 0) ?? METHODS,
    autoMessage: title === '' ? undefined : `${title}\n\n${textAt(auto, 'commit_message') ?? ''}`,
  };
}

function textAt(record: unknown, name: string): string | undefined {
  const value = isRecord(record) ? record[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

function recordAt(record: Fields, name: string): Fields {
  const value = record[name];
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
