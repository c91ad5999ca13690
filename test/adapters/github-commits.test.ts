import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGitHubCommits, type GitHubOptions } from '../../src/adapters/github-commits';
import type { CommitAnswer } from '../../src/core/ports';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
const TAG = 'c'.repeat(40);
const TAG_OF_TAG = 'd'.repeat(40);

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const json = (response: ServerResponse, body: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

const reference = (name: string, type: string, sha: string): object => ({
  ref: `refs/${name}`,
  object: { type, sha },
});

/** Some of the API, as documented: exact references, annotated tags, references by their beginning. */
const api: Handler = (request, response) => {
  const answers: Record<string, unknown> = {
    '/repos/acme/deploy/git/ref/tags/v1.2.3': reference('tags/v1.2.3', 'commit', A),
    '/repos/acme/deploy/git/ref/tags/v2': reference('tags/v2', 'commit', B),
    '/repos/acme/deploy/git/matching-refs/tags/v2.': [
      reference('tags/v2.0.0', 'commit', A),
      reference('tags/v2.9.0', 'commit', B),
      reference('tags/v2.10.0', 'commit', B),
      reference('tags/v2.11.0-rc.1', 'commit', B),
    ],
    '/repos/acme/deploy/git/ref/tags/v3': reference('tags/v3', 'tag', TAG_OF_TAG),
    [`/repos/acme/deploy/git/tags/${TAG_OF_TAG}`]: { object: { type: 'tag', sha: TAG } },
    [`/repos/acme/deploy/git/tags/${TAG}`]: { object: { type: 'commit', sha: A } },
    '/repos/acme/deploy/git/matching-refs/tags/v3.': [reference('tags/v3.0.1', 'tag', TAG)],
    '/repos/acme/deploy/git/ref/tags/tree': reference('tags/tree', 'tree', A),
    '/repos/acme/deploy/git/ref/heads/release/1%232': reference('heads/release/1#2', 'commit', B),
    '/repos/acme/deploy/git/ref/tags/odd': { object: { type: 'commit', sha: 'main' } },
  };
  const body = answers[request.url ?? ''];
  json(response, body ?? { message: 'Not Found' }, body ? 200 : 404);
};

describe("commits from GitHub's API", () => {
  let server: Server;
  let handler: Handler;
  let requests: IncomingMessage[];

  before((done) => {
    server = createServer((request, response) => {
      requests.push(request);
      handler(request, response);
    }).listen(0, '127.0.0.1', done);
  });
  beforeEach(() => {
    handler = api;
    requests = [];
  });
  after((done) => {
    server.closeAllConnections();
    server.close(done);
  });

  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const commitOf = (ref: string, options: GitHubOptions = {}): Promise<CommitAnswer> =>
    createGitHubCommits({ url: url(), ...options }).commitOf('acme/deploy', ref);
  const detailOf = async (ref: string, options?: GitHubOptions): Promise<string> => {
    const answer = await commitOf(ref, options);
    return answer.ok ? '' : `${answer.isFinal ? 'final: ' : ''}${answer.detail}`;
  };

  it('gives the commit of a tag, through tags of tags, and of a branch', async () => {
    assert.deepEqual(await commitOf('v1.2.3'), { ok: true, commit: A, version: null });
    assert.deepEqual(await commitOf('release/1#2'), { ok: true, commit: B, version: null });
    assert.deepEqual(await commitOf('v3'), { ok: true, commit: A, version: 'v3.0.1' });
  });

  it('names the newest full version at the commit of a tag that moves', async () => {
    assert.deepEqual(await commitOf('v2'), { ok: true, commit: B, version: 'v2.10.0' });
  });

  it('says that there is no such tag, and never takes what is no commit', async () => {
    assert.match(
      await detailOf('v9'),
      /^is no tag or branch of acme\/deploy, or the repository is private \(a token/,
    );
    assert.match(await detailOf('v9', { token: 't' }), /private and the token may not read it$/);
    assert.equal(await detailOf('tree'), 'names no commit');
    assert.equal(await detailOf('odd'), 'names no commit');
  });

  it('sends the token and the version of the API, and only if there is one', async () => {
    await commitOf('v1.2.3', { token: 'secret' });
    await commitOf('v1.2.3');
    assert.deepEqual(
      requests.map(({ headers }) => headers.authorization),
      ['Bearer secret', undefined],
    );
    assert.equal(requests[0]?.headers['x-github-api-version'], '2022-11-28');
  });

  it('says until when GitHub answers no more, and what a token would do', async () => {
    handler = (_request, response) => {
      response.writeHead(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1800000000' });
      response.end('{}');
    };
    assert.equal(
      await detailOf('v1'),
      'final: could not be asked for: GitHub answers no more requests before 08:00 UTC; a token in GITHUB_TOKEN allows more',
    );
    assert.equal(
      await detailOf('v1', { token: 't' }),
      'final: could not be asked for: GitHub answers no more requests before 08:00 UTC',
    );
  });

  it('says what else went wrong', async () => {
    const answer =
      (status: number, body = '{}'): Handler =>
      (_request, response) => {
        response.writeHead(status);
        response.end(body);
      };
    for (const [given, expected] of [
      [answer(401), 'final: could not be asked for: GitHub refuses the token'],
      [answer(403), 'could not be asked for: GitHub answered with status 403'],
      [answer(502), 'final: could not be asked for: GitHub answered with status 502'],
      [answer(200, '<html>'), 'could not be asked for: the answer is no JSON'],
      [answer(200, `"${'x'.repeat(6 * 1024 * 1024)}"`), 'could not be asked for: the answer is too long'],
    ] as const) {
      handler = given;
      assert.equal(await detailOf('v1'), expected);
    }
  });

  it('waits for so long only, and ends when it is cancelled', async () => {
    handler = () => undefined;
    assert.equal(
      await detailOf('v1', { timeoutMs: 50 }),
      'final: could not be asked for: no answer within 0.05 seconds',
    );
    const controller = new AbortController();
    const asking = createGitHubCommits({ url: url() }).commitOf('a/b', 'v1', controller.signal);
    setTimeout(() => controller.abort(new Error('cancelled')), 20);
    await assert.rejects(asking, /cancelled/);
  });

  it('says that nobody is there', async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    assert.equal(
      await detailOf('v1', { url: `http://127.0.0.1:${port}` }),
      'final: could not be asked for: ECONNREFUSED',
    );
  });

  it('sends nothing in clear to another machine', () => {
    assert.throws(() => createGitHubCommits({ url: 'http://example.com' }), /is not https/);
  });
});
