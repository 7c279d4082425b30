import type { Events, MirrorEvent } from '../../src/domain/ports/events.ts';

type EventOf<T extends MirrorEvent['type']> = Extract<MirrorEvent, { type: T }>;

/** Keeps what it is told. */
export class RecordedEvents implements Events {
  readonly all: MirrorEvent[] = [];

  emit(event: MirrorEvent): void {
    this.all.push(event);
  }

  of<T extends MirrorEvent['type']>(type: T): EventOf<T>[] {
    return this.all.filter((event): event is EventOf<T> => event.type === type);
  }

  get types(): MirrorEvent['type'][] {
    return this.all.map(({ type }) => type);
  }
}
