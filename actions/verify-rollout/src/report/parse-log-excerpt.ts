const secrets: readonly RegExp[] = [
  /\bgh[pousr]_[A-Za-z0-9]{20,}\b/g,
  /\bgithub_pat_\w{20,}\b/g,
  /\bAKIA[0-9A-Z]{16}\b/g,
  /\bxox[abprs]-[A-Za-z0-9-]{10,}/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/g,
];
const named =
  /\b([\w-]*(?:password|passwd|secret|token|api[_-]?key|authorization)["']?\s*[:=]\s*["']?(?:bearer |basic )?)[^\s"',;]{3,}/gi;
const inUrl = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]+:)[^\s@/]+@/gi;

/** The last lines of a log without what looks like a secret; `known` are secrets that this run was given. */
export function parseLogExcerpt(text: string, options: { lines: number; known: readonly string[] }): string[] {
  const lines = text.replace(/\n+$/, '').split(/\r?\n/).slice(-options.lines);
  return lines.map((line) => maskSecrets(line, options.known)).filter((line, index) => line !== '' || index > 0);
}

/** A text without what looks like a secret, and without the `known` ones. */
export function maskSecrets(line: string, known: readonly string[]): string {
  let masked = line.replace(named, '$1***').replace(inUrl, '$1***@');
  for (const pattern of secrets) masked = masked.replace(pattern, '***');
  for (const secret of known.filter(({ length }) => length > 3)) masked = masked.replaceAll(secret, '***');
  return masked;
}
