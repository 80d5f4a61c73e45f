const EXPRESSION = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}|\{#[\s\S]*?#\}/g;

/** Stands for a character of a template expression: of the private use area, so that no name, tag or digest can hold it. */
export const MASK = '\ue000';

const BLANK = new RegExp(`(?<=^\\ufeff?)[ \\t]*${MASK}[${MASK} \\t]*(?=\\r?$)`, 'gm');

/**
 * The text of a template (Helm, Jinja) with every expression masked by as many characters, so that what is left can be read as YAML
 * and every offset stays true; undefined where there is no expression. Lines that hold nothing else become blank.
 */
export function maskTemplate(text: string): string | undefined {
  const masked = text.replace(EXPRESSION, (expression) => expression.replace(/[^\r\n]/g, MASK));
  if (masked === text) return undefined;
  return masked.replace(BLANK, (line) => ' '.repeat(line.length));
}
