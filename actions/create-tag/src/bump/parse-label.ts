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

/** The step that a label asks for (`semver:minor`, `release/major`, `patch`, `breaking-change`, `no-release`, `release:none`), or undefined. */
export function bumpOfLabel(label: string): LabelBump | undefined {
  const name = label.trim().toLowerCase();
  if (SKIP.has(name)) return { bump: 'none', kind: 'skip' };
  const word = WORDS.get(name);
  if (word !== undefined) return { bump: word, kind: 'named' };
  const [, prefix, step] = STEP.exec(name) ?? [];
  if (step === undefined) return undefined;
  if (prefix === undefined) return { bump: step as Bump, kind: 'bare' };
  return { bump: step as Bump, kind: step === 'none' ? 'skip' : 'named' };
}
