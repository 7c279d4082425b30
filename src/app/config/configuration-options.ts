// Made from the schema; test/app/config/describe-options.test.ts says how, and holds it to it.

/** The configuration. */
export interface ConfigurationOptions {
  /** Version of the format, always `0.1`. Required in a file. */
  readonly version?: string;
  /** What is mirrored. */
  readonly proxy?: ProxyOptions;
  /** Where the cache is kept: one driver. */
  readonly storage?: StorageOptions | 'filesystem' | 'inmemory' | 's3';
  /** How clients reach the mirror. */
  readonly http?: HttpOptions;
  /** What is logged, and how. */
  readonly log?: LogOptions;
  /** Old name of `log.level`, used where that is not set. */
  readonly loglevel?: 'error' | 'warn' | 'info' | 'debug';
  /** The list of repositories. */
  readonly catalog?: CatalogOptions;
  /** The lists of tags. */
  readonly tags?: TagsOptions;
  /** Who may pull: one kind. */
  readonly auth?: AuthOptions | 'htpasswd';
}

/** What is mirrored. */
export interface ProxyOptions {
  /**
   * The registry to mirror: an `http:` or `https:` URL, `file:///DIR` for a directory of OCI image
   * layouts, or `module:NAME` for a module of somebody else's. Default:
   * `https://registry-1.docker.io`.
   */
  readonly remoteurl?: string;
  /** Options of the module that `proxy.remoteurl` names, in its own words. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** User name at the upstream. Needs `proxy.password`. */
  readonly username?: string;
  /** Password or access token at the upstream. Needs `proxy.username`. */
  readonly password?: string;
  /**
   * Further accounts at the upstream, after `proxy.username`: the next is used when one has used up
   * its pulls.
   */
  readonly credentials?: readonly {
    /** User name; each account needs one. */
    readonly username?: string;
    /** Password or access token; each account needs one. */
    readonly password?: string;
  }[];
  /**
   * Mirrors of the upstream: a list of URLs, asked in their order before it for content by digest,
   * and for tags when it fails. They get no credentials.
   */
  readonly mirrors?: readonly string[];
  /**
   * Whether the upstream is never contacted: what is stored is served, and nothing else. Default:
   * `false`.
   */
  readonly offline?: boolean;
  /**
   * How long a running download may bring no byte before it is broken off and resumed. Default:
   * `15s`.
   */
  readonly stalltimeout?: string;
  /** How many attempts in a row may bring no byte before a download fails. Default: `5`. */
  readonly retries?: number;
  /**
   * How many parts of one large layer (64 MiB or more) are downloaded at a time, from 1 to 16. It
   * pays where the upstream limits the speed of each connection, and takes so many times 16 MiB of
   * memory for each such download. Default: `1`.
   */
  readonly parallel?: number;
  /**
   * How long something that the upstream does not have is not asked for again; `0` asks each time.
   * Default: `10s`.
   */
  readonly negativettl?: string;
  /** When a tag is checked. */
  readonly tags?: {
    /**
     * How long asking the upstream for a tag may take before the cached copy is served. Default:
     * `3s`.
     */
    readonly timeout?: string;
    /**
     * How long after a check a tag is served without another; `0` asks on each pull. Default: `0s`.
     */
    readonly maxage?: string;
    /** How much longer a tag is served at once while the check runs behind it. Default: `0s`. */
    readonly stalewhilerevalidate?: string;
    /**
     * How long after a check a tag is still served when the upstream fails; for ever if it is not
     * set.
     */
    readonly staleiferror?: string;
    /**
     * What differs for some images. The first rule that matches counts; what it does not say is as
     * for the rest.
     */
    readonly rules?: readonly {
      /**
       * Which images: `library/*:*-slim`, for Docker Hub's official images are in `library/`. `*`
       * stands for all but a slash, `**` for slashes too; without a colon it means every tag. Each
       * rule needs one.
       */
      readonly match?: string;
      /** In place of `proxy.tags.maxage`. */
      readonly maxage?: string;
      /** In place of `proxy.tags.stalewhilerevalidate`. */
      readonly stalewhilerevalidate?: string;
      /** In place of `proxy.tags.staleiferror`. */
      readonly staleiferror?: string;
      /** Whether the tag is never checked again once it is known. */
      readonly immutable?: boolean;
    }[];
  };
  /** What is kept, and what makes way. */
  readonly cache?: {
    /**
     * How much the cache may take: above it, the images go that were not pulled for longest. A
     * share is one of the file system; in memory it means no limit. Default: `90%`.
     */
    readonly maxsize?: string | number;
    /**
     * How far they go then: a size, or a share of `proxy.cache.maxsize`, which may be written `0.9`
     * too. Default: `90%`.
     */
    readonly lowwater?: string | number;
    /**
     * Images that are never removed: a list of patterns such as `library/debian:*`, written like
     * those of `proxy.tags.rules`. One that has no tag any more is not kept.
     */
    readonly keep?: readonly string[];
  };
  /**
   * How long after its last pull an image is removed; `0` for never. To the registry it counts from
   * the first. Default: `168h`.
   */
  readonly ttl?: string;
}

