import type { Digest } from '../digest.ts';
import { ManifestInvalid } from '../errors.ts';
import { type Manifest, parseManifest } from '../manifest.ts';
import type { Clock } from '../ports/clock.ts';
import type { Events } from '../ports/events.ts';
import type { StorageEngine } from '../ports/storage-engine.ts';
import { readWhole } from '../pull/read-whole.ts';
import type { RepositoryLinks } from '../pull/repository-links.ts';
import { digestIn } from '../pull/tag-book.ts';
import { isTag, type Tag } from '../reference.ts';
import { tagLinkKey, tagsKey } from '../registry-layout.ts';
import type { RepositoryName } from '../repository-name.ts';
import type { AccessTimes } from './access-times.ts';
import { atATime } from './at-a-time.ts';
import type { Inventory } from './inventory.ts';

export interface RepositoryScanPorts {
  readonly storage: StorageEngine;
  readonly links: RepositoryLinks;
  readonly times: AccessTimes;
  readonly clock: Clock;
  readonly events: Events;
}

const READ_AT_A_TIME = 4;

/**
 * Finds the images of one repository: its manifests that have a tag, or that no other one of it
 * lists. What is listed there and not here is no part of an image.
 */
export class RepositoryScan {
  readonly #ports: RepositoryScanPorts;
  readonly #inventory: Inventory;
  readonly #repository: RepositoryName;
  readonly #tags = new Map<Digest, Tag[]>();
  readonly #manifests = new Set<Digest>();
  /** Of each index the manifests that it lists, as far as the repository has them. */
  readonly #indexes = new Map<Digest, readonly Digest[]>();

  constructor(ports: RepositoryScanPorts, inventory: Inventory, repository: RepositoryName) {
    this.#ports = ports;
    this.#inventory = inventory;
    this.#repository = repository;
  }

  async run(): Promise<void> {
    const { links, storage } = this.#ports;
    const repository = this.#repository;
    await atATime(READ_AT_A_TIME, await storage.records.children(tagsKey(repository)), (name) => {
      return this.#tag(name);
    });
    for await (const digest of links.revisions(repository)) this.#manifests.add(digest);
    // The registry removes the link to a manifest that has expired, and leaves its tag.
    for (const digest of this.#tags.keys()) this.#manifests.add(digest);
    // All count as images at first: the inventory holds them in the least room.
    await atATime(READ_AT_A_TIME, this.#manifests, (digest) => this.#manifest(digest));
    for (const digest of this.#indexes.keys()) this.#complete(digest);
    for (const digest of new Set([...this.#indexes.values()].flat())) {
      if (!this.#tags.has(digest)) this.#inventory.removeImage(repository, digest);
    }
  }

  async #tag(name: string): Promise<void> {
    if (!isTag(name)) return;
    const key = tagLinkKey(this.#repository, name);
    const digest = digestIn(await this.#ports.storage.records.get(key));
    if (digest === undefined) return;
    const tags = this.#tags.get(digest);
    if (tags === undefined) this.#tags.set(digest, [name]);
    else tags.push(name);
  }

  async #manifest(digest: Digest): Promise<void> {
    const repository = this.#repository;
    try {
      const manifest = await this.#read(digest);
      const children = (manifest?.children ?? []).map((child) => child.digest);
      const here = children.filter((child) => this.#manifests.has(child));
      if (here.length > 0) this.#indexes.set(digest, here);
      this.#add(digest, manifest?.blobs.map((blob) => blob.digest) ?? []);
    } catch (cause) {
      this.#ports.events.emit({
        type: 'unreadable',
        repository,
        what: `manifest ${digest}`,
        cause,
      });
      // Nobody can tell which blobs it needs: so it needs whatever the repository has.
      const layers: Digest[] = [];
      for await (const layer of this.#ports.links.layers(repository)) layers.push(layer);
      this.#add(digest, layers);
    }
  }

  /** Undefined for one that is not here, or is none: it needs nothing. */
  async #read(digest: Digest): Promise<Manifest | undefined> {
    const blob = await this.#ports.storage.blobs.open(digest);
    const bytes = blob && (await readWhole(blob));
    try {
      return bytes && parseManifest(digest, bytes);
    } catch (error) {
      if (error instanceof ManifestInvalid) return undefined;
      throw error;
    }
  }

  #add(digest: Digest, members: Iterable<Digest>): void {
    this.#inventory.addImage({
      repository: this.#repository,
      digest,
      tags: this.#tags.get(digest) ?? [],
      lastPullMs: this.#lastPullMs([digest]),
      members,
    });
  }

  /** With the manifests below it, and all that these need. */
  #complete(index: Digest): void {
    const manifests = [...this.#below(index)];
    const { digests } = this.#inventory.blobs;
    const members = manifests.flatMap((digest) => {
      const numbers = this.#inventory.image(this.#repository, digest)?.members ?? [];
      return numbers.map((blob) => digests.digest(blob));
    });
    this.#inventory.addImage({
      repository: this.#repository,
      digest: index,
      tags: this.#tags.get(index) ?? [],
      lastPullMs: this.#lastPullMs(manifests),
      members,
    });
  }

  /** Itself, and what it lists, and what that lists. */
  #below(index: Digest, found: Set<Digest> = new Set()): Set<Digest> {
    found.add(index);
    for (const child of this.#indexes.get(index) ?? []) {
      if (!found.has(child)) this.#below(child, found);
    }
    return found;
  }

  /**
   * Of the manifests of one image, the first being its own: a client that pulls by digest may ask for
   * one that an index lists. Of an image that nobody is known to have pulled, when it came.
   */
  #lastPullMs(manifests: readonly Digest[]): number {
    const { times, clock } = this.#ports;
    const pulls = manifests.map((digest) => times.lastPullMs(this.#repository, digest));
    const known = pulls.filter((ms) => ms !== undefined);
    if (known.length > 0) return Math.max(...known);
    return Math.max(...manifests.map((digest) => this.#sinceMs(digest) ?? clock.now()));
  }

  #sinceMs(digest: Digest): number | undefined {
    const { blobs } = this.#inventory;
    const blob = blobs.digests.find(digest);
    return blob >= 0 && blobs.isHere(blob) ? blobs.sinceMs(blob) : undefined;
  }
}
