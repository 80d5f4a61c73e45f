/** One entry of `errors` in GitHub's 422 answers; https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api */
export interface FieldError {
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

/** 403 for a right that the token lacks; personal tokens are told so in other words. */
export function notAccessible(kind: string): Refusal {
  const by = kind === 'pat' ? 'personal access token' : 'integration';
  return new Refusal(403, `Resource not accessible by ${by}`);
}
