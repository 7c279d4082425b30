import { algorithmOf, type Digest, digestOf } from '../digest.ts';
import { decodeUtf8 } from '../utf8.ts';
import { withRoom } from './room.ts';

/** A sha256 in binary. */
const WIDTH = 32;
const PREFIX = 'sha256:'.length;

/**
 * Numbers for digests, from 0 on in the order of their coming. A million digests take some 45 MB
 * here, where their texts alone would take 90, and the garbage collector looks at none of them. The
 * few that are not sha256 are kept as they are.
 */
export class DigestTable {
  #count = 0;
  #bytes = new Uint8Array(0);
  /** Open addressing: the number plus one at its hash or after it, 0 where nothing is. */
  #slots = new Int32Array(1024);
  readonly #others = new Map<Digest, number>();
  readonly #othersByNumber = new Map<number, Digest>();
  readonly #sought = new Uint8Array(WIDTH);
  readonly #digits = new Uint8Array(2 * WIDTH);

  get count(): number {
    return this.#count;
  }

  /** The digest's number, or -1 if it has none. */
  find(digest: Digest): number {
    if (algorithmOf(digest) !== 'sha256') return this.#others.get(digest) ?? -1;
    return this.#at(this.#seek(digest));
  }

  /** The digest's number, a new one if need be. */
  add(digest: Digest): number {
    if (algorithmOf(digest) !== 'sha256') return this.#addOther(digest);
    const slot = this.#seek(digest);
    const known = this.#at(slot);
    if (known >= 0) return known;
    const added = this.#next();
    this.#bytes.set(this.#sought, added * WIDTH);
    this.#slots[slot] = added + 1;
    if (this.#count * 2 > this.#slots.length) this.#rehash();
    return added;
  }

  digest(number: number): Digest {
    const other = this.#othersByNumber.get(number);
    if (other !== undefined) return other;
    const digits = this.#digits;
    for (let at = 0; at < WIDTH; at++) {
      const byte = this.#bytes[number * WIDTH + at] as number;
      digits[2 * at] = codeOf(byte >> 4);
      digits[2 * at + 1] = codeOf(byte & 15);
    }
    // Put together digit by digit, a text would remain a tree of 64 pieces until it is read.
    return digestOf('sha256', decodeUtf8(digits));
  }

  /** In the order of their texts: below 0 if the first of the two comes first. */
  compare(left: number, right: number): number {
    if (this.#isOther(left) || this.#isOther(right)) {
      return compareTexts(this.digest(left), this.digest(right));
    }
    for (let at = 0; at < WIDTH; at++) {
      const byte = this.#bytes[left * WIDTH + at] as number;
      const other = this.#bytes[right * WIDTH + at] as number;
      if (byte !== other) return byte - other;
    }
    return 0;
  }

  #isOther(number: number): boolean {
    return this.#othersByNumber.size > 0 && this.#othersByNumber.has(number);
  }

  #addOther(digest: Digest): number {
    const known = this.#others.get(digest);
    if (known !== undefined) return known;
    const added = this.#next();
    this.#others.set(digest, added);
    this.#othersByNumber.set(added, digest);
    return added;
  }

  #next(): number {
    this.#bytes = withRoom(this.#bytes, (this.#count + 1) * WIDTH);
    return this.#count++;
  }

  #at(slot: number): number {
    return (this.#slots[slot] as number) - 1;
  }

  /** The slot where the digest is, or would be. */
  #seek(digest: Digest): number {
    const sought = this.#sought;
    for (let at = 0; at < WIDTH; at++) {
      const high = hexDigit(digest.charCodeAt(PREFIX + 2 * at));
      sought[at] = (high << 4) | hexDigit(digest.charCodeAt(PREFIX + 2 * at + 1));
    }
    let slot = this.#home(sought, 0);
    for (let number = this.#at(slot); number >= 0; number = this.#at(slot)) {
      if (this.#isSought(number)) break;
      slot = (slot + 1) % this.#slots.length;
    }
    return slot;
  }

  /** Digests are spread evenly by what they are, so their first bytes will do for a hash. */
  #home(bytes: Uint8Array, from: number): number {
    const [a, b, c, d] = [bytes[from], bytes[from + 1], bytes[from + 2], bytes[from + 3]];
    const word =
      ((a as number) << 24) | ((b as number) << 16) | ((c as number) << 8) | (d as number);
    return (word >>> 0) % this.#slots.length;
  }

  #isSought(number: number): boolean {
    for (let at = 0; at < WIDTH; at++) {
      if (this.#bytes[number * WIDTH + at] !== this.#sought[at]) return false;
    }
    return true;
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let number = 0; number < this.#count; number++) {
      if (this.#isOther(number)) continue;
      let slot = this.#home(this.#bytes, number * WIDTH);
      while (this.#slots[slot] !== 0) slot = (slot + 1) % this.#slots.length;
      this.#slots[slot] = number + 1;
    }
  }
}

/** The value of a digit: '0' to '9' begin at 48, 'a' to 'f' at 97. */
function hexDigit(code: number): number {
  return code < 58 ? code - 48 : code - 87;
}

function codeOf(value: number): number {
  return value < 10 ? value + 48 : value + 87;
}

function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
