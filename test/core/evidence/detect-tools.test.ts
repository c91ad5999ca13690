import assert from 'node:assert/strict';
import { isKnown, type Known } from '../../../src/core/evidence/fact';
import type { Stack } from '../../../src/core/evidence/profile';
import { profileOf } from '../../support/generated-pipeline';

async function stackOf(files: Readonly<Record<string, string>>): Promise<Stack> {
  const { stacks } = await profileOf(files);
  assert.ok(stacks[0]);
  return stacks[0];
}

function value<T>(known: Known<T> | undefined | null): T | string | null {
  return known ? (isKnown(known) ? known.value : `UNKNOWN(${known.unknown})`) : null;
}

function said({ coverage }: Stack): unknown {
  return coverage
    ? [value(coverage.tool), value(coverage.command), value(coverage.report), value(coverage.threshold)]
    : null;
}

function packageJson(manifest: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ name: 'quotes', version: '1.0.0', ...manifest }, null, 2);
}

const POM = (plugins: string): string =>
  `<project>\n  <artifactId>quotes</artifactId>\n  <version>1.0</version>\n  <build><plugins>\n${plugins}\n  </plugins></build>\n</project>\n`;

const COVERAGE: readonly {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  readonly coverage: unknown;
}[] = [
  {
    what: 'a script with vitest and an lcov report',
    files: {
      'package.json': packageJson({
        scripts: { test: 'vitest run', 'test:coverage': 'vitest run --coverage' },
        devDependencies: { vitest: '^3.0.0', '@vitest/coverage-v8': '^3.0.0' },
      }),
      'vitest.config.ts':
        "export default { test: { coverage: { reporter: ['text', 'lcov'], reportsDirectory: 'out/coverage', thresholds: { lines: 85, branches: 70 } } } };\n",
    },
    coverage: ['vitest', 'npm run test:coverage', { path: 'out/coverage/lcov.info', format: 'lcov' }, 85],
  },
  {
    what: 'vitest as it is by default, which writes clover',
    files: {
      'package.json': packageJson({ scripts: { coverage: 'vitest run --coverage' } }),
    },
    coverage: ['vitest', 'npm run coverage', { path: 'coverage/clover.xml', format: 'clover' }, null],
  },
  {
    what: 'a test script of vitest that takes the option, where its provider is there',
    files: {
      'package.json': packageJson({
        scripts: { test: 'vitest run' },
        devDependencies: { vitest: '3', '@vitest/coverage-v8': '3' },
      }),
      'pnpm-lock.yaml': 'lockfileVersion: 9\n',
    },
    coverage: [
      'vitest',
      'pnpm run test --coverage --coverage.reporter=lcov',
      { path: 'coverage/lcov.info', format: 'lcov' },
      null,
    ],
  },
  {
    what: 'no coverage where the provider of vitest is not installed',
    files: {
      'package.json': packageJson({ scripts: { test: 'vitest run' }, devDependencies: { vitest: '3' } }),
    },
    coverage: null,
  },
  {
    what: 'jest with a threshold in the manifest',
    files: {
      'package.json': packageJson({
        scripts: { test: 'jest' },
        jest: { coverageDirectory: 'reports', coverageThreshold: { global: { lines: 90 } } },
      }),
    },
    coverage: [
      'jest',
      'npm run test -- --coverage --coverageReporters=lcov',
      { path: 'reports/lcov.info', format: 'lcov' },
      90,
    ],
  },
  {
    what: 'c8 that writes nothing a program reads',
    files: { 'package.json': packageJson({ scripts: { test: 'mocha', coverage: 'c8 mocha' } }) },
    coverage: [
      'c8',
      'npm run coverage',
      'UNKNOWN(coverage report that a program can read: c8 is set up to write none)',
      null,
    ],
  },
  {
    what: 'nyc by its own file',
    files: {
      'package.json': packageJson({ scripts: { coverage: 'nyc mocha' } }),
      '.nycrc.json':
        '{ "reporter": ["lcov", "text"], "report-dir": "cov", "check-coverage": true, "lines": 75 }',
    },
    coverage: ['nyc', 'npm run coverage', { path: 'cov/lcov.info', format: 'lcov' }, 75],
  },
  {
    what: 'a test script with a command behind the runner, which no option reaches',
    files: { 'package.json': packageJson({ scripts: { test: 'jest && node check.js' } }) },
    coverage: null,
  },
  {
    what: 'pytest-cov, its threshold and Poetry',
    files: {
      'pyproject.toml':
        '[tool.poetry]\nname = "quotes"\n[tool.poetry.group.dev.dependencies]\npytest = "^8"\npytest-cov = "^5"\n[tool.coverage.report]\nfail_under = 82\n',
      'poetry.lock': '',
    },
    coverage: [
      'pytest-cov',
      'poetry run pytest --cov --cov-report=xml',
      { path: 'coverage.xml', format: 'cobertura' },
      82,
    ],
  },
  {
    what: 'options that pytest always gets',
    files: {
      'requirements.txt': 'pytest\npytest-cov\n',
      'pytest.ini':
        '[pytest]\naddopts =\n    --cov=quotes\n    --cov-report=xml:build/cov.xml\n    --cov-fail-under=70\n    --junitxml=build/junit.xml\n',
    },
    coverage: ['pytest-cov', 'pytest', { path: 'build/cov.xml', format: 'cobertura' }, 70],
  },
  {
    what: 'coverage.py without its plugin',
    files: { 'requirements.txt': 'pytest\ncoverage\n', '.coveragerc': '[report]\nfail_under = 60\n' },
    coverage: [
      'coverage.py',
      'coverage run -m pytest && coverage xml',
      { path: 'coverage.xml', format: 'cobertura' },
      60,
    ],
  },
  {
    what: 'go test, and the Makefile where it writes a profile',
    files: {
      'go.mod': 'module example.org/quotes\n\ngo 1.23\n',
      'main.go': 'package main\n',
      'main_test.go': 'package main\n',
      Makefile: 'cover:\n\tgo test -coverprofile=out/c.out ./...\n',
    },
    coverage: ['go test', 'make cover', { path: 'out/c.out', format: 'go' }, null],
  },
  {
    what: 'JaCoCo on Maven',
    files: {
      'pom.xml': POM(
        '<plugin><artifactId>jacoco-maven-plugin</artifactId><goal>report</goal>\n<minimum>0.85</minimum></plugin>',
      ),
    },
    coverage: ['JaCoCo', 'mvn -B verify', { path: 'target/site/jacoco/jacoco.xml', format: 'jacoco' }, 85],
  },
  {
    what: 'JaCoCo on Gradle, whose XML is off',
    files: {
      'build.gradle.kts': 'plugins {\n    java\n    jacoco\n}\n',
      'settings.gradle.kts': 'rootProject.name = "quotes"\n',
    },
    coverage: [
      'JaCoCo',
      'gradle test jacocoTestReport',
      'UNKNOWN(coverage report that a program can read: build.gradle.kts does not switch reports.xml on)',
      null,
    ],
  },
];

