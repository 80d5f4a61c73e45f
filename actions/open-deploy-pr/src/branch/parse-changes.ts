import { NotAllowed } from '#shared/inputs.ts';

/** What bump-gitops-image says it changed; a hint where to look, the branch itself is what counts. */
export interface ChangeHint {
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  /** The tag before, `''` where there was none. */
  readonly oldTag: string;
  /** Whether this is a setting, not an image. */
  readonly isSetting: boolean;
}

/** Reads the output `changes` of bump-gitops-image; undefined when it was not given. Throws NotAllowed. */
export function parseChanges(text: string): readonly ChangeHint[] | undefined {
  if (text === '') return undefined;
  const list = parseJson(text);
  if (!Array.isArray(list)) throw new NotAllowed('the output `changes` of bump-gitops-image (a JSON list)');
  return list.map((entry: unknown) => {
    const fields = new Map<string, unknown>(Object.entries(typeof entry === 'object' && entry !== null ? entry : {}));
    const [file, line, oldTag, style] = ['file', 'line', 'oldTag', 'style'].map((name) => fields.get(name));
    if (typeof file !== 'string' || typeof line !== 'number') {
      throw new NotAllowed('the output `changes` of bump-gitops-image: each entry has a file and a line');
    }
    return { file, line, oldTag: typeof oldTag === 'string' ? oldTag : '', isSetting: style === 'setting' };
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
