import assert from 'node:assert/strict';
import { createConnection, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { openPageChannel } from '../../scripts/lib/page-channel.mjs';

describe('the channel to the page', () => {
  const asked: unknown[][] = [];
  let channel: Awaited<ReturnType<typeof openPageChannel>>;
  let socket: Socket;

  before(async () => {
    channel = await openPageChannel({
      texts: async (...args: never[]) => {
        asked.push(args);
        return ['one', 'two'];
      },
      click: async () => {
        throw new Error('".button" did not come about in 10 seconds');
      },
      secret: async () => 'not for suites',
    });
  });
  after(() => channel.close());

  beforeEach(async () => {
    const [host = '', port = ''] = channel.address.split(':');
    assert.equal(host, '127.0.0.1');
    socket = await new Promise<Socket>((resolve, reject) => {
      const opening = createConnection({ host, port: Number(port) }, () => resolve(opening));
      opening.once('error', reject);
    });
  });
  afterEach(() => socket.destroy());

  const key = (): string => channel.address.split(':')[2] ?? '';
  const answerTo = (request: object): Promise<unknown> =>
    new Promise((resolve) => {
      createInterface({ input: socket }).once('line', (line) => resolve(JSON.parse(line)));
      socket.write(`${JSON.stringify(request)}\n`);
    });

  it('passes an action on and gives its answer', async () => {
    const place = { selector: '.row' };
    assert.deepEqual(await answerTo({ id: 1, key: key(), action: 'texts', args: [place] }), {
      id: 1,
      ok: true,
      value: ['one', 'two'],
    });
    assert.deepEqual(asked, [[place]]);
  });

  it('tells an error by its message', async () => {
    assert.deepEqual(
      await answerTo({ id: 2, key: key(), action: 'click', args: [{ selector: '.button' }] }),
      {
        id: 2,
        ok: false,
        message: '".button" did not come about in 10 seconds',
      },
    );
  });

  it('refuses what is no action of the page', async () => {
    for (const action of ['secret', 'constructor', 'toString']) {
      assert.deepEqual(await answerTo({ id: 3, key: key(), action, args: [] }), {
        id: 3,
        ok: false,
        message: `the page knows no "${action}"`,
      });
    }
  });

  for (const [title, line] of [
    ['the wrong key', '{"id":4,"key":"guessed","action":"texts","args":[]}'],
    ['no key', '{"id":4,"action":"texts","args":[]}'],
    ['no JSON', 'GET / HTTP/1.1'],
    ['null', 'null'],
  ] as const) {
    it(`closes the connection at ${title}`, async () => {
      const before = asked.length;
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      socket.write(`${line}\n`);
      await closed;
      assert.equal(asked.length, before);
    });
  }
});
