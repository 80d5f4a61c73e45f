import { append, parseGoEvent } from './parse-go-events.ts';

/** Turns lines of `go test -json` into what `go test` prints: packages, build errors, and the output of tests that failed. */
export function goOutput(log: (line: string) => void): (line: string) => void {
  const kept = new Map<string, string[]>();
  return (line) => {
    const event = parseGoEvent(line);
    if (event === undefined) return log(line);
    const { Action: action, Package: path = '', Test: test, Output: output } = event;
    const text = output?.replace(/\n$/, '');
    const key = `${path}\0${test ?? ''}`;
    if (text !== undefined && test === undefined) {
      if (text !== 'PASS' && text !== 'FAIL') log(text);
    } else if (text !== undefined) {
      if (!text.startsWith('=== ')) append(kept, key, text);
    } else if (action === 'fail') {
      // What was still running when its package failed has no end of its own.
      for (const [other, lines] of kept) {
        if (other !== key && !(test === undefined && other.startsWith(key))) continue;
        kept.delete(other);
        for (const one of lines) log(one);
      }
    } else kept.delete(key);
  };
}
