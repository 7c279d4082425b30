import type { ListenOn } from './options.ts';

/** The server cannot listen where it was told to; the message is for whoever started it. */
export class ListenFailed extends Error {
  override readonly name = 'ListenFailed';
  /** What the system says, such as `EADDRINUSE`. */
  readonly code: string;

  constructor(on: ListenOn, cause: NodeJS.ErrnoException) {
    super(sentence(on, cause), { cause });
    this.code = cause.code ?? 'UNKNOWN';
  }
}

function sentence(on: ListenOn, { code = '', message }: NodeJS.ErrnoException): string {
  if (on.kind === 'unix') return unixSentence(on.path, code, message);
  const host = on.host ?? 'all interfaces';
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${on.port} is in use by another program: stop it, or choose another with http.addr`;
    case 'EACCES':
      return `Port ${on.port} is not open to this user: choose one from 1024 up with http.addr`;
    case 'EADDRNOTAVAIL':
      return `${host} is not an address of this machine: correct http.addr`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is not a name that can be resolved: correct http.addr`;
    default:
      return `Cannot listen on ${host}, port ${on.port}: ${message}`;
  }
}

function unixSentence(path: string, code: string, message: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return `The socket ${path} is in use by another program: stop it, or choose another with http.addr`;
    // libuv says EACCES for a folder that is not there, too.
    case 'EACCES':
    case 'ENOENT':
      return `The socket ${path} cannot be made: see that its folder exists and may be written to`;
    default:
      return `Cannot listen on the socket ${path}: ${message}`;
  }
}
