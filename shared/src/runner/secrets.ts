/** Every form in which a secret may show up in a log: itself, each of its lines, and base64 of it (also as a Basic credential). */
export function maskedForms(secret: string): string[] {
  const forms = new Set<string>();
  for (const part of [secret, ...secret.split(/\r?\n/)]) {
    const trimmed = part.trim();
    // A mask of a few characters would blank out ordinary words of the log.
    if (trimmed.length < 4) continue;
    forms.add(trimmed);
    forms.add(base64(trimmed));
  }
  if (secret.trim().length >= 4) forms.add(base64(`x-access-token:${secret.trim()}`));
  return [...forms];
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
