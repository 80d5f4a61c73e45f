/** A `WWW-Authenticate` challenge. RFC 9110 section 11.6.1; https://distribution.github.io/distribution/spec/auth/token/ */
export interface Challenge {
  readonly scheme: 'bearer' | 'basic';
  readonly parameters: Readonly<Record<string, string>>;
}

/** The first Bearer or Basic challenge of the header; undefined when there is none. */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  const start = /(?:^|,)\s*(bearer|basic)(?=\s|$)/i.exec(header ?? '');
  if (header === undefined || start?.[1] === undefined) return undefined;
  const parameters: Record<string, string> = {};
  const rest = header.slice(start.index + start[0].length);
  for (const [, name = '', quoted, bare] of rest.matchAll(/([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g)) {
    parameters[name.toLowerCase()] ??= quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '';
  }
  return { scheme: start[1].toLowerCase() === 'basic' ? 'basic' : 'bearer', parameters };
}
