import type { Actor } from './actors.ts';

/** One entry of `errors` in GitHub's 422 answers; https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api */
export interface FieldError {
  /** The states that keep a deployment from being made. */
  readonly contexts?: readonly { readonly context: string; readonly state: string }[];
  readonly resource: string;
  readonly field?: string;
  readonly code: 'missing' | 'missing_field' | 'invalid' | 'already_exists' | 'unprocessable' | 'custom';
  readonly message?: string;
}

/** A request that GitHub refuses, with GitHub's status and words. */
export class Refusal extends Error {
  readonly status: number;
  readonly errors: readonly (FieldError | string)[] | undefined;

  constructor(status: number, message: string, errors?: readonly (FieldError | string)[]) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.errors = errors;
  }
}

/** 404 for what does not exist or may not be seen. */
export function notFound(): Refusal {
  return new Refusal(404, 'Not Found');
}

/** 422 without a list of fields. */
export function unprocessable(message: string): Refusal {
  return new Refusal(422, message);
}

/** 422 "Validation Failed" with its fields. */
export function invalid(...errors: readonly (FieldError | string)[]): Refusal {
  return new Refusal(422, 'Validation Failed', errors);
}

/**
 * What a token is told that lacks a right. Fine-grained tokens and Apps read 403; for a classic token whose scopes do
 * not suffice the resource does not exist; nobody in particular has to authenticate first.
 */
export function notAccessible({ kind }: Pick<Actor, 'kind'>): Refusal {
  if (kind === 'anonymous') return new Refusal(401, 'Requires authentication');
  if (kind === 'classic') return notFound();
  return new Refusal(403, notAccessibleText(kind));
}

/** The same in GraphQL's words, where classic tokens are refused as the others are. */
export function notAccessibleText(kind: Actor['kind']): string {
  const by = kind === 'pat' || kind === 'classic' ? 'personal access token' : 'integration';
  return `Resource not accessible by ${by}`;
}
