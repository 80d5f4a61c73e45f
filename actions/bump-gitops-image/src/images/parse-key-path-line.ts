import { NotAllowed } from '#shared/inputs.ts';
import { parseKeyPath } from '#shared/manifest/key-path.ts';

/** Parses one line of `key-paths`, which stays text. Throws NotAllowed. */
export function parseKeyPathLine(line: string): string {
  const index = /\[(?!\d+\]|")([^\]]*)\]?/.exec(line);
  if (index !== null) throw new NotAllowed(`whole numbers from 0 on as indexes; [${index[1]}] is none`);
  if (parseKeyPath(line.replace(/^\$\.?/, '')) === undefined) {
    throw new NotAllowed(
      'key paths such as `spec.containers[0].image`, `[1].image_tag` in the second document, `["a.b"].c` with a dot in a key, `data.config|image.tag` into a block of text',
    );
  }
  return line;
}
