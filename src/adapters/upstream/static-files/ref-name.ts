import { isTag, type Tag } from '../../../domain/reference.ts';

/**
 * The tag that an `org.opencontainers.image.ref.name` means, if it means one. Most tools write the
 * tag alone; containerd once wrote the image's full name, and skopeo writes what it is told.
 */
export function tagOfRefName(refName: string): Tag | undefined {
  const tag = refName.includes('/') ? tagOfFullName(refName) : refName;
  return isTag(tag) ? tag : undefined;
}

/** What follows the last colon, unless that belongs to a digest; `host:5000/name` leaves no tag. */
function tagOfFullName(name: string): string {
  return name.includes('@') ? '' : name.slice(name.lastIndexOf(':') + 1);
}
