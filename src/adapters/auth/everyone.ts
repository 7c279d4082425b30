import type { Authenticator } from '../../domain/ports/authenticator.ts';

/** No check: everyone who can reach the mirror may ask it. */
export class Everyone implements Authenticator {
  authenticate(): undefined {}
}
