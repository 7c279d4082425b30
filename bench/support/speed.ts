/** How fast each transfer from the Hub is unless a case says otherwise, in bytes per second. */
export const HUB_SPEED = 100_000_000;
