import { NotAllowed } from '#shared/inputs.ts';
import { parsePrefix } from '../version/parse-prefix.ts';
import { parsePath } from './parse-path.ts';

/** One service of a monorepo: the prefix of its tags, and the folders whose commits count. */
export interface Component {
  readonly prefix: string;
  readonly paths: readonly string[];
}

/** Reads one line of the input `components`: `backend/v=services/backend, libraries`; the prefix `none` is none. Throws NotAllowed. */
export function parseComponent(line: string): Component {
  const equals = line.indexOf('=');
  const prefix = equals < 0 ? '' : line.slice(0, equals).trim();
  const paths = line.slice(equals + 1).split(',');
  if (prefix === '')
    throw new NotAllowed(
      'lines such as "backend/v=services/backend, libraries/shared", or "none=..." for tags without a prefix',
    );
  return { prefix: parsePrefix(prefix), paths: paths.map((path) => parsePath(path.trim())) };
}
