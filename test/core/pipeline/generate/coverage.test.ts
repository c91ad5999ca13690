import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import picomatch from 'picomatch';
import { readWorkflow } from '../../../../src/core/workflow/read';
import { extendedPattern } from '../../../../src/core/pipeline/generate/coverage';
import type { PipelineSettings } from '../../../../src/core/evidence/pipeline-settings';
import type { Step } from '../../../../src/core/workflow/model';
import { generatedFrom } from '../../../support/generated-pipeline';

type Files = Readonly<Record<string, string>>;

const JEST: Files = {
  'package.json': '{"name":"shop","scripts":{"test":"jest"},"devDependencies":{"jest":"30.0.0"}}',
  'package-lock.json': '{}',
  'src/pay/charge.js': '',
  'src/web/page.js': '',
};

const GO: Files = {
  'go.mod': 'module example.org/shop\n\ngo 1.24\n',
  'go.sum': '',
  'main.go': 'package main\n',
  'pay/charge.go': 'package pay\n',
  'pay/charge_test.go': 'package pay\n',
};

const PYTEST: Files = {
  'pyproject.toml':
    '[project]\nname = "shop"\nversion = "1.0"\n[dependency-groups]\ndev = ["pytest", "pytest-cov"]\n[tool.pytest.ini_options]\n',
  'uv.lock': '',
  'src/shop/pay/charge.py': '',
  'tests/test_charge.py': '',
};

const MAVEN: Files = {
  'pom.xml':
    '<project><artifactId>shop</artifactId><build><plugins><plugin><artifactId>jacoco-maven-plugin</artifactId><executions><execution><goals><goal>prepare-agent</goal></goals></execution><execution><id>report</id><phase>test</phase><goals><goal>report</goal></goals></execution></executions></plugin></plugins></build></project>',
  'src/main/java/com/acme/pay/Charge.java': '',
  'src/test/java/com/acme/pay/ChargeTest.java': '',
};

function lcov(...files: readonly (readonly [path: string, covered: number, total: number])[]): string {
  return files
    .map(([path, covered, total]) =>
      [
        'TN:',
        `SF:${path}`,
        ...Array.from({ length: total }, (_, line) => `DA:${line + 1},${line < covered ? 3 : 0}`),
        `LF:${total}`,
        `LH:${covered}`,
        'end_of_record',
        '',
      ].join('\n'),
    )
    .join('');
}

const temporary: string[] = [];

after(() => {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true });
});

async function unitSteps(
  files: Files,
  coverage: Partial<PipelineSettings['coverage']> = {},
): Promise<{ readonly steps: readonly Step[]; readonly notes: readonly string[] }> {
  const { texts, pipeline } = await generatedFrom(files, {
    settings: { coverage: { whole: 80, core: 95, coreFiles: [], ...coverage } },
  });
  const workflow = readWorkflow('.github/workflows/pipeline.yml', texts['pipeline.yml'] ?? '');
  return {
    steps: workflow.jobs.find((job) => job.id.value === 'unit')?.steps ?? [],
    notes: pipeline.notes,
  };
}

/** Runs the step that reads the coverage over a report, as GitHub would. */
async function judged(
  files: Files,
  reports: Files,
  coverage: Partial<PipelineSettings['coverage']> = {},
): Promise<{ readonly status: number | null; readonly lines: readonly string[]; readonly summary: string }> {
  const { steps } = await unitSteps(files, coverage);
  const step = steps.find((each) => each.name?.value === 'Check the coverage');
  assert.ok(step?.run, 'the coverage is checked');
  const root = mkdtempSync(join(tmpdir(), 'coverage-'));
  temporary.push(root);
  for (const [path, text] of Object.entries({ ...files, ...reports })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text.replaceAll('@ROOT@', root));
  }
  const summary = join(root, 'summary.md');
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run.text],
    {
      cwd: join(root, step.workingDirectory?.value ?? ''),
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '',
        RUNNER_TEMP: root,
        GITHUB_WORKSPACE: root,
        GITHUB_STEP_SUMMARY: summary,
        ...Object.fromEntries(step.env.map((entry) => [entry.name.value, entry.value.text])),
      },
    },
  );
  assert.doesNotMatch(stderr, /syntax|unexpected/, stderr);
  return {
    status,
    lines: stdout
      .trim()
      .split('\n')
      .filter((line) => line !== ''),
    summary: status === null || stdout === '' ? '' : readFileSync(summary, 'utf8'),
  };
}

