import { NotAllowed } from '#shared/inputs.ts';

/** Reads what a tag has before its version, `none` for nothing. Throws NotAllowed for what no ref may begin with (git-check-ref-format(1)). */
export function parsePrefix(value: string): string {
  const bad = /[\s~^:?*[\\\u007f]|\.\.|@\{|\/\/|^[-/]|(?:^|\/)\.|\.lock\/|^refs\//;
  if (bad.test(value) || value.length > 100) {
    throw new NotAllowed(
      'the beginning of a tag name such as v or thoughts-backend/v, without spaces and ~^:?*[\\, or none',
    );
  }
  return value === 'none' ? '' : value;
}
