import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { StaticFilesUpstream } from '../../../../src/adapters/upstream/static-files/static-files-upstream.ts';
import {
  type UpstreamContent,
  type UpstreamUnderTest,
  upstreamContract,
} from '../../../contracts/upstream.ts';
import { type LayoutEntry, writeLayout } from '../../../support/oci-layout.ts';
import { tempDirectory } from '../../../support/temp-directory.ts';

/** As tools write it: one entry for each name, and one without for what has none. */
function entriesOf({ content, tags }: UpstreamContent[number]): LayoutEntry[] {
  return tags.length === 0 ? [{ content }] : tags.map((refName) => ({ content, refName }));
}

async function create(content: UpstreamContent): Promise<UpstreamUnderTest> {
  const directory = await tempDirectory();
  for (const name of new Set(content.map(({ repository }) => repository))) {
    const pushed = content.filter(({ repository }) => repository === name);
    await writeLayout(join(directory.path, name), pushed.flatMap(entriesOf));
  }
  const upstream = new StaticFilesUpstream(pathToFileURL(directory.path));
  const close = async (): Promise<void> => {
    await upstream.close();
    await directory.remove();
  };
  return { upstream, close };
}

upstreamContract('StaticFilesUpstream', create);
