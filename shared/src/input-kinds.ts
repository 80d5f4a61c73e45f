import { type Input, NotAllowed } from './inputs.ts';

type TextOptions = { default?: string; required?: boolean; pattern?: RegExp; allowed?: string };

function input<T>(
  parse: (text: string) => T,
  options: { default?: string | undefined; required?: boolean | undefined; secret?: boolean },
): Input<T> {
  return {
    parse,
    default: options.default,
    required: options.required ?? false,
    secret: options.secret ?? false,
  };
}

/** Text; `''` when not given. `pattern` must match a given value, `allowed` says it in words. */
export function text(options: TextOptions = {}): Input<string> {
  return input((value) => {
    if (value !== '' && options.pattern !== undefined && !options.pattern.test(value)) {
      throw new NotAllowed(options.allowed ?? `text that matches ${options.pattern}`);
    }
    return value;
  }, options);
}

/** A token, password or key: masked, and never shown in an error. */
export function secret(options: { default?: string; required?: boolean } = {}): Input<string> {
  return input((value) => value, { ...options, secret: true });
}

/** `true` or `false` and nothing else. */
export function boolean(options: { default: boolean }): Input<boolean> {
  return input(
    (value) => {
      if (value !== 'true' && value !== 'false') throw new NotAllowed('true or false');
      return value === 'true';
    },
    { default: String(options.default) },
  );
}

/** One of a few words. */
export function oneOf<const Word extends string>(words: readonly Word[], options: { default: Word }): Input<Word> {
  return input((value) => {
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) throw new NotAllowed(words.join(', '));
    return word;
  }, options);
}

/** A whole number within bounds; undefined when not given and without a default. */
export function integer<D extends number | undefined = undefined>(options: {
  default?: D;
  min: number;
  max: number;
  unit?: string;
}): Input<number | D> {
  const unit = options.unit === undefined ? '' : ` ${options.unit}`;
  return input<number | D>(
    (value) => {
      if (value === '') return undefined as D;
      const number = Number(value);
      if (!/^\d+$/.test(value) || number < options.min || number > options.max) {
        throw new NotAllowed(`a whole number from ${options.min} to ${options.max}${unit}`);
      }
      return number;
    },
    { default: options.default === undefined ? undefined : String(options.default) },
  );
}

/** One value a line; empty lines and lines that start with `#` do not count. */
export function lines(options: { default?: string; required?: boolean } = {}): Input<readonly string[]> {
  return input((value) => splitLines(value), options);
}

/** One value a line, each parsed by `parseLine`, which throws NotAllowed; every wrong line is told. With `none` that word alone stands for no line, because an empty input is one that was not given. */
export function linesOf<T>(
  parseLine: (line: string) => T,
  options: { default?: string; required?: boolean; none?: boolean } = {},
): Input<readonly T[]> {
  return input((value) => {
    if (options.none === true && value === 'none') return [];
    const wrong: { given: string; allowed: string }[] = [];
    const values = splitLines(value).flatMap((line) => {
      try {
        return [parseLine(line)];
      } catch (error) {
        if (!(error instanceof NotAllowed)) throw error;
        wrong.push({ given: line, allowed: error.message });
        return [];
      }
    });
    if (wrong[0] !== undefined) throw new NotAllowed(wrong[0].allowed, wrong);
    return values;
  }, options);
}

/** Text parsed by `parse`, which throws NotAllowed; `parse` also sees `''` when the input was not given. */
export function parsed<T>(
  parse: (text: string) => T,
  options: { default?: string; required?: boolean } = {},
): Input<T> {
  return input(parse, options);
}

/** `owner/name` of a repository; `''` when not given. */
export function repository(options: { default?: string; required?: boolean } = {}): Input<string> {
  return text({
    ...options,
    // Managed users have an underscore in their names.
    pattern: /^[\w-]+\/[\w.-]+$/,
    allowed: 'a repository as owner/name',
  });
}

/** An absolute http or https URL without its trailing slash; `''` when not given. */
export function url(options: { default?: string; required?: boolean } = {}): Input<string> {
  return input((value) => {
    if (value === '') return '';
    if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
      throw new NotAllowed('an http or https URL');
    }
    return value.replace(/\/+$/, '');
  }, options);
}

/** Seconds, or a duration such as `90s`, `10m`, `1h30m`, `2d`; the value is in seconds. */
export function durationSeconds(options: { default?: string } = {}): Input<number | undefined> {
  return input((value) => (value === '' ? undefined : parseDurationSeconds(value)), options);
}

/** Parses a duration (`90`, `90s`, `10m`, `1h30m`, `2d`) to seconds. Throws NotAllowed. */
export function parseDurationSeconds(value: string): number {
  if (/^\d+$/.test(value)) return Number(value);
  const match = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(value);
  if (match === null || value === '') throw new NotAllowed('seconds, or a duration such as 90s, 10m, 1h30m');
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
}

/** The inputs that every action has. */
export const commonInputs = {
  summary: oneOf(['always', 'on-failure', 'never'], { default: 'always' }),
  'dry-run': boolean({ default: false }),
};

function splitLines(value: string): string[] {
  return value
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
