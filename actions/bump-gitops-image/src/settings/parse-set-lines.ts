import { NotAllowed } from '#shared/inputs.ts';
import { parseKeyPath } from '#shared/manifest/key-path.ts';
import { isInside } from '../repository/plan-files.ts';

/** One scalar that is to have another value. */
export interface Setting {
  /** What stands before the value, as written: `configmap/flags#BETA`. */
  readonly target: string;
  /** The file that is named; undefined when an object is. */
  readonly file: string | undefined;
  /** The object that is named, its kind in lower case; undefined when a file is. */
  readonly object: { readonly kind: string; readonly name: string } | undefined;
  /** What stands after the `#`, as written; in a ConfigMap that is the key. */
  readonly key: string;
  /** The same, read as a key path. */
  readonly keys: readonly (string | number)[];
  readonly value: string;
}

const ALLOWED =
  'lines `file#path=value` (`apps/api/values.yaml#features.beta=true`) or `kind/name#KEY=value` (a key of a ConfigMap, an environment variable of a workload, or a path below any object)';
const QUOTED = String.raw`\["(?:[^"\\]|\\.)*"\]`;
const LINE = new RegExp(String.raw`^([^#]+)#((?:${QUOTED}|[^=\["]|\[\d+\])+)=(.*)$`, 's');

/** Parses one line of `set`. Throws NotAllowed. */
export function parseSetLine(line: string): Setting {
  const [, where = '', key = '', value = ''] = (LINE.exec(line) ?? []).map((part) => part.trim());
  const keys = parseKeyPath(key);
  if (where === '' || keys === undefined) throw new NotAllowed(ALLOWED);
  if (/[\p{Cc}\p{Zl}\p{Zp}\ufeff]/u.test(value)) throw new NotAllowed('a value without control characters');
  const parsed = { target: `${where}#${key}`, key, keys, value };
  const [, kind, name] = /^([A-Za-z]+)\/([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)$/.exec(where) ?? [];
  if (kind !== undefined && name !== undefined && !/\.(?:ya?ml|json)$/.test(name)) {
    if (kind.toLowerCase() === 'secret') throw new NotAllowed('anything but a Secret, whose values belong into no log');
    return { ...parsed, file: undefined, object: { kind: kind.toLowerCase(), name } };
  }
  const file = where.replace(/^\.\//, '');
  if (!isInside(file) || /[*?[\]{}()!]/.test(file)) {
    throw new NotAllowed('one file inside of the repository, relative to its root, without wildcards');
  }
  return { ...parsed, file, object: undefined };
}
