/** How a delivery is told: to a person, or as JSON lines. */
export interface Narrator {
  /** Tells one step: its title, its evidence as it comes, and how long it took. A step that throws is told as failed. */
  step<T>(title: string, act: (tell: (line: string) => void) => Promise<T>): Promise<T>;
  /** The last words: a title and lines. */
  conclude(outcome: 'delivered' | 'failed', lines: readonly string[]): void;
}

/** A stream that text is written to. */
export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Tells people, in colour when `output` is a terminal. */
export function narrateForPeople(output: Output): Narrator {
  const paint =
    output.isTTY === true
      ? (code: number, text: string) => `\u001b[${code}m${text}\u001b[0m`
      : (_: number, text: string) => text;
  let number = 0;
  return {
    async step(title, act) {
      number += 1;
      output.write(`${paint(1, `${String(number).padStart(2)}  ${title}`)}\n`);
      const started = performance.now();
      const took = () => paint(2, `    ${seconds(started)} s`);
      try {
        const result = await act((line) => output.write(`${indent(line)}\n`));
        output.write(`${took()}\n`);
        return result;
      } catch (error) {
        output.write(`${paint(31, '    ✗ this step failed')}\n${took()}\n`);
        throw error;
      }
    },
    conclude(outcome, lines) {
      const title = outcome === 'delivered' ? paint(32, '✓ Delivered') : paint(31, '✗ Not delivered');
      output.write(`\n${title}\n${lines.map(indent).join('\n')}\n`);
    },
  };
}

/** Tells programs: one JSON object a line, with `event` and `at` (milliseconds since the start). */
export function narrateAsJson(output: Output): Narrator {
  const start = performance.now();
  const emit = (event: string, fields: object) =>
    output.write(`${JSON.stringify({ event, at: Math.round(performance.now() - start), ...fields })}\n`);
  return {
    async step(title, act) {
      emit('step-started', { title });
      const started = performance.now();
      try {
        const result = await act((text) => emit('evidence', { title, text }));
        emit('step-finished', { title, outcome: 'success', seconds: Number(seconds(started)) });
        return result;
      } catch (error) {
        emit('step-finished', { title, outcome: 'failure', seconds: Number(seconds(started)) });
        throw error;
      }
    },
    conclude: (outcome, lines) => void emit('finished', { outcome, lines }),
  };
}

function seconds(started: number): string {
  return ((performance.now() - started) / 1000).toFixed(2);
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}
