import type { Events, MirrorEvent } from '../../src/domain/ports/events.ts';

type EventOf<T extends MirrorEvent['type']> = Extract<MirrorEvent, { type: T }>;

/** Keeps what it is told. */
export class RecordedEvents implements Events {
  readonly all: MirrorEvent[] = [];
  readonly #listeners: ((event: MirrorEvent) => void)[] = [];

  emit(event: MirrorEvent): void {
    this.all.push(event);
    for (const listener of this.#listeners) listener(event);
  }

  listen(listener: (event: MirrorEvent) => void): void {
    this.#listeners.push(listener);
  }

  of<T extends MirrorEvent['type']>(type: T): EventOf<T>[] {
    return this.all.filter((event): event is EventOf<T> => event.type === type);
  }

  get types(): MirrorEvent['type'][] {
    return this.all.map(({ type }) => type);
  }
}
