import { NotAllowed } from '#shared/inputs.ts';

/**
 * Reads what a tag has before its version, `none` for nothing. Throws NotAllowed for what no ref may begin with
 * (git-check-ref-format(1)), and for what would run into the version: app1 + 2.0.0 is the tag that the prefix app reads as 12.0.0.
 */
export function parsePrefix(value: string): string {
  const bad = /[\s\p{Cc}~^:?*[\\]|\.\.|@\{|\/\/|^[-/]|(?:^|\/)\.|\.lock\/|^refs\//u;
  if (bad.test(value) || value.length > 100) {
    throw new NotAllowed(
      'the beginning of a tag name such as v or thoughts-backend/v, without spaces and ~^:?*[\\, or none',
    );
  }
  if (/\d\.?$/.test(value)) {
    throw new NotAllowed(
      `a prefix that does not end in a digit, because ${value}2.0.0 can be read as a version of a shorter prefix`,
    );
  }
  return value === 'none' ? '' : value;
}
