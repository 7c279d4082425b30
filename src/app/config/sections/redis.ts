import { ignored, listOf, section, setting } from '../declare.ts';
import type { Section, Setting } from '../schema.ts';
import { boolean, duration, text, wholeNumber } from '../value-types.ts';

const line = (): Setting => setting(text, { help: 'Option of the Redis client.' });
const hidden = (): Setting => setting(text, { secret: true, help: 'Option of the Redis client.' });
const lines = (): Setting => setting(listOf(text), { help: 'Option of the Redis client.' });
const count = (): Setting => setting(wholeNumber, { help: 'Option of the Redis client.' });
const flag = (): Setting => setting(boolean, { help: 'Option of the Redis client.' });
const time = (): Setting => setting(duration, { help: 'Option of the Redis client.' });

/** Registry 3.x takes go-redis's `UniversalOptions`; 2.x has `addr` and `pool`. */
export const redis: Section = section(
  {
    addr: line(),
    addrs: lines(),
    clientname: line(),
    db: count(),
    protocol: count(),
    username: line(),
    password: hidden(),
    sentinelusername: line(),
    sentinelpassword: hidden(),
    maxretries: count(),
    minretrybackoff: time(),
    maxretrybackoff: time(),
    dialtimeout: time(),
    readtimeout: time(),
    writetimeout: time(),
    contexttimeoutenabled: flag(),
    poolfifo: flag(),
    poolsize: count(),
    pooltimeout: time(),
    minidleconns: count(),
    maxidleconns: count(),
    maxactiveconns: count(),
    connmaxidletime: time(),
    connmaxlifetime: time(),
    maxredirects: count(),
    readonly: flag(),
    routebylatency: flag(),
    routerandomly: flag(),
    mastername: line(),
    disableidentity: flag(),
    identitysuffix: line(),
    unstableresp3: flag(),
    pool: section({ maxidle: count(), maxactive: count(), idletimeout: time() }),
    tls: section({
      enabled: flag(),
      certificate: line(),
      key: line(),
      clientcas: lines(),
      rootcas: lines(),
    }),
  },
  { standing: ignored, help: 'A Redis server for descriptors.' },
);
