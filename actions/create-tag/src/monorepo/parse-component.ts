import { NotAllowed } from '#shared/inputs.ts';
import { parsePrefix } from '../version/parse-prefix.ts';
import { parsePath } from './parse-path.ts';

/** One service of a monorepo: the prefix of its tags, and the folders whose commits count. */
export interface Component {
  readonly prefix: string;
  readonly paths: readonly string[];
}

/** Reads one line of the input `components`: `backend/v=services/backend, "My libraries"`; the prefix `none` is none. Throws NotAllowed. */
export function parseComponent(line: string): Component {
  const [, prefix = '', paths = ''] = /^([^=]*)=(.*)$/.exec(line) ?? [];
  if (prefix.trim() === '')
    throw new NotAllowed(
      'lines such as "backend/v=services/backend, libraries/shared", or "none=..." for tags without a prefix',
    );
  return { prefix: parsePrefix(prefix.trim()), paths: pathsIn(paths) };
}

// Parted by commas that stand outside of quotes.
function pathsIn(text: string): string[] {
  const parts = text.match(/(?:"[^"]*"|[^,])+/g) ?? [''];
  if (parts.some((part) => /[^\s"]\s+[^\s"]/.test(part.replace(/"[^"]*"/g, '')))) {
    throw new NotAllowed('paths with commas between them; one whose name has a blank or comma in double quotes');
  }
  return parts.map((part) => parsePath(part.trim()));
}
