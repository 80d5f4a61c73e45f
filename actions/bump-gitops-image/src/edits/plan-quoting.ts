// YAML 1.1 (https://yaml.org/type/) and YAML 1.2 core, as go-yaml, PyYAML and SnakeYAML read them.
const TYPED: readonly RegExp[] = [
  /^$|^(?:~|null|Null|NULL|=|<<)$/,
  /^(?:y|n|yes|no|on|off|true|false)$/i,
  /^[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-f_]+|[0-9][0-9_]*)$/i,
  /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/,
  /^[-+]?(?:\.[0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:e[-+]?[0-9]+)?$/i,
  /^[-+]?\.(?:inf|nan)$/i,
  // The npm package `yaml` takes an exponent alone for a float of YAML 1.1.
  /^[-+]?[._]*e[-+]?[0-9]+$/i,
  /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt\s].*)?$/,
];
const SYNTAX: readonly RegExp[] = [
  /^[-?:,[\]{}#&*!|>'"%@`]/,
  /:\s|\s#|:$|[\s,[\]{}]/,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: YAML allows no control character unquoted.
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/,
];

/** Whether a plain (unquoted) scalar is read as this very text by YAML 1.1 and 1.2 alike; `1.10`, `72225e2`, `2024-01-01` and `yes` are not. */
export function isPlainText(value: string): boolean {
  return isText(value) && !SYNTAX.some((pattern) => pattern.test(value));
}

function isText(plain: string): boolean {
  return !TYPED.some((pattern) => pattern.test(plain));
}

/**
 * Whether `value` may stand unquoted where `current` stands. Besides plain text that is a small number in place of another:
 * every parser and template prints `9` and `2.7` back as they are (not `2.10`), and a chart that took a number may not take text.
 */
export function staysPlain(current: string, value: string): boolean {
  return isPlainText(value) || (SMALL_NUMBER.test(current) && SMALL_NUMBER.test(value));
}

// From a million on Helm's templates print `1e+06`.
const SMALL_NUMBER = /^(?:0|[1-9]\d{0,5})(?:\.\d{0,5}[1-9])?$/;

/** What an unquoted scalar is to every reader of YAML; `other` where they differ, or for null. */
export function plainType(plain: string): 'text' | 'boolean' | 'number' | 'other' {
  if (isText(plain)) return 'text';
  if (/^(?:true|false)$/.test(plain)) return 'boolean';
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(plain) ? 'number' : 'other';
}

/** `value` between quotes of this kind; double quotes as JSON has them, so that JSON files stay JSON. */
export function quoted(value: string, quote: 'single' | 'double'): string {
  return quote === 'single' ? value.replaceAll("'", "''") : JSON.stringify(value).slice(1, -1);
}
