/** What a client is given to work with. */
export interface ClientOptions {
  /** The mirror's URL. */
  mirror: string;
  /** An empty directory of its own. */
  directory: string;
  /** Its environment: no home but the directory, and no way to anything outside this machine. */
  env: Record<string, string>;
}

/** A program that pulls images of Docker Hub by way of a mirror. Names are without `docker.io/`. */
export interface Client {
  pull(name: string): Promise<void>;
  /** What the image says of itself: the output of a container, or of the unpacked image. */
  read(name: string): Promise<string>;
  /** Forgets the image with all its layers. */
  remove(name: string): Promise<void>;
  stop(): Promise<void>;
}

export type StartClient = (options: ClientOptions) => Promise<Client>;

/** Where the image keeps what `read` gives. */
export const LABEL_FILE = 'etc/label';
