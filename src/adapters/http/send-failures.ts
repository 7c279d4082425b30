/** The client closed its connection: it wants nothing more, and there is nobody to tell. */
export class ClientLeft extends Error {
  override readonly name = 'ClientLeft';
}

export class ClientStalled extends Error {
  override readonly name = 'ClientStalled';

  constructor(timeoutMs: number) {
    super(`the client took no byte for ${timeoutMs / 1000} s`);
  }
}

/** The source gave another number of bytes than the headers had promised. */
export class LengthBroken extends Error {
  override readonly name = 'LengthBroken';
}
