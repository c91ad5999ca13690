import { strict as assert } from 'node:assert';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { askHttp } from '../../src/adapters/http';

describe('plain http', () => {
  let server: http.Server;
  let port: number;
  const limits = { maxBytes: 1000, timeoutMs: 2000 };

  before(async () => {
    server = http.createServer((request, response) => {
      if (request.url === '/away') response.writeHead(302, { location: 'http://0.0.0.0:1/' }).end();
      else response.end('ok');
    });
    await new Promise<void>((resolve) => server.listen(0, resolve));
    port = (server.address() as AddressInfo).port;
  });
  after(() => new Promise((resolve) => server.close(resolve)));

  // An address that is this machine on Linux, and is not called so.
  const elsewhere = (path: string): URL => new URL(`http://0.0.0.0:${port}${path}`);

  it('is asked of another machine only where a person wrote it so', async function () {
    if (process.platform === 'win32') this.skip();
    const refused = await askHttp(elsewhere('/'), limits);
    assert.deepEqual(refused, {
      ok: false,
      detail: 'is not https, so what it answers could be anybody’s',
    });
    const asked = await askHttp(elsewhere('/'), { ...limits, isPlainMeant: true });
    assert.ok(asked.ok && asked.status === 200);
  });

  it('is no way on for a redirect', async function () {
    if (process.platform === 'win32') this.skip();
    const answer = await askHttp(elsewhere('/away'), { ...limits, isPlainMeant: true });
    assert.ok(!answer.ok && /^redirects to 0\.0\.0\.0:1, which is not https/.test(answer.detail));
  });

  it('tells by its code why a server could not be reached', async () => {
    const answer = await askHttp(new URL('http://127.0.0.1:1/'), limits);
    // Node's fetch refuses some ports itself, without a code.
    assert.ok(!answer.ok && /^could not be reached \(/.test(answer.detail));
    const late = await askHttp(new URL(`http://127.0.0.1:${port}/`), { ...limits, timeoutMs: 0 });
    assert.ok(late.ok || late.code === 'ETIMEDOUT');
  });
});