/** Where the cache is kept: one driver. */
export interface StorageOptions {
  /** Keeps the cache in a directory. */
  readonly filesystem?: {
    /** Directory of the cache, in the registry's own layout. Default: `/var/lib/registry`. */
    readonly rootdirectory?: string;
  };
  /** Keeps the cache in memory, until the stop. */
  readonly inmemory?: Readonly<Record<string, never>>;
  /** Keeps the cache in a bucket of S3, or of a service that speaks it. */
  readonly s3?: {
    /** Name of the bucket. Must be set. */
    readonly bucket?: string;
    /** Region of the bucket. Must be set where `regionendpoint` is not. */
    readonly region?: string;
    /** URL of a service other than AWS. */
    readonly regionendpoint?: string;
    /**
     * URL of that service as clients reach it, to which they are sent for blobs; `regionendpoint`
     * unless set.
     */
    readonly redirectendpoint?: string;
    /**
     * The bucket's name is in the path, and not in the host's name; so by itself where
     * `regionendpoint` is not one of AWS.
     */
    readonly forcepathstyle?: boolean;
    /**
     * Access key. Without it, the credentials are those that the AWS SDK finds: variables, a
     * profile, a role.
     */
    readonly accesskey?: string;
    /** Secret key; goes with the access key. */
    readonly secretkey?: string;
    /** Session token; goes with the two. */
    readonly sessiontoken?: string;
    /** HTTPS, where `regionendpoint` does not say. Default: `true`. */
    readonly secure?: boolean;
    /** No check of the service's certificate. Default: `false`. */
    readonly skipverify?: boolean;
    /** Asks the service to encrypt what it stores. Default: `false`. */
    readonly encrypt?: boolean;
    /** KMS key for that; without it, the service has its own. */
    readonly keyid?: string;
    /**
     * Bytes of a part of a multipart upload; what is no larger is uploaded by one request. Four are
     * in memory at a time. Default: `10485760`.
     */
    readonly chunksize?: number;
    /** Prefix of every object. */
    readonly rootdirectory?: string;
    /** Storage class; `NONE`, and `STANDARD` too, leaves it to the bucket. Default: `STANDARD`. */
    readonly storageclass?: string;
    /** ACL of each object; `private` leaves it to the bucket. Default: `private`. */
    readonly objectacl?: string;
    /** Added to the user agent of each request. */
    readonly useragent?: string;
    /** AWS's endpoints with IPv6. Default: `false`. */
    readonly usedualstack?: boolean;
    /** AWS's transfer acceleration. Default: `false`. */
    readonly accelerate?: boolean;
    /** AWS's FIPS endpoints. Default: `false`. */
    readonly usefipsendpoint?: boolean;
    /**
     * Directory for what is on its way to the bucket, and for what its readers have not read yet.
     * `/var/lib/registry` if that can be written, else the user's cache directory.
     */
    readonly staging?: string;
    /**
     * How much one process may have there. What does not fit is served, and not stored. Default:
     * `10GiB`.
     */
    readonly stagingsize?: string | number;
  };
  /**
   * Whether each blob is compared with its digest while it is read: `onread` costs a core for each
   * GB/s. Default: `never`.
   */
  readonly verify?: 'never' | 'onread';
  readonly redirect?: {
    /**
     * Serves blobs from here, instead of sending clients to the bucket for them (307). With
     * `storage.verify: onread` that is so anyway, and other drivers than `s3` have nowhere to send
     * them. Default: `false`.
     */
    readonly disable?: boolean;
  };
  readonly delete?: {
    /**
     * Whether clients may remove what is cached: `DELETE` of a tag removes that alone, of a digest
     * the manifest with its tags and what nothing else needs. It needs `auth.htpasswd` or client
     * certificates; without them `DELETE` is refused, for anybody might send it. Default: `false`.
     */
    readonly enabled?: boolean;
  };
  /**
   * Keeps the cache where the module NAME does: a package, or the path of a file. What is below is
   * in its own words.
   */
  readonly [key: `module:${string}`]: Readonly<Record<string, unknown>>;
}

