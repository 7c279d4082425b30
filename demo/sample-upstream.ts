import { join } from 'node:path';
import { image, index, layer, randomLayer } from '../test/support/oci-image.ts';
import type { ImageIndex } from '../test/support/oci-index.ts';
import { writeLayout } from '../test/support/oci-layout.ts';

const MIB = 1024 * 1024;
const LARGE_LAYERS = [24, 12, 6, 3].map((size) => randomLayer(size * MIB, size));

export const REPOSITORY = 'library/sample';
export const TAG = '1.0';

/** A multi-platform image; the large layers are random bytes, since nothing unpacks them. */
function sample(): ImageIndex {
  const images = ['amd64', 'arm64'].map((architecture) => {
    const files = layer({ 'etc/motd': `for ${architecture}\n` });
    return image({ architecture, layers: [files, ...LARGE_LAYERS] });
  });
  return index(images.map((each) => ({ image: each })));
}

/** Fills `directory` as `skopeo copy --all` would: an image layout for the one repository. */
export async function writeSampleUpstream(directory: string): Promise<void> {
  await writeLayout(join(directory, REPOSITORY), [{ content: sample(), refName: TAG }]);
}
