import type { Content } from '../../../../src/adapters/images/oci-content.ts';
import { ImagesUpstream } from '../../../../src/adapters/upstream/images/images-upstream.ts';
import type { PublishedImage } from '../../../../src/adapters/upstream/images/published-image.ts';
import {
  type UpstreamContent,
  type UpstreamUnderTest,
  upstreamContract,
} from '../../../contracts/upstream.ts';

type Pushed = UpstreamContent[number]['content'];

function manifestsOf(content: Pushed): Content[] {
  const below = 'images' in content ? content.images.flatMap(manifestsOf) : [];
  return [content.manifest, ...below];
}

function blobsOf(content: Pushed): Content[] {
  if ('images' in content) return content.images.flatMap(blobsOf);
  return [content.config, ...content.layers];
}

function published({ repository, content, tags }: UpstreamContent[number]): PublishedImage {
  return { repository, tags, manifests: manifestsOf(content), blobs: blobsOf(content) };
}

async function create(content: UpstreamContent): Promise<UpstreamUnderTest> {
  const upstream = new ImagesUpstream(content.map(published));
  return { upstream, close: () => upstream.close() };
}

upstreamContract('ImagesUpstream', create);
