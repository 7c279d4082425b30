import { section } from './declare.ts';
import type { Section } from './schema.ts';
import { SchemaIndex } from './schema-index.ts';
import { auth } from './sections/auth.ts';
import { health } from './sections/health.ts';
import { http } from './sections/http.ts';
import { catalog, tags } from './sections/listing.ts';
import { log, loglevel } from './sections/log.ts';
import { compatibility, reporting } from './sections/outdated.ts';
import { proxy } from './sections/proxy.ts';
import { middleware, notifications, policy, validation } from './sections/pushes.ts';
import { redis } from './sections/redis.ts';
import { storage } from './sections/storage.ts';
import { version } from './sections/version.ts';

/** Every key that a configuration may have. */
export const CONFIGURATION: Section = section({
  version,
  proxy,
  storage,
  http,
  log,
  loglevel,
  catalog,
  tags,
  auth,
  health,
  redis,
  notifications,
  middleware,
  validation,
  policy,
  reporting,
  compatibility,
});

export const CONFIGURATION_INDEX: SchemaIndex = new SchemaIndex(CONFIGURATION);
