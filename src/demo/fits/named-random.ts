import { createRandom, type Random } from '../../statistics/random.ts';

/**
 * A stream of random numbers of its own for one purpose and one person of a cohort: what is drawn for another purpose, or for
 * another person, does not move it.
 *
 * @param seed Of the cohort.
 * @param purpose What the numbers decide on.
 * @param at Position of the person in the cohort.
 * @see FNV-1a with 32 bits, Fowler G, Noll LC, Vo KP, which makes the seed of the name
 */
export function namedRandom(seed: number, purpose: string, at = 0): Random {
  let hash = 0x811c_9dc5;
  for (const character of `${seed} ${purpose} ${at}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x0100_0193);
  }
  return createRandom(hash);
}
