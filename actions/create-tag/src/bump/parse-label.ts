import type { Bump } from './bump.ts';

const STEP = /^(?:(?:semver|release|version|bump)[-:/ _]+)?(major|minor|patch|none)$/;
const WORDS: Readonly<Record<string, Bump>> = {
  breaking: 'major',
  'breaking change': 'major',
  'breaking-change': 'major',
  'no-release': 'none',
  'skip-release': 'none',
};

/** The step that a label asks for (`semver:minor`, `release/major`, `patch`, `breaking-change`, `no-release`), or undefined. */
export function bumpOfLabel(label: string): Bump | undefined {
  const name = label.trim().toLowerCase();
  return WORDS[name] ?? (STEP.exec(name)?.[1] as Bump | undefined);
}
