import { ImagePattern } from '../domain/image-pattern.ts';
import type { Config } from './config/config.ts';
import { imagePattern } from './config/sections/image-patterns.ts';
import { mirrorsDockerHub } from './docker-hub.ts';

/** A name of one word, or a pattern for such: no slash in it, nor what stands for one. */
const ONE_WORD = /^(?!.*\*\*)[^/:]+(?::|$)/;

/**
 * The patterns of a command line: those of `proxy.tags.rules`, and where Docker Hub is mirrored,
 * `alpine` means `library/alpine`, too, as it does to a client.
 */
export function namedImages(written: readonly string[], config: Config): ImagePattern[] {
  const isDockerHub = mirrorsDockerHub(config);
  return written.flatMap((each) => {
    const patterns = [new ImagePattern(each)];
    if (isDockerHub && ONE_WORD.test(each)) patterns.push(new ImagePattern(`library/${each}`));
    return patterns;
  });
}

/** What is wrong with a pattern, if anything is. */
export function patternMistake(written: string): string | undefined {
  const pattern = imagePattern(written);
  return pattern instanceof ImagePattern ? undefined : `It ${pattern}.`;
}