describe('the coverage of a generated pipeline', () => {
  before(function () {
    for (const program of ['awk', 'jq', 'python3']) if (spawnSync(program, ['--version']).error) this.skip();
  });

  it('passes at its bound, and says the number', async () => {
    const result = await judged(JEST, { 'coverage/lcov.info': lcov(['src/web/page.js', 8, 10]) });
    assert.deepEqual(result.lines, ['Coverage of the whole: 80 % of 10 lines']);
    assert.equal(result.status, 0);
    assert.equal(result.summary, 'Coverage of the whole: 80 % of 10 lines, and 80 % are required\n');
  });

  it('fails below its bound, cut and never rounded up to it', async () => {
    const result = await judged(JEST, { 'coverage/lcov.info': lcov(['src/web/page.js', 7999, 10_000]) });
    assert.equal(result.status, 1);
    assert.deepEqual(result.lines, [
      '::error title=Coverage::The whole has 79.9 % of 10000 lines covered, and 80 %25 are required',
    ]);
    assert.match(result.summary, /79\.9 % of 10000 lines, and 80 % are required/);
  });

  it('fails where the report is empty or missing: what was not measured is not covered', async () => {
    const empty = await judged(JEST, { 'coverage/lcov.info': '' });
    assert.equal(empty.status, 1);
    assert.match(empty.lines[0] ?? '', /^::error .*no lines covered, and 80 %25/);
    assert.notEqual((await judged(JEST, {})).status, 0);
    assert.notEqual((await judged(GO, {})).status, 0);
    assert.notEqual((await judged(PYTEST, {})).status, 0);
  });

  it('holds the core to its own bound, by its files', async () => {
    const coreFiles = ['src/pay/**'];
    const fails = await judged(
      JEST,
      { 'coverage/lcov.info': lcov(['@ROOT@/src/pay/charge.js', 94, 100], ['src/web/page.js', 100, 100]) },
      { coreFiles },
    );
    assert.equal(fails.status, 1);
    assert.deepEqual(fails.lines, [
      'Coverage of the whole: 97 % of 200 lines',
      '::error title=Coverage::The core has 94 % of 100 lines covered, and 95 %25 are required',
    ]);
    const passes = await judged(
      JEST,
      { 'coverage/lcov.info': lcov(['./src/pay/charge.js', 95, 100], ['src/web/page.js', 80, 100]) },
      { coreFiles },
    );
    assert.equal(passes.status, 0);
    const none = await judged(
      JEST,
      { 'coverage/lcov.info': lcov(['src/web/page.js', 100, 100]) },
      { coreFiles },
    );
    assert.equal(none.status, 1, 'a core that the report leaves out is not covered');
    assert.match(none.lines.at(-1) ?? '', /The core has no lines covered/);
  });

  it('tells files from the root of the repository where the project stands below it', async () => {
    const below = (files: Files): Files =>
      Object.fromEntries(Object.entries(files).map(([path, text]) => [`services/shop/${path}`, text]));
    const node = await judged(
      below(JEST),
      {
        'services/shop/coverage/lcov.info': lcov(
          ['src/pay/charge.js', 9, 10],
          ['@ROOT@/services/shop/src/web/page.js', 10, 10],
        ),
      },
      { core: 90, coreFiles: ['services/*/src/pay/**'] },
    );
    assert.deepEqual(node.lines, [
      'Coverage of the whole: 95 % of 20 lines',
      'Coverage of the core: 90 % of 10 lines',
    ]);
    const go = await judged(
      below(GO),
      { 'services/shop/coverage.out': 'mode: set\nexample.org/shop/pay/charge.go:3.20,5.2 9 1\n' },
      { coreFiles: ['services/shop/pay/*.go'] },
    );
    assert.deepEqual(go.lines.at(-1), 'Coverage of the core: 100 % of 9 statements');
    const python = await judged(
      below(PYTEST),
      {
        'services/shop/coverage.xml':
          '<coverage><sources><source>@ROOT@/services/shop/src</source></sources><class filename="shop/pay/charge.py"><lines><line number="1" hits="1"/></lines></class></coverage>',
      },
      { coreFiles: ['services/shop/src/**'] },
    );
    assert.deepEqual(python.lines.at(-1), 'Coverage of the core: 100 % of 1 lines');
  });

  it('adds up the members of a workspace, each below its own folder', async () => {
    const files: Files = {
      'package.json': '{"name":"all","private":true,"workspaces":["packages/*"]}',
      'package-lock.json': '{}',
      'packages/a/package.json': JEST['package.json'] ?? '',
      'packages/a/src/core.js': '',
      'packages/b/package.json': JEST['package.json'] ?? '',
      'packages/b/src/core.js': '',
    };
    const result = await judged(
      files,
      {
        'packages/a/coverage/lcov.info': lcov(['src/core.js', 10, 10]),
        'packages/b/coverage/lcov.info': lcov(['src/core.js', 7, 10]),
      },
      { coreFiles: ['packages/a/src/core.js'] },
    );
    assert.deepEqual(result.lines, [
      'Coverage of the whole: 85 % of 20 lines',
      'Coverage of the core: 100 % of 10 lines',
    ]);
  });

  it('reads the profile of Go, a block that several packages ran once', async () => {
    const report = [
      'mode: set',
      'example.org/shop/pay/charge.go:3.20,5.2 9 1',
      'example.org/shop/pay/charge.go:3.20,5.2 9 0',
      'example.org/shop/main.go:3.13,5.2 1 0',
      '',
    ].join('\n');
    const whole = await judged(GO, { 'coverage.out': report });
    assert.deepEqual(whole.lines, ['Coverage of the whole: 90 % of 10 statements']);
    const core = await judged(GO, { 'coverage.out': report }, { coreFiles: ['pay/*.go'] });
    assert.deepEqual(core.lines.at(-1), 'Coverage of the core: 100 % of 9 statements');
  });

  it('reads Cobertura, with files below the sources that the report names', async () => {
    const report = `<?xml version="1.0"?><coverage><sources><source>@ROOT@/src</source></sources><packages><package><classes>
      <class filename="shop/pay/charge.py"><methods><method><lines><line number="1" hits="0"/></lines></method></methods>
        <lines><line number="1" hits="1"/><line number="2" hits="0"/></lines></class>
      <class filename="elsewhere.py"><lines><line number="1" hits="4"/></lines></class>
    </classes></package></packages></coverage>`;
    const result = await judged(
      PYTEST,
      { 'coverage.xml': report },
      { whole: 60, core: 51, coreFiles: ['src/shop/pay/**'] },
    );
    assert.deepEqual(result.lines, [
      'Coverage of the whole: 66.6 % of 3 lines',
      '::error title=Coverage::The core has 50 % of 2 lines covered, and 51 %25 are required',
    ]);
  });

  it('reads JaCoCo, whose files stand below packages', async () => {
    const report = `<report name="shop"><package name="com/acme/pay"><class name="com/acme/pay/Charge"><counter type="LINE" missed="9" covered="9"/></class>
      <sourcefile name="Charge.java"><counter type="INSTRUCTION" missed="1" covered="3"/><counter type="LINE" missed="1" covered="3"/></sourcefile></package>
      <package name="com/acme"><sourcefile name="App.java"><counter type="LINE" missed="0" covered="6"/></sourcefile></package>
      <counter type="LINE" missed="1" covered="9"/></report>`;
    const result = await judged(
      MAVEN,
      { 'target/site/jacoco/jacoco.xml': report },
      { core: 75, coreFiles: ['src/main/java/com/acme/pay/**'] },
    );
    assert.deepEqual(result.lines, [
      'Coverage of the whole: 90 % of 10 lines',
      'Coverage of the core: 75 % of 4 lines',
    ]);
    const { notes } = await unitSteps(MAVEN, { coreFiles: ['src/main/**'] });
    assert.ok(notes.some((note) => note.startsWith('The core files `src/main/**` are not told apart')));
  });

  it('reads Clover and the JSON summary of Istanbul', async () => {
    const jest = (reporter: string): Files => ({
      ...JEST,
      'package.json': `{"name":"shop","scripts":{"test":"jest --coverage"},"devDependencies":{"jest":"30.0.0"},"jest":{"coverageReporters":["${reporter}"]}}`,
    });
    const clover = await judged(
      jest('clover'),
      {
        'coverage/clover.xml':
          '<coverage><project><metrics statements="4" coveredstatements="4"/><package name="pay"><file name="charge.js" path="@ROOT@/src/pay/charge.js"><metrics statements="4" coveredstatements="3"/></file></package></project></coverage>',
      },
      { whole: 70, core: 70, coreFiles: ['src/{pay,tax}/**'] },
    );
    assert.deepEqual(clover.lines, [
      'Coverage of the whole: 75 % of 4 statements',
      'Coverage of the core: 75 % of 4 statements',
    ]);
    const json = await judged(
      jest('json-summary'),
      {
        'coverage/coverage-summary.json': JSON.stringify({
          total: { lines: { total: 99, covered: 99 } },
          '@ROOT@/src/pay/charge.js': { lines: { total: 10, covered: 9 } },
        }),
      },
      { core: 90, coreFiles: ['src/pay/**'] },
    );
    assert.deepEqual(json.lines, [
      'Coverage of the whole: 90 % of 10 lines',
      'Coverage of the core: 90 % of 10 lines',
    ]);
  });
});

