import * as assert from 'uvu/assert';
import { CLIENT_PROGRAMS, requirePrograms } from '../support/clients/installed.ts';
import { rejects, testSuite } from '../support/suite.ts';

testSuite('The machine', (it) => {
  it('has every client', () => requirePrograms(CLIENT_PROGRAMS));

  it('is told how to get one that it lacks', async () => {
    const required = Promise.resolve().then(() => requirePrograms(['podman', 'no-such-client']));
    const { message } = await rejects(required, Error);
    assert.match(message, /^no-such-client not found\. Install: apt-get install -y docker\.io /);
  });

  it('lets this user start containers', () => {
    assert.is(process.geteuid?.(), 0, 'the clients need root');
  });
});
