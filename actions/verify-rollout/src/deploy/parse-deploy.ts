import type { DeployMarker } from '#shared/marker/deploy-marker.ts';

/** What a pull request must show before its marker is believed. */
export interface PullFacts {
  readonly authorLogin: string;
  readonly authorId: number | undefined;
  /** `owner/name`, undefined where the fork is gone. */
  readonly headRepository: string | undefined;
  readonly baseRepository: string;
  readonly isMerged: boolean;
}

/** Why a marker is not believed, or undefined when it is. `author` is the configured login or numeric id. */
export function doubtAbout(pull: PullFacts, author: string): string | undefined {
  if (!pull.isMerged) return 'the pull request is not merged';
  if (author === '') return 'deploy-author is not set, so nobody is trusted';
  const isAuthor = String(pull.authorId) === author || pull.authorLogin.toLowerCase() === author.toLowerCase();
  if (!isAuthor) return `its author is ${pull.authorLogin}, not ${author}`;
  if (pull.headRepository !== pull.baseRepository) return `its head is in ${pull.headRepository ?? 'a deleted fork'}`;
  return undefined;
}

/** Whether an input's JSON is a marker; it comes from the workflow's author, so only its form is checked. */
export function parseDeployInput(
  text: string,
  parse: (body: string) => DeployMarker | undefined,
): DeployMarker | undefined {
  return parse(`<!-- trunkline:deploy v1 ${JSON.stringify(JSON.parse(text))} -->`);
}
