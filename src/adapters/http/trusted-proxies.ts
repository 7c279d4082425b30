import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP, type Socket } from 'node:net';

/** What stands for whoever comes by a Unix socket; nginx calls it so, too. */
const UNIX = 'unix:';

/** Finds out who a request is from, where proxies that are known stand in between. */
export class TrustedProxies {
  readonly #networks = new BlockList();
  readonly #isUnix: boolean;
  readonly #isAny: boolean;

  /** @throws RangeError if one of them is not an address, a network or `unix:` */
  constructor(proxies: readonly string[]) {
    this.#isUnix = proxies.includes(UNIX);
    this.#isAny = proxies.length > 0;
    for (const proxy of proxies) if (proxy !== UNIX) this.#add(proxy);
  }

  /** Whether it is one of them that a request comes from. */
  isOne(socket: Socket): boolean {
    return this.#isAny && this.#trusts(socket.remoteAddress);
  }

  /** The client's address; undefined where there is none, as on a Unix socket. */
  clientOf(socket: Socket, headers: IncomingHttpHeaders): string | undefined {
    const peer = socket.remoteAddress;
    if (!this.isOne(socket)) return peer;
    const forwarded = headers['x-forwarded-for'];
    if (forwarded === undefined) return peer;
    return this.#behind(String(forwarded).split(','), peer);
  }

  /** Each proxy appends whom it was asked by; what stands before the first stranger may be a lie. */
  #behind(hops: readonly string[], peer: string | undefined): string | undefined {
    let client = peer;
    for (const hop of hops.toReversed()) {
      const address = withoutPort(hop.trim());
      if (isIP(address) === 0) return client;
      client = address;
      if (!this.#trusts(address)) return client;
    }
    return client;
  }

  #trusts(address: string | undefined): boolean {
    if (address === undefined) return this.#isUnix;
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
    const family = isIP(plain);
    return family !== 0 && this.#networks.check(plain, family === 6 ? 'ipv6' : 'ipv4');
  }

  #add(proxy: string): void {
    const network = networkOf(proxy);
    if (network === undefined) throw new RangeError(`${proxy} is neither an address nor a network`);
    this.#networks.addSubnet(network.address, network.prefix, network.family);
  }
}

/** Whether it can be the name of a proxy. */
export function isProxy(text: string): boolean {
  return text === UNIX || networkOf(text) !== undefined;
}

interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** An address is a network of one. */
function networkOf(text: string): Network | undefined {
  const [address = '', bits] = text.split('/');
  const version = isIP(address);
  if (version === 0) return undefined;
  const most = version === 6 ? 128 : 32;
  const prefix = bits === undefined ? most : Number(bits || 'nothing');
  const isRight = Number.isInteger(prefix) && prefix >= 0 && prefix <= most;
  return isRight ? { address, prefix, family: version === 6 ? 'ipv6' : 'ipv4' } : undefined;
}

/** Some proxies send `1.2.3.4:5678` and `[::1]:5678`. */
function withoutPort(hop: string): string {
  const match = /^\[([^\]]+)\](?::\d+)?$/.exec(hop) ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(hop);
  return match?.[1] ?? hop;
}
