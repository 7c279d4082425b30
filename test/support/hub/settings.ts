/** How this Hub behaves; all of it can be changed while it runs. */
export interface HubSettings {
  /** Off: no challenge, every repository is open. */
  auth: boolean;
  /** Whether a blob GET is sent on to the CDN, or answered by the registry itself. */
  redirect: boolean;
  /** Whether a blob HEAD is redirected too; seen in 2016, now documented as a direct 200. */
  redirectHead: boolean;
  /** Whether the referrers API exists; off, it is an unknown page. */
  referrers: boolean;
  /** Lifetime of tokens in seconds. Absent: not announced, and 60 as the token spec says. */
  expiresIn: number | undefined;
  /** Lifetime of CDN links in seconds. */
  linkExpiresIn: number;
  /** Manifest GETs allowed for each source; absent for unlimited, which also drops the headers. */
  rateLimit: number | undefined;
  /** Most tags in one answer when the client does not say. */
  tagPageSize: number;
}

export const DEFAULT_SETTINGS: HubSettings = {
  auth: true,
  redirect: true,
  redirectHead: false,
  referrers: true,
  expiresIn: 300,
  linkExpiresIn: 600,
  rateLimit: 100,
  tagPageSize: 100,
};
