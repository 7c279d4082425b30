import { hashSync } from 'bcrypt';
import * as assert from 'uvu/assert';
import { HtpasswdAuthenticator } from '../../../src/adapters/auth/htpasswd-authenticator.ts';
import { TooManyAttempts, Unauthorized } from '../../../src/domain/errors.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { rejects, testSuite } from '../../support/suite.ts';

const ADDRESS = '192.0.2.1';

function hashOf(password: string): string {
  return hashSync(password, 4);
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

class Scene {
  readonly clock: ManualClock = new ManualClock();
  readonly authenticator: HtpasswdAuthenticator;

  constructor(users: Record<string, string> = { ann: hashOf('secret') }) {
    const all = new Map(Object.entries(users));
    this.authenticator = new HtpasswdAuthenticator('a realm', all, this.clock);
  }

  replace(users: Record<string, string>): void {
    this.authenticator.replace(new Map(Object.entries(users)));
  }

  ask(authorization: string | undefined, address = ADDRESS): Promise<void> | undefined {
    return this.authenticator.authenticate({ authorization, address });
  }

  async fails(username: string, password: string): Promise<Error> {
    return rejects(this.#asked(username, password), Error);
  }

  async #asked(username: string, password: string): Promise<void> {
    await this.ask(basic(username, password));
  }
}

testSuite('a client of a mirror with passwords', (it) => {
  it('comes in with its own', async () => {
    await new Scene().ask(basic('ann', 'secret'));
  });

  it('comes in whatever its hash is called', async () => {
    const hash = hashOf('secret');
    for (const version of ['2a', '2b', '2y']) {
      await new Scene({ ann: hash.replace('2b', version) }).ask(basic('ann', 'secret'));
    }
  });

  it('is asked for one if it shows nothing, or what is none', () => {
    for (const header of [undefined, '', 'Bearer abc', 'Basic !']) {
      try {
        void new Scene().ask(header);
        assert.unreachable();
      } catch (error) {
        assert.instance(error, Unauthorized);
        assert.is((error as Unauthorized).challenge, 'Basic realm="a realm"');
      }
    }
  });

  it('is asked again after a wrong one, and learns nothing of which part was wrong', async () => {
    const scene = new Scene();
    const messages: string[] = [];
    for (const [user, password] of [
      ['ann', 'wrong'],
      ['ann', ''],
      ['bob', 'secret'],
      ['', ''],
    ]) {
      const error = await scene.fails(user ?? '', password ?? '');
      assert.instance(error, Unauthorized);
      messages.push(error.message);
    }
    assert.is(new Set(messages).size, 1);
  });

  it('does not wait for bcrypt again', async () => {
    const scene = new Scene();
    const first = scene.ask(basic('ann', 'secret'));
    assert.ok(first instanceof Promise);
    await first;
    assert.is(scene.ask(basic('ann', 'secret')), undefined);
    assert.is(scene.ask(basic('ann', 'secret'), '192.0.2.9'), undefined, 'from anywhere');
  });

  it('is checked once for requests that come together', () => {
    const scene = new Scene();
    const asked = Array.from({ length: 50 }, () => scene.ask(basic('ann', 'secret')));
    assert.is(new Set(asked).size, 1);
    return asked[0];
  });

  it('that guesses is told to wait, also with many guesses at once', async () => {
    const scene = new Scene();
    const guesses = Array.from({ length: 30 }, (_, at) => scene.fails('ann', `guess ${at}`));
    const errors = await Promise.all(guesses);
    assert.is(errors.filter((error) => error instanceof Unauthorized).length, 10);
    const waits = errors.filter((error) => error instanceof TooManyAttempts);
    assert.is(waits.length, 20);
    assert.is(waits[0]?.retryAfterSeconds, 6);
    assert.instance(await scene.fails('ann', 'secret'), TooManyAttempts, 'and so is a right one');
    scene.clock.advance(6_000);
    await scene.ask(basic('ann', 'secret'));
  });

  it('is not held up by the guesses of others behind its address, once it has come in', async () => {
    const scene = new Scene();
    await scene.ask(basic('ann', 'secret'));
    for (let at = 0; at < 11; at++) await scene.fails('ann', 'guess');
    assert.is(scene.ask(basic('ann', 'secret')), undefined);
  });

  it('comes in no more when its line is gone, or has another password', async () => {
    const scene = new Scene();
    await scene.ask(basic('ann', 'secret'));
    scene.replace({ bob: hashOf('other') });
    assert.instance(await scene.fails('ann', 'secret'), Unauthorized);
    await scene.ask(basic('bob', 'other'));
    scene.replace({ ann: hashOf('new') });
    assert.instance(await scene.fails('ann', 'secret'), Unauthorized);
    await scene.ask(basic('ann', 'new'));
  });

  it('comes in without another check when the file changed elsewhere', async () => {
    const ann = hashOf('secret');
    const scene = new Scene({ ann });
    await scene.ask(basic('ann', 'secret'));
    scene.replace({ ann, bob: hashOf('other') });
    assert.is(scene.ask(basic('ann', 'secret')), undefined);
  });

  it('never comes in where nobody does', async () => {
    const scene = new Scene({});
    assert.instance(await scene.fails('ann', 'secret'), Unauthorized);
    assert.instance(await scene.fails('', ''), Unauthorized);
  });
});
