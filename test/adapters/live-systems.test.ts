import { strict as assert } from 'node:assert';
import { createLiveSystems } from '../../src/adapters/live-systems';
import type { DeploymentsAnswer, LiveSystems } from '../../src/core/ports';
import { send, startServer, type FakeServer } from './registries/fake-server';

const A = 'a'.repeat(40);

describe('what is live', () => {
  let server: FakeServer;
  let contents: Record<string, object | number>;

  before(async () => {
    server = await startServer();
  });
  after(() => server.close());
  beforeEach(() => {
    server.seen.length = 0;
    contents = {};
    server.handler = (request, response) => {
      const item = contents[request.url ?? ''];
      if (typeof item === 'number') send(response, item, {});
      else if (item === undefined) send(response, 404, {});
      else send(response, 200, item);
    };
  });

  const live = (ownRun?: string): LiveSystems =>
    createLiveSystems({
      github: { url: `http://127.0.0.1:${server.port}`, token: 'ghp_token' },
      timeoutMs: 1000,
      ...(ownRun ? { ownRun } : {}),
    });

  const ask = (ownRun?: string): Promise<DeploymentsAnswer> =>
    live(ownRun).deployments({
      repository: 'acme/orders',
      environment: 'prod eu',
      workflows: ['.github/workflows/deploy.yml'],
    });

  const known = async (ownRun?: string): Promise<Extract<DeploymentsAnswer, { kind: 'known' }>> => {
    const answer = await ask(ownRun);
    return answer.kind === 'known' ? answer : assert.fail(JSON.stringify(answer));
  };

  const root = '/repos/acme/orders';
  const listed = `${root}/deployments?environment=prod%20eu&per_page=10`;
  const runs = (state: string): string =>
    `${root}/actions/workflows/deploy.yml/runs?status=${state}&per_page=20`;

  it('tells deployments that have ended from those that have not', async () => {
    contents[listed] = [1, 2, 3, 4].map((id) => ({ id, sha: A, created_at: '2026-03-01T10:00:00Z' }));
    const status = (state: string): object[] => [
      { state, log_url: `https://github.com/acme/orders/actions/runs/77${state.length}/job/1` },
    ];
    contents[`${root}/deployments/1/statuses?per_page=1`] = status('success');
    contents[`${root}/deployments/2/statuses?per_page=1`] = status('in_progress');
    contents[`${root}/deployments/3/statuses?per_page=1`] = [];
    contents[`${root}/deployments/4/statuses?per_page=1`] = status('waiting');
    const answer = await known('7711');
    assert.deepEqual(
      answer.inProgress.map(({ what, state, isOwn }) => [what, state, isOwn]),
      [
        ['deployment 2 to prod eu', 'in_progress', true],
        ['deployment 3 to prod eu', 'pending', false],
        ['deployment 4 to prod eu', 'waiting', false],
      ],
    );
    assert.deepEqual(
      answer.history.map(({ state }) => state),
      ['success'],
    );
  });

  it('lists runs that may deploy, once each, without those that judge a change', async () => {
    contents[listed] = [];
    const run = (id: number, event: string): object => ({
      id,
      run_number: id,
      head_sha: A,
      event,
      status: 'in_progress',
      created_at: 'x',
    });
    contents[runs('in_progress')] = {
      workflow_runs: [run(5, 'push'), run(6, 'pull_request'), run(7, 'workflow_dispatch')],
    };
    contents[runs('queued')] = { workflow_runs: [run(5, 'push')] };
    contents[runs('waiting')] = { workflow_runs: [] };
    assert.deepEqual(
      (await known('7')).runs.map(({ what, isOwn }) => [what, isOwn]),
      [
        ['run 5 of deploy.yml', false],
        ['run 7 of deploy.yml', true],
      ],
    );
  });

  it('knows of no runs where GitHub does not know the workflow', async () => {
    contents[listed] = [];
    assert.deepEqual((await known()).runs, []);
    assert.ok(server.seen.every(({ authorization }) => authorization === 'Bearer ghp_token'));
  });

  it('is refused or not known as the status says', async () => {
    const missing = await ask();
    assert.ok(missing.kind === 'refused' && missing.detail.includes('the token may not read it'));
    contents[listed] = 403;
    assert.equal((await ask()).kind, 'refused');
    contents[listed] = 500;
    assert.equal((await ask()).kind, 'unknown');
    contents[listed] = [{ id: 1, sha: A }];
    contents[`${root}/deployments/1/statuses?per_page=1`] = 502;
    assert.equal((await ask()).kind, 'unknown');
  });

  it('takes nothing for a deployment that is none', async () => {
    contents[listed] = ['text', null, { id: 'one' }, { id: 2 }];
    const answer = await known();
    assert.deepEqual([answer.inProgress, answer.history], [[], []]);
  });

  describe('health', () => {
    const health = (path: string): ReturnType<LiveSystems['health']> =>
      live().health(`http://127.0.0.1:${server.port}${path}`);

    it('is the status of the address itself', async () => {
      contents['/healthz'] = {};
      contents['/down'] = 503;
      server.handler = ((inner) => (request, response, body) =>
        request.url === '/login'
          ? send(response, 302, '', { location: '/healthz' })
          : inner(request, response, body))(server.handler);
      for (const [path, status] of [
        ['/healthz', 200],
        ['/down', 503],
        ['/login', 302],
      ] as const) {
        const answer = await health(path);
        assert.ok(answer.kind === 'answered');
        assert.equal(answer.status, status);
      }
      assert.ok(server.seen.every(({ authorization, method }) => authorization === null && method === 'GET'));
    });

    it('is not known where nothing answers, or may not be asked', async () => {
      server.handler = () => undefined;
      const silent = await health('/');
      assert.ok(silent.kind === 'unknown' && silent.detail.includes('gave no answer within 1 seconds'));
      const plain = await live().health('http://orders.example/healthz');
      assert.ok(plain.kind === 'unknown' && plain.detail.includes('is not https'));
      assert.equal((await live().health('not an address')).kind, 'unknown');
      assert.equal((await live().health('file:///etc/passwd')).kind, 'unknown');
    });
  });
});
