import type { Events, MirrorEvent } from '../../domain/ports/events.ts';

/** The name of an event. */
export type MirrorEventType = MirrorEvent['type'];

/** The event of that name. */
export type MirrorEventOf<T extends MirrorEventType> = Extract<MirrorEvent, { readonly type: T }>;

export type MirrorListener<T extends MirrorEventType> = (event: MirrorEventOf<T>) => void;

/** Tells those who listen what happens. */
export class EventListeners implements Events {
  readonly #listeners = new Map<MirrorEventType, Set<(event: MirrorEvent) => void>>();

  /** @returns what ends the listening */
  on<T extends MirrorEventType>(type: T, listener: MirrorListener<T>): () => void {
    const all = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, all);
    // One of its own, so that a function that listens twice is called twice.
    const added = (event: MirrorEvent): void => listener(event as MirrorEventOf<T>);
    all.add(added);
    return () => void all.delete(added);
  }

  emit(event: MirrorEvent): void {
    for (const listener of this.#listeners.get(event.type) ?? []) tell(listener, event);
  }
}

/** A listener that throws is a mistake of the program, and must not become one of a pull. */
function tell(listener: (event: MirrorEvent) => void, event: MirrorEvent): void {
  try {
    listener(event);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
