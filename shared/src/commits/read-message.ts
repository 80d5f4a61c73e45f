/** Bots that quote the release notes of others in the bodies of their commits; in lower case. */
export const quotingBots: readonly string[] = ['dependabot[bot]', 'renovate[bot]'];

/** The message as far as it is read: the first line only of authors (in lower case) whose bodies quote strangers. */
export function readMessage(
  { message, author = '' }: { readonly message: string; readonly author?: string },
  ignoreBodyAuthors: readonly string[] = quotingBots,
): string {
  return ignoreBodyAuthors.includes(author.toLowerCase()) ? (message.trim().split('\n', 1)[0] ?? '') : message;
}
