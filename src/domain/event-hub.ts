import type { Events, MirrorEvent } from './ports/events.ts';

/** Passes on each event to all who listen. */
export class EventHub implements Events {
  readonly #listeners: ((event: MirrorEvent) => void)[] = [];

  listen(listener: (event: MirrorEvent) => void): void {
    this.#listeners.push(listener);
  }

  emit(event: MirrorEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
