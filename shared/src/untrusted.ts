/**
 * Escapes text that somebody else wrote (titles, branch names, logs, registry answers) for the place where it is shown.
 * Every action calls these before such text reaches a log line, Markdown or an HTML comment.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI sequences start with ESC.
const ANSI = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
const MAX_LINE = 2000;
// A zero-width space: GitHub looks for mentions, references and URLs after entities were decoded, so an entity alone is not enough.
const BREAK = '&#8203;';

/** One log line: no ANSI or control characters, no line breaks, and no workflow command (`::set-output`, `##[group]`). */
export function forLog(text: string): string {
  return neutralizeCommands(shorten(stripControls(text).replace(/[\r\n]+/g, ' ⏎ '), MAX_LINE));
}

/** Several log lines, each made safe by itself; keeps the line breaks. */
export function forLogLines(text: string): string {
  return stripControls(text)
    .split(/\r\n|\r|\n/)
    .map((line) => neutralizeCommands(shorten(line, MAX_LINE)))
    .join('\n');
}

/**
 * Inline Markdown: nothing formats, links, mentions (`@name`), refers (`#1`, `owner/repo#1`, commit or issue URLs),
 * closes an issue ("fixes #1") or opens an HTML tag or comment. Line breaks become spaces.
 * Source: GitHub Flavored Markdown specification, and "Autolinked references" of GitHub's documentation.
 */
export function forMarkdown(text: string): string {
  return stripControls(text)
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[&<>\\`*_{}[\]()+!|~$#@]/g, escapeCharacter)
    .replace(/:\/\//g, `:${BREAK}//`)
    .replace(/\bwww\./gi, (match) => `${match.slice(0, 3)}${BREAK}.`)
    .replace(/\bGH-(?=\d)/gi, (match) => `${match.slice(0, 2)}${BREAK}-`)
    .replace(/\bgithub\.com\b/gi, (match) => `${match.slice(0, 6)}${BREAK}.com`)
    .replace(/^(\d+)\. /, '$1&#46; ')
    .replace(/^([-=]+)(?= |$)/, '\\$1');
}

function escapeCharacter(character: string): string {
  if (character === '@') return `@${BREAK}`;
  const entity = `&#${character.charCodeAt(0)};`;
  return character === '#' ? `${entity}${BREAK}` : entity;
}

/** An inline code span that no backtick inside can end; mentions and references inside code do nothing on GitHub. */
export function forCode(text: string): string {
  const line = stripControls(text).replace(/\s+/g, ' ').trim();
  if (line === '') return '` `';
  const fence = '`'.repeat(longestRun(line, '`') + 1);
  const padding = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${padding}${line.replaceAll('|', '\\|')}${padding}${fence}`;
}

/** A fenced code block that nothing inside can end. */
export function forCodeBlock(text: string, language = ''): string {
  const body = stripControls(text).replace(/\r\n?/g, '\n').replace(/\n+$/, '');
  const fence = '`'.repeat(Math.max(3, longestRun(body, '`') + 1));
  return `${fence}${language}\n${body}\n${fence}`;
}

/** JSON for an HTML comment: `--`, `<` and `>` are written as JSON escapes, so the value survives `JSON.parse` and cannot end the comment. */
export function forHtmlComment(value: unknown): string {
  return JSON.stringify(value)
    .replace(/[<>]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)
    .replace(/--/g, '\\u002d\\u002d');
}

// A caller may have cut through an emoji, and GitHub takes no half of a character.
function stripControls(text: string): string {
  return text.replace(ANSI, '').replace(CONTROL, '').toWellFormed();
}

function shorten(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}… (${text.length - max} more characters)`;
}

// The runner reads `::command::` at the start of a trimmed line and `##[command]` anywhere in it.
function neutralizeCommands(line: string): string {
  return line.replace(/^(\s*):(?=:)/, '$1\u200b:').replaceAll('##[', '#\u200b#[');
}

function longestRun(text: string, character: string): number {
  let longest = 0;
  let run = 0;
  for (const current of text) {
    run = current === character ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}
