import type { Clock } from '../../../domain/ports/clock.ts';
import type { Events } from '../../../domain/ports/events.ts';
import { PullBudget } from '../../../domain/rate-limit.ts';
import type { Authorizer } from './authorizer.ts';
import type { HttpAnswer } from './http-answer.ts';
import { allowanceOf } from './rate-limit-headers.ts';
import { Throttle } from './throttle.ts';

export interface AccountOptions {
  /** Its user name; absent for nobody's. */
  readonly name: string | undefined;
  readonly authorizer: Authorizer;
  readonly clock: Clock;
  readonly events: Events;
  /** Of the registry. */
  readonly host: string;
}

/** In whose name the registry is asked, and what pulls it leaves them. */
export class Account {
  readonly name: string | undefined;
  readonly authorizer: Authorizer;
  readonly budget: PullBudget;
  /** The refusals of its pulls. */
  readonly pulls: Throttle;
  readonly #clock: Clock;

  constructor({ name, authorizer, clock, events, host }: AccountOptions) {
    this.name = name;
    this.authorizer = authorizer;
    this.budget = new PullBudget();
    const { cooldown } = this.budget;
    this.pulls = new Throttle({ host, concerns: { account: name }, cooldown, clock, events });
    this.#clock = clock;
  }

  /** Takes up what the answer to a request for a manifest says of its pulls. */
  hear(answer: HttpAnswer): void {
    this.budget.learn(allowanceOf(answer), this.#clock.now());
  }
}
