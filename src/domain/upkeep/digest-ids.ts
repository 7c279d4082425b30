import { algorithmOf, type Digest, encodedOf } from '../digest.ts';

const WORDS = 8; // of 32 bits each, in a sha256
const DIGITS = 8; // hexadecimal ones, in a word
const NOBODY = -1;
const PREFIX = 'sha256:';
const HEXADECIMAL = '0123456789abcdef';

/**
 * Numbers digests from 0, in the order in which they come. A million strings would take 90 MB and
 * keep the garbage collector busy; as numbers in one array they take 32 MB. A sha512, which hardly
 * anybody uses, stays a string.
 */
export class DigestIds {
  /** WORDS for each number; zeros for a sha512. */
  #words = new Uint32Array(1024 * WORDS);
  /** A hash table with open addressing, at most half full; its length is a power of two. */
  #slots: Int32Array = new Int32Array(2048).fill(NOBODY);
  readonly #idsOfLong = new Map<Digest, number>();
  readonly #longs = new Map<number, Digest>();
  readonly #wanted = new Uint32Array(WORDS);
  /** The characters of the digest that was last asked for. */
  readonly #text: number[] = Array.from(PREFIX.padEnd(PREFIX.length + WORDS * DIGITS), (each) =>
    each.charCodeAt(0),
  );
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The digest's number; a new one if it has none. */
  idOf(digest: Digest): number {
    if (algorithmOf(digest) !== 'sha256') return this.#idOfLong(digest);
    const encoded = encodedOf(digest);
    for (let word = 0; word < WORDS; word++) {
      this.#wanted[word] = Number.parseInt(encoded.slice(word * DIGITS, (word + 1) * DIGITS), 16);
    }
    const slot = this.#slotOf(this.#wanted);
    const known = this.#slots[slot] ?? NOBODY;
    if (known !== NOBODY) return known;
    const id = this.#next();
    this.#words.set(this.#wanted, id * WORDS);
    this.#slots[slot] = id;
    if (this.#count * 2 > this.#slots.length) this.#rehash();
    return id;
  }

  /** @throws RangeError if no digest has this number */
  digestOf(id: number): Digest {
    if (id < 0 || id >= this.#count) throw new RangeError(`there is no blob ${id}`);
    const long = this.#longs.get(id);
    if (long !== undefined) return long;
    let at = PREFIX.length;
    for (let word = id * WORDS; word < (id + 1) * WORDS; word++) {
      const bits = this.#words[word] ?? 0;
      for (let shift = 28; shift >= 0; shift -= 4) {
        this.#text[at++] = HEXADECIMAL.charCodeAt((bits >>> shift) & 15);
      }
    }
    // One flat string: pieces put together would be garbage of many times its size.
    return String.fromCharCode(...this.#text) as Digest;
  }

  #idOfLong(digest: Digest): number {
    const known = this.#idsOfLong.get(digest);
    if (known !== undefined) return known;
    const id = this.#next();
    this.#idsOfLong.set(digest, id);
    this.#longs.set(id, digest);
    return id;
  }

  #next(): number {
    const id = this.#count++;
    if (this.#count * WORDS > this.#words.length) {
      const longer = new Uint32Array(Math.ceil(this.#count * 1.5) * WORDS);
      longer.set(this.#words);
      this.#words = longer;
    }
    return id;
  }

  #wordsOf(id: number): Uint32Array {
    return this.#words.subarray(id * WORDS, (id + 1) * WORDS);
  }

  /** Where it is, or would be. A digest's first bits are as good as a hash of it. */
  #slotOf(wanted: Uint32Array): number {
    const mask = this.#slots.length - 1;
    for (let slot = (wanted[0] ?? 0) & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot] ?? NOBODY;
      if (id === NOBODY || this.#isAt(id, wanted)) return slot;
    }
  }

  #isAt(id: number, wanted: Uint32Array): boolean {
    for (let word = 0; word < WORDS; word++) {
      if (this.#words[id * WORDS + word] !== wanted[word]) return false;
    }
    return true;
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(NOBODY);
    for (let id = 0; id < this.#count; id++) {
      if (!this.#longs.has(id)) this.#slots[this.#slotOf(this.#wordsOf(id))] = id;
    }
  }
}