describe('the tests of a generated pipeline', () => {
  it('run once, with coverage, and leave their reports behind', async () => {
    const { steps } = await unitSteps(JEST);
    const runs = steps.flatMap((step) => (step.run ? [step.run.text.split('\n')[0]] : []));
    assert.equal(runs.filter((run) => run?.includes('npm')).length, 2, runs.join('\n'));
    assert.ok(runs.includes('npm run test -- --coverage --coverageReporters=lcov'), runs.join('\n'));
    const upload = steps.find((step) => step.name?.value === 'Keep the reports');
    assert.equal(upload?.condition?.value, '${{ !cancelled() }}');
    assert.equal(upload?.with.find((entry) => entry.name.value === 'path')?.value.text, 'coverage/lcov.info');
  });

  it('say that nothing holds their coverage where nothing measures it', async () => {
    const { steps, notes } = await unitSteps({
      'package.json': '{"name":"shop","scripts":{"test":"tape test.js"}}',
      'package-lock.json': '{}',
    });
    assert.ok(!steps.some((step) => step.name?.value === 'Check the coverage'));
    assert.ok(
      notes.includes(
        'No file sets up how the tests of package.json are measured, so their coverage is held to nothing.',
      ),
      notes.join('\n'),
    );
  });

  it('say where a bound of the core holds nothing', async () => {
    const unnamed = await unitSteps(JEST);
    assert.ok(unnamed.notes.some((note) => note.startsWith('No core files are named')));
    const unmatched = await unitSteps(JEST, { coreFiles: ['lib/core/**', 'src/pay/**'] });
    assert.ok(unmatched.notes.includes('No file of the repository is among the core files `lib/core/**`.'));
    assert.ok(!unmatched.notes.some((note) => note.startsWith('No core files are named')));
  });

  it('tell pytest to write its results', async () => {
    const { steps } = await unitSteps(PYTEST);
    assert.ok(
      steps.some((step) => / --junitxml=test-results\/unit\.xml$/.test(step.run?.text ?? '')),
      steps.map((step) => step.run?.text).join('\n'),
    );
  });

  it('keep pictures, videos and traces of a browser, also of a failure', async () => {
    const { texts } = await generatedFrom({
      'apps/web/package.json':
        '{"name":"web","scripts":{"test:e2e":"playwright test"},"devDependencies":{"@playwright/test":"1.60.0"}}',
      'apps/web/package-lock.json': '{}',
      'apps/web/playwright.config.ts': '',
      'apps/shop/package.json':
        '{"name":"shop","scripts":{"e2e":"cypress run"},"devDependencies":{"cypress":"15.0.0"}}',
      'apps/shop/package-lock.json': '{}',
      'apps/shop/cypress.config.js': '',
    });
    const { jobs } = readWorkflow('.github/workflows/pipeline.yml', texts['pipeline.yml'] ?? '');
    const kept = jobs.flatMap((job) =>
      job.steps
        .filter((step) => step.name?.value === 'Keep the reports')
        .map((step) => [
          job.id.value,
          ...step.with
            .filter((entry) => ['name', 'path'].includes(entry.name.value))
            .map((entry) => entry.value.text),
        ]),
    );
    assert.deepEqual(kept, [
      [
        'end-to-end-apps-shop',
        'end-to-end-apps-shop-reports',
        'apps/shop/cypress/screenshots/\napps/shop/cypress/videos/',
      ],
      [
        'end-to-end-apps-web',
        'end-to-end-apps-web-reports',
        'apps/web/playwright-report/\napps/web/test-results/',
      ],
    ]);
  });
});