/** How clients reach the mirror. */
export interface HttpOptions {
  /**
   * Where to listen: `:5000`, `127.0.0.1:5000`, `[::1]:5000`; a path when `http.net` is `unix`.
   * Port 0 takes a free one. Default: `:5000`.
   */
  readonly addr?: string;
  /** Kind of socket. Default: `tcp`. */
  readonly net?: 'tcp' | 'unix';
  /** Path below which everything is served; starts and ends with a slash. Default: `/`. */
  readonly prefix?: string;
  /** Headers added to each answer: a list of values for each name. */
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  /**
   * How long running answers may take to end after a stop signal. The registry's default is `0`,
   * which cuts them off. Default: `30s`.
   */
  readonly draintimeout?: string;
  /**
   * URL under which clients reach the mirror, which `kagami setup` tells them; answers need none,
   * for every URL in them is relative.
   */
  readonly host?: string;
  /**
   * Proxies in front whose `X-Forwarded-For` is believed: addresses, networks such as `10.0.0.0/8`,
   * and `unix:` for all who come by a Unix socket.
   */
  readonly trustedproxies?: readonly string[];
  /** Leaves blobs that are stored to the proxy in front: one of the two. */
  readonly accel?: {
    /**
     * Path of the internal location of nginx that is the storage directory, such as
     * `/kagami-blobs/`. Blobs that are stored are left to nginx then, by `X-Accel-Redirect`, where
     * it is one of `http.trustedproxies` and offers that with `X-Sendfile-Type: X-Accel-Redirect`,
     * as in `deploy/nginx/kagami-accel.conf`; every other client gets them from Kagami.
     */
    readonly xaccelredirect?: string;
    /**
     * The same by `X-Sendfile` and the absolute path of the file, for a proxy that offers that with
     * `X-Sendfile-Type: X-Sendfile`, such as Apache or lighttpd. Default: `false`.
     */
    readonly xsendfile?: boolean;
  };
  /**
   * The same for all mirrors of a bucket (`storage.s3`), which then take running downloads from
   * each other: requests for them are signed with it (HMAC-SHA256). It has no other use.
   */
  readonly secret?: string;
  /**
   * URL under which the other mirrors of the bucket reach this one, and it alone:
   * `http://10.0.0.7:5000`. Only scheme, host and port count. `http.host` unless set. Needs
   * `http.secret`.
   */
  readonly advertise?: string;
  /**
   * How many processes `kagami serve` runs behind the one port; `auto` is one for each processor.
   * They share the storage, which cannot be `inmemory` then. Default: `1`.
   */
  readonly workers?: number | 'auto';
  /** What clients may cost. */
  readonly limits?: {
    /**
     * Largest request line and headers together, in bytes: from 1024 to 1048576. Default: `16384`.
     */
    readonly headerbytes?: number;
    /** How long a client may take to send its headers. Default: `20s`. */
    readonly headertimeout?: string;
    /**
     * How long an idle connection is kept; longer than a load balancer in front keeps it. Default:
     * `75s`.
     */
    readonly idletimeout?: string;
    /** How long a client may take no byte of what is sent to it. Default: `5m`. */
    readonly writetimeout?: string;
    /** Most connections at a time; `0` for any number. Default: `10000`. */
    readonly connections?: number;
    /** Most downloads from the upstream at a time; further ones wait. Default: `64`. */
    readonly transfers?: number;
  };
  /** HTTPS, with `http.tls.certificate` and `http.tls.key`. */
  readonly tls?: {
    /**
     * Path of the certificate, PEM, with those between it and its root. Read again when it changes.
     */
    readonly certificate?: string;
    /** Path of its private key, PEM, without a passphrase. Read again when it changes. */
    readonly key?: string;
    /** Paths of the CAs that sign client certificates, PEM. */
    readonly clientcas?: readonly string[];
    /**
     * What is asked of client certificates; `require-and-verify-client-cert` where there are
     * `clientcas`.
     */
    readonly clientauth?: 'request-client-cert' | 'require-any-client-cert' | 'verify-client-cert-if-given' | 'require-and-verify-client-cert';
    /** Lowest TLS version. Default: `tls1.2`. */
    readonly minimumtls?: 'tls1.2' | 'tls1.3';
  };
}

/** What is logged, and how. */
export interface LogOptions {
  /** Least grave kind of line that is logged. Default: `info`. */
  readonly level?: 'error' | 'warn' | 'info' | 'debug';
  /** Form of a line; `logstash` gives `json`. Default: `text`. */
  readonly formatter?: 'text' | 'json' | 'logstash';
  /** Fields added to each line. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly accesslog?: {
    /** No line for each request. Default: `false`. */
    readonly disabled?: boolean;
  };
}

/** The list of repositories. */
export interface CatalogOptions {
  /**
   * Most repositories in one answer of `_catalog`. 0 or less means the default. Default: `1000`.
   */
  readonly maxentries?: number;
}

/** The lists of tags. */
export interface TagsOptions {
  /** Most tags in one answer of `tags/list`. 0 or less means the default. Default: `1000`. */
  readonly maxtags?: number;
}

/** Who may pull: one kind. */
export interface AuthOptions {
  /** User names and passwords in a file. Needs `auth.htpasswd.path`. */
  readonly htpasswd?: {
    /** Name of what the password is for, as clients show it. Default: `kagami`. */
    readonly realm?: string;
    /**
     * Path of the password file, as `htpasswd -B` makes it: bcrypt hashes alone count. Read again
     * when it changes.
     */
    readonly path?: string;
  };
}
