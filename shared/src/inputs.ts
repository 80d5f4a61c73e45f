import { sharedUserError, type UserError } from './errors.ts';
import { nearestName } from './nearest.ts';

/** Thrown by an input's `parse`: what is allowed, in words that follow "allowed:". */
export class NotAllowed extends Error {
  /** The lines of the input that are wrong, each with what is allowed there; empty when the whole value is. */
  readonly lines: readonly { readonly given: string; readonly allowed: string }[];

  constructor(allowed: string, lines: NotAllowed['lines'] = []) {
    super(allowed);
    this.lines = lines;
  }
}

/** One input: how its text becomes a value, and how `action.yml` must declare it. */
export interface Input<T> {
  /** The default as `action.yml` has it; undefined where the input has none. */
  readonly default: string | undefined;
  readonly required: boolean;
  /** Never logged nor echoed in an error, and masked. */
  readonly secret: boolean;
  /** Called with trimmed text, `''` when the input is absent and has no default. Throws NotAllowed. */
  readonly parse: (text: string) => T;
}

/** The inputs of an action by the names of its `action.yml`. */
export type InputSpec = Readonly<Record<string, Input<unknown>>>;

type CamelCase<S extends string> = S extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S;

/** The typed record that an input spec yields; names in camelCase. */
export type InputsOf<Spec extends InputSpec> = {
  readonly [Name in keyof Spec & string as CamelCase<Name>]: Spec[Name] extends Input<infer T> ? T : never;
};

/**
 * Reads every input of `spec` from the variables the runner sets (`INPUT_<NAME>`).
 * Throws one UserError `bad-input` that lists every missing, malformed and unknown input.
 */
export function readInputs<Spec extends InputSpec>(
  spec: Spec,
  environment: Readonly<Record<string, string | undefined>>,
): InputsOf<Spec> {
  const problems = unknownInputs(spec, environment);
  const record: Record<string, unknown> = {};
  for (const [name, input] of Object.entries(spec)) {
    const given = environment[variableOf(name)]?.trim() ?? '';
    if (given === '' && input.required) {
      problems.push(`${name}: missing; it is required`);
      continue;
    }
    try {
      record[camelCase(name)] = input.parse(given === '' ? literalDefault(input) : given);
    } catch (error) {
      if (!(error instanceof NotAllowed)) throw error;
      const wrong = error.lines.length > 0 ? error.lines : [{ given, allowed: error.message }];
      for (const { given: text, allowed } of wrong) {
        problems.push(`${name}: ${input.secret ? 'the value' : quote(text)} is not allowed; allowed: ${allowed}`);
      }
    }
  }
  if (problems.length > 0) throw badInput(problems);
  return record as InputsOf<Spec>;
}

/** The one error for bad inputs; also for problems that show only when inputs are seen together. */
export function badInput(problems: readonly string[]): UserError {
  const title =
    problems.length === 1
      ? 'There is a problem with an input:'
      : `There are ${problems.length} problems with the inputs:`;
  return sharedUserError('bad-input', [title, ...problems.map((problem) => `- ${problem}`)].join('\n'), {
    remedy: 'Correct the inputs under `with:` of this step.',
  });
}

/** The values of the secret inputs, to be masked before anything is logged. */
export function secretValues(spec: InputSpec, environment: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(spec)
    .filter(([, input]) => input.secret)
    .map(([name]) => environment[variableOf(name)] ?? '')
    .filter((value) => value !== '');
}

/** `tag-object-sha` for `tagObjectSha`. */
export function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function camelCase(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

// As @actions/core reads them: spaces become underscores, hyphens stay.
function variableOf(name: string): string {
  return `INPUT_${name.replace(/ /g, '_').toUpperCase()}`;
}

// An expression such as ${{ github.token }} is resolved by the runner; outside of one it stands for "not given".
function literalDefault(input: Input<unknown>): string {
  return input.default === undefined || input.default.includes('${{') ? '' : input.default;
}

function unknownInputs(spec: InputSpec, environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Map(Object.keys(spec).map((name) => [variableOf(name), name]));
  return Object.keys(environment)
    .filter((variable) => variable.startsWith('INPUT_') && variable !== 'INPUT_' && !known.has(variable))
    .map((variable) => variable.slice('INPUT_'.length).toLowerCase())
    .map((name) => {
      const nearest = nearestName(name, known.values());
      return `${quote(name)}: unknown input${nearest === undefined ? '' : `; did you mean ${quote(nearest)}?`}`;
    });
}

function quote(text: string): string {
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return JSON.stringify(shown);
}
