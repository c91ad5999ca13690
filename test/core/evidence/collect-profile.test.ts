import assert from 'node:assert/strict';
import fc from 'fast-check';
import { collectProfile, parseRemote } from '../../../src/core/evidence/collect-profile';
import { isKnown, type Fact } from '../../../src/core/evidence/fact';
import { profileOf, remoteHistory } from '../../support/generated-pipeline';
import { memoryFiles, noHistory, quietRun } from '../../support/world';
import { sampleNames, sampleRepository } from '../../support/sample-repository';
import { commandsTold, stackIn, told } from '../../support/told-profile';

describe('repository profile', () => {
  it('gives every fact the file, and the line where there is one', async () => {
    for (const name of sampleNames()) {
      const files = sampleRepository(name);
      const profile = await profileOf(files);
      const facts = collectFacts(profile);
      assert.ok(facts.length > 3, name);
      for (const item of facts) {
        assert.ok(item.sources.length > 0, `${name}: ${String(item.value)} has no source`);
        for (const source of item.sources) {
          if (source.kind !== 'file') continue;
          const text = files[source.path];
          assert.ok(text !== undefined, `${name}: ${source.path} does not exist`);
          if (source.range)
            assert.ok(source.range.start.line <= text.split('\n').length, `${name}: ${source.path}`);
        }
      }
      assert.deepEqual(profile.problems, [], name);
    }
  });

  it('reads a Node service with its image, manifests, scripts, owners and links', async () => {
    const profile = await profileOf(
      sampleRepository('orders-service'),
      remoteHistory('git@github.com:larkmoor/orders-service.git'),
    );
    assert.equal(told(profile.service), 'orders-service @ package.json:2');
    assert.deepEqual(isKnown(profile.remote) && profile.remote.value, {
      host: 'github.com',
      owner: 'larkmoor',
      name: 'orders-service',
    });
    assert.deepEqual(commandsTold(stackIn(profile, '')), {
      format: ['npm run format:check @ package.json:11'],
      lint: ['npm run lint @ package.json:12'],
      'type-check': ['npm run typecheck @ package.json:13'],
      unit: ['npm run test:unit @ package.json:15'],
      'end-to-end': ['npm run test:e2e @ package.json:16'],
      build: ['npm run build @ package.json:9'],
    });
    assert.equal(told(stackIn(profile, '')?.languageVersion), '20.18.1 @ .nvmrc:1');
    assert.equal(told(stackIn(profile, '')?.outputs?.[0]), 'dist @ tsconfig.build.json:3');
    assert.equal(told(profile.image), 'ghcr.io/larkmoor/orders-service @ k8s/deployment.yaml:16');
    assert.equal(told(profile.smokeTest), 'bash scripts/smoke.sh "${BASE_URL}" @ scripts/smoke.sh:4');
    assert.deepEqual(profile.owners.map(told), [
      '@larkmoor/shop @ .github/CODEOWNERS:2',
      '@larkmoor/platform @ .github/CODEOWNERS:3',
    ]);
    assert.deepEqual(
      profile.operations.map(({ value }) => `${value.kind} ${value.target}`),
      [
        'health /readyz',
        'health /healthz',
        'dashboard https://grafana.larkmoor.test/d/orders',
        'logs https://kibana.larkmoor.test/app/discover#/view/orders',
        'alert https://wiki.larkmoor.test/runbooks/orders-errors',
      ],
    );
    assert.deepEqual(
      profile.migrationFolders.map((folder) => folder.value),
      ['migrations'],
    );
    assert.deepEqual(profile.clouds.map(told), ['aws @ infra/main.tf:5']);
    const [target] = profile.deployTargets;
    assert.equal(target?.kind, 'kubernetes');
    assert.equal(target?.workloads?.[0]?.value.namespace, 'shop');
  });

  it('reads a Poetry project, its scripts and their arguments', async () => {
    const profile = await profileOf(sampleRepository('pricing-api'));
    assert.deepEqual(commandsTold(stackIn(profile, '')), {
      format: ['poetry run ruff format --check . @ pyproject.toml:20'],
      lint: ['poetry run ruff check . @ pyproject.toml:17'],
      'type-check': ['poetry run mypy @ pyproject.toml:23'],
      unit: ['poetry run pytest tests/unit @ tests/unit/test_prices.py'],
      'end-to-end': ['poetry run pytest tests/e2e @ tests/e2e/test_basket.py'],
    });
    const [target] = profile.deployTargets;
    assert.equal(
      told(target?.deployCommand),
      'bash deploy/deploy.sh "${ENV}" "${VERSION}" @ deploy/deploy.sh:4',
    );
    assert.equal(
      told(target?.rollbackCommand),
      'bash deploy/rollback.sh "${ENV}" "${VERSION}" @ deploy/rollback.sh:3',
    );
  });

  it('reads a Go module with its Makefile and chart', async () => {
    const profile = await profileOf(sampleRepository('ledger'));
    assert.deepEqual(commandsTold(stackIn(profile, '')), {
      unit: ['make test @ Makefile:8'],
      'end-to-end': ['make e2e @ Makefile:11'],
      build: ['make build @ Makefile:5'],
      format: ['test -z "$(gofmt -l .)" @ go.mod:3'],
      lint: ['golangci-lint run @ .golangci.yml'],
    });
    assert.deepEqual(
      profile.environments.map(({ value }) => value),
      [
        { name: 'staging', isProduction: false },
        { name: 'production', isProduction: true },
      ],
    );
  });

  it('reads Maven and Gradle, and not the parent of a Maven project', async () => {
    const maven = await profileOf(sampleRepository('invoice-engine'));
    assert.equal(told(stackIn(maven, '')?.name), 'invoice-engine @ pom.xml:10');
    assert.equal(told(stackIn(maven, '')?.version), '1.12.0 @ pom.xml:11');
    assert.deepEqual(maven.clouds.map(told), ['azure @ .github/workflows/login-check.yml:11']);
    const gradle = await profileOf(sampleRepository('stock-keeper'));
    assert.equal(told(stackIn(gradle, '')?.languageVersion), '17 @ build.gradle.kts:12');
    assert.equal(
      told(gradle.deployTargets[0]?.deployCommand),
      'UNKNOWN(host on which compose.yaml is started)',
    );
  });

  it('tells members of a workspace from a package beside it', async () => {
    const profile = await profileOf(sampleRepository('storefront'));
    assert.deepEqual(
      profile.stacks.map((stack) => [stack.folder, stack.workspaceRoot ?? null, stack.packageManager.value]),
      [
        ['', null, 'pnpm'],
        ['apps/web', '', 'pnpm'],
        ['packages/basket', '', 'pnpm'],
        ['services/mailer', null, 'npm'],
      ],
    );
    assert.deepEqual(commandsTold(stackIn(profile, 'services/mailer')), {}, 'the default of npm is no test');
    assert.deepEqual(
      profile.clouds.map((cloud) => cloud.value),
      ['aws'],
      'the deploy script calls it',
    );
  });

  it('never names a command that the repository does not have', async () => {
    const profile = await profileOf({
      'package.json':
        '{"name":"a","scripts":{"test":"echo \\"Error: no test specified\\" && exit 1","format":"prettier --write ."}}',
      'service/pyproject.toml': '[project]\nname = "b"\n',
      'library/pom.xml': '<project><artifactId>c</artifactId></project>',
    });
    assert.deepEqual(commandsTold(stackIn(profile, '')), {});
    assert.deepEqual(commandsTold(stackIn(profile, 'service')), {});
    assert.deepEqual(Object.keys(commandsTold(stackIn(profile, 'library'))), ['build']);
  });

  it('reports a broken manifest and reads the others', async () => {
    const profile = await profileOf({
      'package.json': '{"name": "a", ',
      'b/pyproject.toml': '[project\nname=',
      'c/go.mod': 'go 1.22\n',
      'c/main.go': 'package main\n',
      'd/package.json': '[1]',
      'e/Dockerfile': 'RUN true\n',
      'f/compose.yaml': 'services: [\n',
      'g/package.json': '{"name":"good","scripts":{"test":"node --test"}}',
    });
    assert.deepEqual(
      profile.stacks.map((stack) => stack.folder),
      ['g'],
    );
    assert.deepEqual((profile.problems ?? []).map((problem) => problem.path).sort(), [
      'b/pyproject.toml',
      'c/go.mod',
      'd/package.json',
      'e/Dockerfile',
      'f/compose.yaml',
      'package.json',
    ]);
  });

  it('refuses names that hide what they are, and quotes the others', async () => {
    const profile = await profileOf({
      'package.json': JSON.stringify({
        name: 'a\u202Eb',
        scripts: { 'test:unit': 'node --test', 'x${{ github.token }}': 'true', "it's": 'true' },
      }),
    });
    assert.ok(!isKnown(stackIn(profile, '')?.name ?? { unknown: '' }));
    assert.equal((profile.problems ?? []).length, 1);
  });

  it('takes production from the configuration before names', async () => {
    const overlay = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';
    const profile = await collectProfile(
      {
        files: memoryFiles({
          'k8s/overlays/live/kustomization.yaml': overlay,
          'k8s/overlays/stage/kustomization.yaml': overlay,
        }),
        history: noHistory,
        configuration: { productionEnvironments: ['stage'], otherEnvironments: ['live'] },
      },
      quietRun(),
    );
    assert.deepEqual(
      profile.environments.map(({ value }) => [value.name, value.isProduction]),
      [
        ['live', false],
        ['stage', true],
      ],
    );
  });

  it('reads the remote in each of its spellings', () => {
    const expected = { host: 'github.com', owner: 'acme', name: 'shop' };
    for (const url of [
      'https://github.com/acme/shop.git',
      'https://github.com/acme/shop/',
      'ssh://git@github.com/acme/shop.git',
      'git@github.com:acme/shop.git',
    ]) {
      assert.deepEqual(parseRemote(url), expected, url);
    }
    assert.equal(parseRemote('/srv/git/shop.git'), null);
    assert.equal(parseRemote('https://github.com/$(id)/shop'), null);
  });

  it('never throws, whatever the files hold', async () => {
    const names = [
      'package.json',
      'pyproject.toml',
      'go.mod',
      'pom.xml',
      'build.gradle',
      'Dockerfile',
      'compose.yaml',
      'k8s/app.yaml',
      'charts/a/Chart.yaml',
      'Makefile',
      'scripts/deploy.sh',
      'CODEOWNERS',
      '.github/workflows/ci.yml',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          fc.constantFrom(...names),
          fc.oneof(fc.string(), fc.json(), fc.string({ unit: 'binary' })),
        ),
        async (files) => {
          await profileOf(files);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('reads a repository of ten thousand files within seconds, and says what it left out', async () => {
    const files: Record<string, string> = {
      'package.json': '{"name":"mono","private":true,"workspaces":["packages/*"]}',
      'package-lock.json': '{}',
    };
    for (let index = 0; index < 1_500; index++) {
      files[`packages/p${index}/package.json`] =
        `{"name":"p${index}","main":"dist/index.js","scripts":{"test":"vitest run"},"devDependencies":{"vitest":"3"}}`;
      files[`packages/p${index}/tsconfig.json`] = '{"compilerOptions":{"outDir":"dist"}}';
      for (let file = 0; file < 4; file++) files[`packages/p${index}/src/f${file}.ts`] = '';
    }
    for (let index = 0; index < 900; index++) {
      files[`k8s/app${index}/deployment.yaml`] =
        `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: app${index} }\n`;
    }
    for (let index = 0; index < 200; index++) files[`infra/m${index}/main.tf`] = '';
    for (let index = 0; index < 60; index++) files[`infra/n${index}/main.tf`] = 'resource "broken {';
    const start = performance.now();
    const profile = await profileOf(files);
    const seconds = (performance.now() - start) / 1000;
    assert.ok(Object.keys(files).length > 10_000);
    assert.ok(seconds < 10, `${seconds.toFixed(1)} s`);
    assert.equal(profile.stacks.length, 1_501);
    assert.deepEqual(
      profile.problems?.map(({ message }) => message.replace(/^holds (\d+).*/, '$1')),
      ['900', '260'],
    );
  });

  it('takes the environment that a deploy script is told, and no other word', async () => {
    const step = (run: string): string =>
      `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: ${run}\n`;
    for (const [run, expected] of [
      ['./scripts/deploy.sh production v1', ['production']],
      ['bash deploy staging && bash deploy production', ['staging', 'production']],
      ['./scripts/deploy.sh "$ENV"', []],
      ['./scripts/deploy.sh productions', []],
      ['echo redeploy-notes production-like', []],
    ] as const) {
      const profile = await profileOf({ '.github/workflows/d.yml': step(run) });
      assert.deepEqual(
        profile.environments.map(({ value }) => value.name),
        expected,
        run,
      );
    }
  });
});

function collectFacts(value: unknown): Fact<unknown>[] {
  if (Array.isArray(value)) return value.flatMap(collectFacts);
  if (typeof value !== 'object' || value === null) return [];
  const own = 'sources' in value && 'value' in value ? [value as Fact<unknown>] : [];
  return [...own, ...Object.values(value).flatMap(collectFacts)];
}
