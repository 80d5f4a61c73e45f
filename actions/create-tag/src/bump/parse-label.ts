import type { Bump } from './bump.ts';

const STEP = /^((?:semver|release|version|bump)[-:/ _]+)?(major|minor|patch|none)$/;
const WORDS: ReadonlyMap<string, Bump> = new Map([
  ['breaking', 'major'],
  ['breaking change', 'major'],
  ['breaking-change', 'major'],
]);
const SKIP: ReadonlySet<string> = new Set(['no-release', 'skip-release']);

/** What a label asks for. */
export interface LabelBump {
  readonly bump: Bump;
  /** `skip` comes before all other labels; a `bare` step such as `minor` is also what bots call their labels. */
  readonly kind: 'skip' | 'bare' | 'named';
}

/** The step that a label asks for (`semver:minor`, `release/major`, `patch`, `breaking-change`, `no-release`), or undefined. */
export function bumpOfLabel(label: string): LabelBump | undefined {
  const name = label.trim().toLowerCase();
  if (SKIP.has(name)) return { bump: 'none', kind: 'skip' };
  const word = WORDS.get(name);
  if (word !== undefined) return { bump: word, kind: 'named' };
  const step = STEP.exec(name);
  return step === null ? undefined : { bump: step[2] as Bump, kind: step[1] === undefined ? 'bare' : 'named' };
}
