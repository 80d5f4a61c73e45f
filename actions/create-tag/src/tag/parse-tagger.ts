import { NotAllowed } from '#shared/inputs.ts';

/** Who a tag is by. */
export interface Tagger {
  readonly name: string;
  readonly email: string;
}

/** Reads `Name <email>`. Throws NotAllowed. */
export function parseTagger(text: string): Tagger {
  const match = /^([^<>\n]*[^<>\n\s])\s*<([^<>\s]+@[^<>\s]+)>$/.exec(text);
  if (match === null) throw new NotAllowed('a name and an e-mail address, such as Mona <mona@example.com>');
  return { name: match[1] ?? '', email: match[2] ?? '' };
}