describe('a glob as a pattern of awk', () => {
  it('matches what the glob matches', () => {
    const part = fc.constantFrom(
      'a',
      'b',
      'core',
      'a.b',
      'x+y',
      'a^b',
      '*',
      '?',
      '*.js',
      '{a,b}',
      '**',
      'Ä',
      'a b',
      '$x',
    );
    const word = fc.constantFrom(
      'a',
      'b',
      'core',
      'a.b',
      'aXb',
      'x+y',
      'xxy',
      'a^b',
      'q.js',
      'Ä',
      'a b',
      '$x',
    );
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 4 }),
        fc.array(fc.array(word, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
        (parts, paths) => {
          const glob = parts.join('/');
          const pattern = extendedPattern(glob);
          if (/\+/.test(glob)) {
            assert.equal(pattern, null);
            return;
          }
          const matches = picomatch(glob, { dot: true });
          const expression = new RegExp(`^(${pattern ?? ''})$`, 'u');
          // `a/**` is also the folder itself for the library, and a folder is in no report.
          const isFolder = picomatch(glob.replace(/(\/\*\*)+$/, ''), { dot: true });
          for (const path of paths
            .map((each) => each.join('/'))
            .filter((each) => !glob.endsWith('/**') || !isFolder(each)))
            assert.equal(expression.test(path), matches(path), `${glob} ${pattern ?? ''} ${path}`);
        },
      ),
      { numRuns: 500 },
    );
  });
});
