import { NodeHasher } from '../../../../src/adapters/system/node-hasher.ts';
import {
  RegistryUpstream,
  type RegistryUpstreamOptions,
} from '../../../../src/adapters/upstream/registry/registry-upstream.ts';
import { type HubDouble, type HubOptions, startHub } from '../../../support/hub/hub-double.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { type Image, image, index, layer } from '../../../support/oci-image.ts';
import { RecordedEvents } from '../../../support/recorded-events.ts';
import type { DefineTest } from '../../../support/suite.ts';

export const COMMON: Omit<RegistryUpstreamOptions, 'url'> = {
  clock: new ManualClock(),
  hasher: new NodeHasher(),
  events: new RecordedEvents(),
  random: () => 0.5,
  userAgent: 'kagami/test',
  warn: () => {},
};

/** In `library/alpine` of every bed's Hub, as 3.20 and latest. */
export const IMAGE: Image = image({ layers: [layer({ 'etc/os-release': 'Alpine' })] });
export const MULTI: ReturnType<typeof index> = index([{ image: IMAGE }]);

/** A Hub, upstreams over it, and their clock. */
export interface HubBed {
  readonly hub: HubDouble;
  readonly clock: ManualClock;
  /** What the upstreams told. */
  readonly events: RecordedEvents;
  /** What they warned of. */
  readonly warnings: string[];
  readonly upstream: RegistryUpstream;
  /** A further upstream. */
  readonly open: (options?: Partial<RegistryUpstreamOptions>) => RegistryUpstream;
}

/** A fresh bed for each call, gone after the test. */
export function hubBeds(it: DefineTest): (options?: HubOptions) => Promise<HubBed> {
  const closing: { close(): Promise<void> }[] = [];
  it.afterEach(async () => {
    for (const each of closing.splice(0)) await each.close();
  });
  return async (options) => {
    const hub = await startHub(options);
    closing.unshift(hub);
    hub.push('library/alpine', MULTI, { tags: ['3.20', 'latest'] });
    const clock = new ManualClock();
    const events = new RecordedEvents();
    const warnings: string[] = [];
    const warn = (message: string): void => void warnings.push(message);
    const open: HubBed['open'] = (more) => {
      const url = new URL(hub.url);
      const opened = new RegistryUpstream({ ...COMMON, url, clock, events, warn, ...more });
      closing.unshift(opened);
      return opened;
    };
    return { hub, clock, events, warnings, upstream: open(), open };
  };
}
