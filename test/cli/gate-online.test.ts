import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { send, sha256, startServer, type FakeServer } from '../adapters/registries/fake-server';
import { gitRepository, type GitRepository } from '../support/git-repository';

const program = path.resolve('dist/cli.js');

interface Reported {
  readonly condition: string;
  readonly status: string;
  readonly weight: string;
  readonly why: string;
  readonly next: string | null;
}

describe('gate and plan with --online', function () {
  this.timeout(60_000);
  let root: string;
  let server: FakeServer;
  let repository: GitRepository;
  /** Tags of the image, with the commit that each names. */
  let images: Map<string, string>;
  /** The state of the last deployment to production. */
  let state: string;
  let health: number;

  const writeScript = (text: string): void =>
    writeFileSync(path.join(root, 'verify.sh'), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  const run = (
    ...args: string[]
  ): Promise<{ readonly status: unknown; readonly out: string; readonly err: string }> =>
    new Promise((resolve) => {
      const env = {
        ...process.env,
        NO_COLOR: '1',
        FORCE_COLOR: '',
        GITHUB_API_URL: `http://127.0.0.1:${server.port}/api`,
        GITHUB_TOKEN: 'ghp_word-that-is-secret',
        GH_TOKEN: '',
        GITHUB_RUN_ID: '',
        DOCKER_CONFIG: path.join(root, '.docker'),
      };
      execFile(process.execPath, [program, ...args], { cwd: root, env }, (error, out, err) =>
        resolve({ status: error ? error.code : 0, out, err }),
      ).stdin?.end();
    });
  const gate = async (...args: string[]): Promise<Record<string, Reported>> => {
    const { out, err } = await run('gate', '--version', '1.4.0', '--format', 'json', ...args);
    assert.doesNotMatch(out + err, /word-that-is-secret/);
    const report = JSON.parse(out) as { readonly conditions: readonly Reported[] };
    return Object.fromEntries(report.conditions.map((each) => [each.condition, each]));
  };
  const statuses = (conditions: Record<string, Reported>): readonly (string | undefined)[] =>
    [
      'artifact-exists',
      'artifact-matches-commit',
      'previous-artifact-exists',
      'target-healthy',
      'no-deployment-in-progress',
    ].map((id) => conditions[id]?.status);

  before(async () => {
    if (!existsSync(program)) execFileSync(process.execPath, ['esbuild.mjs']);
    server = await startServer();
  });
  after(() => server.close());
  beforeEach(() => {
    repository = gitRepository();
    ({ root } = repository);
    repository.git('remote', 'add', 'origin', 'https://github.com/acme/orders.git');
    const base = repository.commit('feat: one', { 'a.txt': 'one\n' });
    repository.git('tag', 'v1.3.0');
    writeScript('printf "%s\\n" "$@" >verified');
    const head = repository.commit('fix: two', {
      '.github/release-gate.yml': [
        'readiness:',
        '  artifact:',
        '    registry: oci',
        `    name: 127.0.0.1:${server.port}/acme/orders`,
        "    version: 'v{version}'",
        "    verify: [./verify.sh, '{reference}', '{digest}', '{commit}']",
        '  health:',
        '    urls:',
        `      - url: http://127.0.0.1:${server.port}/healthz`,
        '',
      ].join('\n'),
    });
    repository.git('tag', 'v1.4.0');
    images = new Map([
      ['v1.3.0', base],
      ['v1.4.0', head],
    ]);
    state = 'success';
    health = 200;
    server.seen.length = 0;
    server.handler = (request, response) => {
      const url = request.url ?? '';
      if (url === '/healthz') return send(response, health, 'ok');
      if (url.startsWith('/api/repos/acme/orders/deployments?')) {
        return send(response, 200, [{ id: 7, sha: 'b'.repeat(40), created_at: new Date().toISOString() }]);
      }
      if (url.startsWith('/api/')) return send(response, 200, [{ state }]);
      for (const [tag, commit] of images) {
        const config = JSON.stringify({
          config: { Labels: { 'org.opencontainers.image.revision': commit } },
        });
        const image = JSON.stringify({
          schemaVersion: 2,
          config: {
            mediaType: 'application/vnd.oci.image.config.v1+json',
            digest: sha256(config),
            size: config.length,
          },
          layers: [],
        });
        if (url === `/v2/acme/orders/manifests/${tag}`) return send(response, 200, image);
        if (url === `/v2/acme/orders/blobs/${sha256(config)}`) return send(response, 200, config);
      }
      return send(response, 404, { errors: [{ code: 'MANIFEST_UNKNOWN' }] });
    };
  });
  afterEach(() => repository.remove());

  it('asks nobody and runs nothing without the word of the person', async () => {
    const conditions = await gate();
    assert.deepEqual(statuses(conditions), ['unknown', 'not-applicable', 'unknown', 'unknown', 'unknown']);
    assert.match(conditions['artifact-exists']?.next ?? '', /--online/);
    assert.equal(server.seen.length, 0);
    assert.ok(!existsSync(path.join(root, 'verified')));
  });

  it('holds artifact, target and deployments against what answers', async () => {
    const conditions = await gate('--online');
    assert.deepEqual(
      statuses(conditions),
      ['pass', 'pass', 'pass', 'pass', 'pass'],
      JSON.stringify(conditions, null, 1),
    );
    assert.match(
      conditions['artifact-matches-commit']?.why ?? '',
      /this was read, and no signature verified/,
    );
    assert.match(
      conditions['rollback:target-exists']?.why ?? conditions['previous-artifact-exists']?.why ?? '',
      /v1\.3\.0 is in its registry/,
    );
    assert.ok(!existsSync(path.join(root, 'verified')));
    for (const { url, authorization } of server.seen) {
      assert.equal(authorization, url.startsWith('/api/') ? 'Bearer ghp_word-that-is-secret' : null, url);
    }
  });

  it('verifies by the configured program, with --run-commands', async () => {
    const conditions = await gate('--online', '--run-commands');
    assert.match(conditions['artifact-matches-commit']?.why ?? '', /and was verified by/);
    assert.ok(existsSync(path.join(root, 'verified')));
    writeScript('exit 1');
    assert.equal((await gate('--online', '--run-commands'))['artifact-matches-commit']?.status, 'fail');
  });

  it('is no-go where the artifact is gone, made from something else, or the target is not free', async () => {
    images.delete('v1.3.0');
    images.set('v1.4.0', repository.git('rev-parse', 'v1.3.0'));
    state = 'in_progress';
    health = 503;
    const conditions = await gate('--online');
    assert.deepEqual(statuses(conditions), ['pass', 'fail', 'fail', 'fail', 'fail']);
    images.delete('v1.4.0');
    const { status, out } = await run('gate', '--version', '1.4.0', '--online');
    assert.equal(status, 1);
    assert.match(out, /\[artifact-exists\]\s+127\.0\.0\.1:\d+ has no acme\/orders:v1\.4\.0/);
  });

  it('tells the plan which version there is to go back to', async () => {
    const targetOf = async (...args: string[]): Promise<Reported | undefined> => {
      const { out } = await run('plan', '--format', 'json', ...args);
      const { rollback } = JSON.parse(out) as {
        readonly rollback: { readonly conditions: readonly (Reported & { readonly id: string })[] };
      };
      return rollback.conditions.find(({ id }) => id === 'target-exists');
    };
    assert.equal((await targetOf())?.status, 'unknown');
    assert.equal(server.seen.length, 0);
    assert.equal((await targetOf('--online'))?.status, 'pass');
    images.delete('v1.3.0');
    assert.equal((await targetOf('--online'))?.status, 'fail');
  });
});
