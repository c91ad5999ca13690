import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, describe, it } from 'mocha';
import { promisify } from 'node:util';
import { prometheusProgram } from './prometheus';
import { makeReleaseWorld, until, type ReleaseWorld, type WorldOptions } from './release-world';

const run = promisify(execFile);

interface Ended {
  readonly status: number;
  readonly out: string;
}

describe('the world in which releases are tested', function () {
  this.timeout(120_000);
  const worlds: ReleaseWorld[] = [];
  const made = async (options: WorldOptions = {}): Promise<ReleaseWorld> => {
    const world = await makeReleaseWorld({ metrics: 'probes', ...options });
    worlds.push(world);
    return world;
  };
  const script = async (world: ReleaseWorld, ...args: readonly string[]): Promise<Ended> => {
    const environment = { ...world.environment, ORDERS_URL: world.url, ORDERS_STATE: world.state };
    return run('sh', ['scripts/deploy.sh', ...args], { cwd: world.root, env: environment }).then(
      ({ stdout }) => ({ status: 0, out: stdout }),
      (error: { code: number; stdout: string; stderr: string }) => ({
        status: error.code,
        out: error.stdout + error.stderr,
      }),
    );
  };
  const answered = async (world: ReleaseWorld, page: string): Promise<readonly [number, string]> => {
    const response = await fetch(`${world.url}${page}`);
    return [response.status, await response.text()];
  };
  const counted = async (world: ReleaseWorld, status: number): Promise<number> => {
    const [, text] = await answered(world, '/metrics');
    return Number(
      new RegExp(`^http_requests_total\\{status="${status}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0,
    );
  };

  after(async () => {
    await Promise.all(worlds.map((world) => world.close()));
  });

  it('deploys, goes back and counts both', async () => {
    const world = await made();
    assert.deepEqual(await script(world, '1.0.1'), {
      status: 0,
      out: 'deploying orders 1.0.1 to 100% of the traffic\norders 1.0.1 answers 100% of the traffic\n',
    });
    assert.equal(world.live(), '1.0.1');
    assert.equal((await script(world, '--rollback', '1.0.0')).status, 0);
    assert.equal(world.live(), '1.0.0');
    assert.deepEqual(world.deployments(), ['1.0.1 100%']);
    assert.deepEqual(world.rollbacks(), ['1.0.0']);
  });

  it('answers as the version that is live, and fails as it is told', async () => {
    const world = await made({ versions: { '1.0.1': { errorRate: 1 }, '1.0.2': { isCrashing: true } } });
    assert.deepEqual((await answered(world, '/health'))[0], 200);
    await until('requests', () => world.live() === '1.0.0');
    assert.equal((await script(world, '1.0.1')).status, 0);
    const before = await counted(world, 500);
    await until('failed requests', () => true);
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.ok((await counted(world, 500)) - before >= 10, 'about fifty requests a second fail');
    const crashed = await script(world, '1.0.2');
    assert.equal(crashed.status, 3);
    assert.match(crashed.out, /orders does not answer/);
  });

  it('gives a share of the traffic to a canary', async () => {
    const world = await made({ versions: { '1.0.1': { errorRate: 1 } } });
    assert.equal((await script(world, '1.0.1', '--canary', '50%')).status, 0);
    const statuses = await Promise.all(
      Array.from({ length: 60 }, async () => (await answered(world, '/orders'))[0]),
    );
    const failed = statuses.filter((status) => status === 500).length;
    assert.ok(failed > 10 && failed < 50, `${failed} of 60 failed`);
    assert.equal(world.live(), '1.0.0');
    assert.equal((await script(world, '1.0.1', '--canary', '100%')).status, 0);
    assert.equal(world.live(), '1.0.1');
  });

  it('fails to deploy as it is told, before and after the change', async () => {
    const world = await made({ deploy: ['say half way', 'exit 7'] });
    const early = await script(world, '1.0.1');
    assert.deepEqual([early.status, world.live()], [7, '1.0.0']);
    assert.match(early.out, /half way/);
    world.setPlatform('deploy', ['change', 'exit 8']);
    assert.deepEqual([(await script(world, '1.0.1')).status, world.live()], [8, '1.0.1']);
    assert.equal(world.deployments().length, 2);
  });

  it('leaves processes that ignore being asked to end, and finds them by their mark', async () => {
    const world = await made({ deploy: ['hang-stubborn'] });
    const hung = script(world, '1.0.1');
    await until('the grandchildren', () => world.leftProcesses().length >= 4);
    await world.close();
    assert.notEqual((await hung).status, 0);
    assert.deepEqual(world.leftProcesses(), []);
  });

  for (const isReal of [false, true])
    it(`has a past that goes on without a step, asked by ${isReal ? 'a real Prometheus' : 'the stand-in'}`, async function () {
      if (isReal && prometheusProgram() === null) this.skip();
      const world = await made({ metrics: 'prometheus', isReal });
      const query = `sum(increase(http_requests_total[2s]))`;
      const ask = async (at: number): Promise<number> => {
        const response = await fetch(
          `${world.prometheus?.url}/api/v1/query?query=${encodeURIComponent(query)}&time=${at}`,
        );
        const said = (await response.json()) as { data: { result: { value: [number, string] }[] } };
        return Number(said.data.result[0]?.value[1]);
      };
      await new Promise((resolve) => setTimeout(resolve, 3000));
      const now = Date.now() / 1000;
      for (const ago of [0.5, 1.5, 3, 5, 10, 30]) {
        const requests = await ask(now - ago);
        assert.ok(requests > 40 && requests < 200, `${requests} requests in 2 s, ${ago} s ago`);
      }
      world.prometheus?.setFault('garbage');
      await assert.rejects(ask(now));
    });
});
