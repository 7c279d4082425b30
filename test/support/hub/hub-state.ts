import { Arrivals, type ServerName } from './arrivals.ts';
import { Faults } from './faults.ts';
import { Links } from './links.ts';
import { Pace } from './pace.ts';
import { PullLimit } from './pull-limit.ts';
import { Repositories } from './repositories.ts';
import type { HubSettings } from './settings.ts';
import { Tokens } from './tokens.ts';

/** What the three servers share. */
export class HubState {
  readonly settings: HubSettings;
  readonly pullLimit: PullLimit;
  readonly repositories: Repositories = new Repositories();
  /** Passwords by account. */
  readonly users: Map<string, string> = new Map();
  readonly tokens: Tokens = new Tokens();
  readonly links: Links = new Links();
  readonly arrivals: Arrivals = new Arrivals();
  readonly faults: Faults = new Faults();
  readonly pace: Pace = new Pace();
  /** Base URLs as clients see them; known once the servers listen. */
  readonly urls: Record<ServerName, string> = { registry: '', auth: '', cdn: '' };

  constructor(settings: HubSettings) {
    this.settings = settings;
    this.pullLimit = new PullLimit(settings);
  }
}