describe('tools of a profile', () => {
  for (const { what, files, coverage } of COVERAGE) {
    it(`tells how coverage is measured: ${what}`, async () => {
      assert.deepEqual(said(await stackOf(files)), coverage);
    });
  }

  it('finds the integration tests of each language, apart from the unit tests', async () => {
    const node = await stackOf({
      'package.json': packageJson({ scripts: { test: 'jest unit', 'test:integration': 'jest integration' } }),
    });
    assert.equal(node.commands.integration?.[0]?.value, 'npm run test:integration');
    const python = await stackOf({
      'requirements.txt': 'pytest\n',
      'tests/integration/test_db.py': '',
      'tests/test_app.py': '',
    });
    assert.equal(python.commands.unit?.[0]?.value, 'pytest --ignore=tests/integration');
    assert.equal(python.commands.integration?.[0]?.value, 'pytest tests/integration');
    const go = await stackOf({
      'go.mod': 'module example.org/quotes\n\ngo 1.23\n',
      'db_test.go': '//go:build integration\n\npackage quotes\n',
    });
    assert.equal(go.commands.integration?.[0]?.value, 'go test -tags=integration ./...');
    const java = await stackOf({
      'pom.xml': POM('<plugin><artifactId>maven-failsafe-plugin</artifactId></plugin>'),
    });
    assert.equal(java.commands.integration?.[0]?.value, 'mvn -B verify');
    assert.equal(java.commands['end-to-end'], undefined);
  });

  it('runs a tool that is set up and that no script runs, and none that is only installed', async () => {
    const set = await stackOf({
      'package.json': packageJson({
        scripts: { test: 'node --test' },
        devDependencies: { '@playwright/test': '1', eslint: '9', prettier: '3' },
      }),
      'playwright.config.ts': 'export default {};\n',
      'eslint.config.js': 'export default [];\n',
    });
    assert.equal(set.commands['end-to-end']?.[0]?.value, 'npx --no-install playwright test');
    assert.equal(set.commands.lint?.[0]?.value, 'npx --no-install eslint .');
    assert.equal(set.commands.format, undefined);
    const scripted = await stackOf({
      'package.json': packageJson({ scripts: { lint: 'eslint src' }, devDependencies: { eslint: '9' } }),
      'eslint.config.js': 'export default [];\n',
    });
    assert.deepEqual(
      scripted.commands.lint?.map((command) => command.value),
      ['npm run lint'],
    );
  });

  it('takes settings that stayed behind when a project went over to Ruff for none', async () => {
    const files = (dev: string): Record<string, string> => ({
      'pyproject.toml': `[tool.poetry]\nname = "quotes"\n[tool.poetry.group.dev.dependencies]\n${dev}\n[tool.isort]\nprofile = "black"\n[tool.ruff]\n`,
    });
    assert.equal((await stackOf(files('ruff = "1"'))).commands.format, undefined);
    assert.equal((await stackOf(files('ruff = "1"\nisort = "5"'))).commands.format?.length, 1);
    assert.equal((await stackOf(files('isort = "5"'))).commands.format?.length, 1);
  });

  it('names the tools with what they are for', async () => {
    const { tools } = await stackOf({
      'package.json': packageJson({ devDependencies: { vitest: '3', testcontainers: '10', cypress: '14' } }),
      'cypress.config.ts': 'export default {};\n',
    });
    assert.deepEqual(
      tools?.map(({ value: tool }) => `${tool.name}: ${tool.does}`),
      ['Vitest: unit', 'Testcontainers: integration', 'Cypress: end-to-end'],
    );
  });

  it('tells where JUnit reports are written', async () => {
    const reports = async (files: Readonly<Record<string, string>>): Promise<unknown> =>
      (await stackOf(files)).testReports?.map((report) => report.value);
    assert.deepEqual(
      await reports({
        'package.json': packageJson({ scripts: { test: 'vitest run' } }),
        'vitest.config.ts':
          "export default { test: { reporters: ['default', 'junit'], outputFile: { junit: 'reports/junit.xml' } } };\n",
      }),
      ['reports/junit.xml'],
    );
    assert.deepEqual(
      await reports({
        'requirements.txt': 'pytest\n',
        'pytest.ini': '[pytest]\naddopts = --junitxml=junit.xml\n',
      }),
      ['junit.xml'],
    );
    assert.deepEqual(
      await reports({
        'build.gradle': "plugins { id 'java' }\n",
        'src/test/java/QuoteTest.java': 'class QuoteTest {}\n',
      }),
      ['build/test-results/test/TEST-*.xml'],
    );
  });
});
