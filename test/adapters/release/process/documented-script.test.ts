import { strict as assert } from 'node:assert';
import { promises as fs } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../../../../src/adapters/clock';
import { runScript } from '../../../../src/adapters/release/process/run-script';
import { readSmokeSection } from '../../../../src/core/release/smoke-cases';

const PAGE = path.resolve(__dirname, '../../../../docs/deploy-scripts.md');

describe('the examples of docs/deploy-scripts.md', () => {
  it('the deploy script goes forward and back, and fails with what it calls', async () => {
    const root = await fs.mkdtemp(path.join(os.tmpdir(), 'release-gate-documented-'));
    try {
      const text = /```sh\n(#!\/usr\/bin\/env bash\n[\s\S]*?)```/.exec(await fs.readFile(PAGE, 'utf8'))?.[1];
      assert.ok(text !== undefined);
      await fs.writeFile(path.join(root, 'deploy.sh'), text, { mode: 0o755 });
      await fs.mkdir(path.join(root, 'bin'));
      const fake = '#!/bin/sh\necho "kubectl $*"\ncase $* in *broken*) exit 1 ;; esac\n';
      await fs.writeFile(path.join(root, 'bin', 'kubectl'), fake, { mode: 0o755 });
      const run = (...args: string[]) =>
        runScript(
          {
            root,
            argv: ['./deploy.sh', ...args],
            environment: { PATH: `${path.join(root, 'bin')}:${process.env.PATH ?? ''}` },
            outputPath: null,
            idleMs: 5000,
            limitMs: 5000,
            graceMs: 100,
            secrets: [],
            onStarted: () => undefined,
            clock: systemClock,
          },
          new AbortController().signal,
        );
      const image = 'kubectl set image deployment/orders orders=registry.example.com/orders:';
      const status = 'kubectl rollout status deployment/orders --timeout=4m';
      assert.deepEqual((await run('2.4.0')).tail, [`${image}2.4.0`, status]);
      assert.deepEqual((await run('--rollback', '2.3.9')).tail, [`${image}2.3.9`, status]);
      assert.equal((await run('broken')).exitCode, 1);
      const bare = await run();
      assert.equal(bare.exitCode, 1);
      assert.match(bare.tail[0] ?? '', /usage: deploy\.sh/);
    } finally {
      await fs.rm(root, { recursive: true, force: true });
    }
  });

  it('the smoke cases are read as the page says', async () => {
    const text = /````markdown\n([\s\S]*?)````/.exec(await fs.readFile(PAGE, 'utf8'))?.[1] ?? '';
    const { tests, problems } = readSmokeSection(text, 'Production Smoke Tests');
    assert.deepEqual(problems, []);
    assert.deepEqual(
      tests.map(({ name, request, command, statuses, contains, isWrite }) =>
        [
          name,
          request ? `${request.method} ${request.url}` : command,
          statuses.join(),
          contains.join(),
          isWrite,
        ].join('|'),
      ),
      [
        'Health|GET /health|200|"ok"|false',
        'Place an order|POST /orders|201|"id"|true',
        'Catalogue|GET /items?limit=1|200|items|false',
        'Queue is empty|./scripts/queue-depth.sh --max 100|||',
      ],
    );
  });
});
