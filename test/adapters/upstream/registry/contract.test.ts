import { RegistryUpstream } from '../../../../src/adapters/upstream/registry/registry-upstream.ts';
import {
  type UpstreamContent,
  type UpstreamUnderTest,
  upstreamContract,
} from '../../../contracts/upstream.ts';
import { startHub } from '../../../support/hub/hub-double.ts';
import { COMMON } from './hub-bed.ts';

async function create(content: UpstreamContent): Promise<UpstreamUnderTest> {
  const hub = await startHub();
  for (const each of content) hub.push(each.repository, each.content, { tags: [...each.tags] });
  const upstream = new RegistryUpstream({ ...COMMON, url: new URL(hub.url) });
  const close = async (): Promise<void> => {
    await upstream.close();
    await hub.close();
  };
  return { upstream, close };
}

upstreamContract('RegistryUpstream', create);
