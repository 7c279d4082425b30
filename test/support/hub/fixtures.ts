import { attestation } from '../oci-artifact.ts';
import { type Image, image, index, layer, randomLayer } from '../oci-image.ts';
import type { ImageIndex } from '../oci-index.ts';
import { randomBytesOf } from '../oci-layer.ts';

const ARCHITECTURES = ['amd64', 'arm64'];
const MIB = 1024 * 1024;

function alpineFor(architecture: string): Image {
  const base = layer({
    'etc/os-release': 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.0\n',
    'etc/alpine-release': '3.20.0\n',
    'bin/hello': { content: '#!/bin/sh\necho hello\n', mode: 0o755 },
  });
  const own = layer({ 'etc/apk/arch': `${architecture}\n` });
  return image({ layers: [base, own], architecture, config: { Cmd: ['/bin/hello'] } });
}

/** A small multi-platform image shaped like an official one: two platforms, each attested. */
export function alpine(): ImageIndex {
  const images = ARCHITECTURES.map(alpineFor);
  return index([...images.map((each) => ({ image: each })), ...images.map(attestation)]);
}

const LAYERS = 31;

/**
 * Many layers that can be unpacked: one of 32 MiB, and 30 of 2 MiB.
 *
 * @param seed images of different ones have no layer in common
 */
export function layeredImage(seed = 0): Image {
  const layers = Array.from({ length: LAYERS }, (_, at) => {
    const content = randomBytesOf((at === 0 ? 32 : 2) * MIB, seed * LAYERS + at + 1);
    return layer({ [`srv/layer-${at + 1}`]: content });
  });
  return image({ layers });
}

/** So many that a mirror's memory for small ones holds half of them. */
const BLOBS = 384;

/** Layers of 256 KiB, 96 MiB in all. */
export function manyBlobs(): Image {
  const layers = Array.from({ length: BLOBS }, (_, at) => randomLayer(MIB / 4, 1000 + at));
  return image({ layers });
}

/** One small manifest, one large and one small layer: what the benchmarks pull. */
export function benchImage(): Image {
  return image({ layers: [randomLayer(256 * MIB, 1), randomLayer(MIB / 4, 2)] });
}
