/** Whether a login and GraphQL's name for it are the same account; bots have `[bot]` behind their name in REST only. */
export function isSameLogin(a: string, b: string): boolean {
  const plain = (login: string) => login.toLowerCase().replace(/\[bot\]$/, '');
  return a !== '' && plain(a) === plain(b);
}
