import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createParsers } from '../../../../src/adapters/parsers';
import { checkRepository, createReadingCache } from '../../../../src/core/gate/check';
import { defaultConfiguration } from '../../../../src/core/gate/configuration';
import { defaultReadiness, type ReadinessSettings } from '../../../../src/core/gate/readiness-settings';
import type { Programs } from '../../../../src/core/ports';
import { conditions } from '../../../../src/core/readiness/conditions/index';
import { gatherEvidence, listedReports } from '../../../../src/core/readiness/evidence';
import type { ReleaseOnRecord } from '../../../../src/core/readiness/upkeep';
import { releaseRecordOf } from '../../../support/readiness';
import type { ReadinessFacts } from '../../../../src/core/readiness/facts';
import { memoryFiles, noHistory } from '../../../support/world';

const HEAD = '8ed0803eec85aa11bb22cc33dd44ee55ff667788';
const OTHER = '1234567890123456789012345678901234567890';
const parsers = createParsers();

const WORKFLOW = `name: CI
on: { push: { branches: [main] } }
permissions: { contents: read }
jobs:
  lint:
    name: Lint
    runs-on: ubuntu-24.04
    steps: [{ run: ruff check . }]
  hollow:
    name: Lint all
    runs-on: ubuntu-24.04
    steps: [{ run: echo linted }]
  soft:
    name: Soft lint
    runs-on: ubuntu-24.04
    steps: [{ run: ruff check . || true }]
  types:
    runs-on: ubuntu-24.04
    steps: [{ run: mypy . }]
  test:
    name: Test
    strategy: { matrix: { python: ['3.11', '3.12'] } }
    runs-on: ubuntu-24.04
    steps: [{ run: pytest }]
  image:
    needs: [lint, test]
    runs-on: ubuntu-24.04
    steps: [{ run: 'docker build -t ghcr.io/acme/calc:1 .' }]
  staging:
    needs: image
    runs-on: ubuntu-24.04
    environment: staging
    steps: [{ run: kubectl --context staging apply -f k8s/ }, { run: 'curl --fail https://staging.acme.example/healthz' }]
  production:
    needs: staging
    runs-on: ubuntu-24.04
    environment: production
    steps: [{ run: kubectl --context production apply -f k8s/ }]
`;

interface Options {
  readonly settings?: Partial<ReadinessSettings>;
  readonly facts?: object;
  readonly programs?: Programs | null;
  readonly named?: readonly string[];
}

async function judge(id: string, files: Readonly<Record<string, string>>, options: Options = {}) {
  const condition = conditions.find((each) => each.id === id);
  assert.ok(condition, id);
  const all = memoryFiles({ '.github/workflows/ci.yml': WORKFLOW, ...files });
  const cache = createReadingCache();
  const check = await checkRepository({
    root: '.',
    files: all,
    parsers,
    configuration: defaultConfiguration,
    history: noHistory,
    today: '2026-11-26',
    cache,
  });
  const settings = { ...defaultReadiness, ...options.settings };
  const evidence = await gatherEvidence(
    listedReports(all),
    settings,
    options.named ?? [],
    { id: HEAD, committedAt: '2026-11-26T12:00:00+00:00' },
    {
      alertFiles: Object.keys(files).filter((path) => path.startsWith('alerts/')),
      programs: options.programs ?? null,
    },
  );
  const facts = {
    asked: {
      version: '1.1.0',
      environment: 'production',
      isOnline: false,
      runsCommands: false,
      evidence: [],
    },
    now: new Date('2026-11-26T12:30:00Z'),
    settings,
    configuration: defaultConfiguration,
    check,
    workflows: cache.understood?.set ?? null,
    evidence,
    profile: { stacks: [], environments: [], deployTargets: [{}], operations: [] },
    paths: new Set(Object.keys(files)),
    releaseRecords: [],
    ...options.facts,
  } as unknown as ReadinessFacts;
  const answer = condition.judge(facts);
  const weight = typeof condition.weight === 'function' ? condition.weight(facts) : condition.weight;
  return { status: answer?.status ?? 'not asked', why: answer?.why ?? '', weight, answer };
}

const cases = (inner: string, attributes = ''): string =>
  `<testsuite name="s" ${attributes}>${inner}</testsuite>`;
const GREEN = '<testcase classname="c" name="a"/>';
const RED = '<testcase classname="c" name="b &lt;i>"><failure message="no &#10; more"/></testcase>';
const FLAKY = '<testcase classname="c" name="f"><flakyFailure message="x"/></testcase>';

const checks = (
  ...runs: readonly (readonly [name: string, conclusion: string | null, sha?: string, at?: string])[]
) =>
  JSON.stringify({
    total_count: runs.length,
    check_runs: runs.map(([name, conclusion, sha = HEAD, at = '2026-11-26T12:10:00Z']) => ({
      name,
      head_sha: sha,
      status: conclusion === null ? 'in_progress' : 'completed',
      conclusion,
      completed_at: conclusion === null ? null : at,
    })),
  });

const sarif = (tool: string, results: readonly object[], more: object = {}, rules: readonly object[] = []) =>
  JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: tool, rules } }, results, ...more }] });
const revision = (id: string) => ({ versionControlProvenance: [{ repositoryUri: 'x', revisionId: id }] });
const result = (more: object = {}) => ({ ruleId: 'R1', message: { text: 'bad' }, ...more });
const severe = (severity: string) => result({ properties: { 'security-severity': severity } });

const lcov = (path: string, covered: number, total: number): string =>
  `TN:\nSF:${path}\n${Array.from({ length: total }, (_, at) => `DA:${at + 1},${at < covered ? 1 : 0}`).join('\n')}\nend_of_record\n`;

const qa = (more: string, head = 'version: 1.1.0'): string => `---\n${head}\n---\n# Report\n\n${more}\n`;
const bugs = (severity: string, state: string): string =>
  `**Status**: Approved\n\n| Bug | Severity | Status |\n|---|---|---|\n| B-1 | ${severity} | ${state} |\n`;
const table = (head: string, ...rows: readonly string[]): string =>
  `| ${head} |\n|${head
    .split('|')
    .map(() => '---')
    .join('|')}|\n${rows.map((row) => `| ${row} |`).join('\n')}\n`;

const JUNIT = 'reports/junit.xml';
const CHECKS = 'reports/check-runs.json';
const AC = 'docs/acceptance_criteria.md';
const PERF = 'docs/perf_2026-11-20.md';
const FUNCTIONAL = 'docs/functional_report.md';
const QA = 'QA/QA-Report-calc.md';

type Row = readonly [
  what: string,
  files: Readonly<Record<string, string>>,
  status: string,
  why: RegExp,
  options?: Options,
];

const TABLE: Readonly<Record<string, readonly Row[]>> = {
  'unit-tests-passed': [
    [
      'all passed',
      { [JUNIT]: cases(GREEN) },
      'pass',
      /1 of 1 test passed, none failed; reports\/junit.xml does not name the commit/,
    ],
    [
      'its commit named',
      { [JUNIT]: cases(`<properties><property name="git.commit" value="${HEAD}"/></properties>${GREEN}`) },
      'pass',
      /on commit 8ed0803/,
    ],
    [
      'another commit',
      { [JUNIT]: cases(`<properties><property name="GITHUB_SHA" value="${OTHER}"/></properties>${RED}`) },
      'unknown',
      /is of commit 1234567, not of 8ed0803/,
    ],
    [
      'stale',
      { [JUNIT]: cases(GREEN, 'timestamp="2026-11-25T08:00:00"') },
      'unknown',
      /was made at 2026-11-25T08:00:00, before commit/,
    ],
    [
      'just before, in a zone that is not told',
      { [JUNIT]: cases(GREEN, 'timestamp="2026-11-26T08:00:00"') },
      'pass',
      /1 of 1/,
    ],
    ['one failed', { [JUNIT]: cases(GREEN + RED) }, 'fail', /1 of 2 tests failed: "c › b <i>"/],
    [
      'failures that are not shown',
      { [JUNIT]: cases(GREEN, 'failures="2"') },
      'unknown',
      /states 2 failures and shows no test that failed/,
    ],
    [
      'only skipped',
      { [JUNIT]: cases('<testcase name="a"><skipped/></testcase>') },
      'unknown',
      /no test ran: 1 test skipped/,
    ],
    ['none', {}, 'unknown', /no report of tests was found/],
    [
      'configured and not there',
      {},
      'unknown',
      /no file is there that readiness.evidence.tests names/,
      { settings: { evidence: { tests: ['out/*.xml'] } } },
    ],
    ['cut off', { [JUNIT]: '<testsuite><testcase name="a">' }, 'unknown', /is cut off/],
    [
      'a bomb',
      { [JUNIT]: '<!DOCTYPE x [<!ENTITY a "a"><!ENTITY b "&a;&a;">]><testsuite>&b;</testsuite>' },
      'unknown',
      /declares entities/,
    ],
    [
      'only a check',
      { [CHECKS]: checks(['Test (3.11)', 'success']) },
      'pass',
      /the check "Test \(3.11\)", which runs the tests, passed/,
    ],
    [
      'facts that disagree',
      { [JUNIT]: cases(GREEN), [CHECKS]: checks(['Test (3.12)', 'failure']) },
      'fail',
      /"Test \(3.12\)" failed .* though reports\/junit.xml shows 1 test and no failure/,
    ],
    [
      'a red check of another commit',
      { [JUNIT]: cases(GREEN), [CHECKS]: checks(['Test (3.12)', 'failure', OTHER]) },
      'pass',
      /1 of 1/,
    ],
  ],
  'lint-clean': [
    [
      'the job that lints passed',
      { [CHECKS]: checks(['Lint', 'success']) },
      'pass',
      /"Lint" passed, on commit 8ed0803/,
    ],
    [
      'a job that is only called so',
      { [CHECKS]: checks(['Lint all', 'success']) },
      'unknown',
      /no report of a linter/,
    ],
    [
      'a job whose failure is swallowed',
      { [CHECKS]: checks(['Soft lint', 'success']) },
      'unknown',
      /can be green without it/,
    ],
    ['it failed', { [CHECKS]: checks(['Lint', 'failure']) }, 'fail', /"Lint" failed/],
    ['it runs', { [CHECKS]: checks(['Lint', null]) }, 'unknown', /still running/],
    [
      'errors',
      {
        'reports/eslint.json': JSON.stringify([
          {
            filePath: 'a.js',
            errorCount: 1,
            messages: [{ severity: 2, ruleId: 'no-x', line: 3, message: 'bad' }],
          },
        ]),
      },
      'fail',
      /1 error: a.js:3 no-x: bad/,
    ],
    [
      'warnings only',
      {
        'reports/eslint.json': JSON.stringify([
          { filePath: 'a.js', errorCount: 0, messages: [{ severity: 1 }] },
        ]),
      },
      'pass',
      /ESLint reports no error/,
    ],
    [
      'SARIF of a linter',
      { 'ruff.sarif': sarif('ruff', [result({ level: 'error' })]) },
      'fail',
      /the linter reports 1 error/,
    ],
    [
      'a clean report and a red check',
      { 'ruff.sarif': sarif('ruff', []), [CHECKS]: checks(['Lint', 'failure']) },
      'fail',
      /"Lint" failed .* though ruff reports no error/,
    ],
  ],
  'types-clean': [
    [
      'the job that checks types passed',
      { [CHECKS]: checks(['types', 'success']) },
      'pass',
      /"types" passed/,
    ],
    ['it failed', { [CHECKS]: checks(['types', 'failure']) }, 'fail', /"types" failed/],
    ['nothing known', {}, 'unknown', /no report of a type checker/],
    [
      'the linter passed',
      { [CHECKS]: checks(['Lint', 'success']) },
      'unknown',
      /no report of a type checker/,
    ],
    [
      'nothing here has types',
      { '.github/workflows/ci.yml': WORKFLOW.replace('mypy .', 'echo') },
      'not asked',
      /^$/,
    ],
  ],
  'coverage-reached': [
    ['enough', { 'coverage/lcov.info': lcov('src/a.ts', 8, 10) }, 'pass', /80 % of 10 lines of the whole/],
    [
      'a line short',
      { 'coverage/lcov.info': lcov('src/a.ts', 799, 1000) },
      'fail',
      /79.9 % of 1000 lines of the whole, below 80 %/,
    ],
    [
      'the core is short',
      { 'coverage/lcov.info': lcov('core/a.ts', 9, 10) + lcov('web/b.ts', 100, 100) },
      'fail',
      /90 % of 10 lines of the core modules, below 95 % \(least core\/a.ts: 90 %\)/,
      { settings: { coverage: { whole: 80, core: 95, coreFiles: ['core/**'] } } },
    ],
    [
      'two reports together',
      { 'coverage/lcov.info': lcov('a.ts', 5, 10), 'lcov.info': lcov('a.ts', 9, 10) },
      'pass',
      /90 % of 10 lines/,
    ],
    [
      'no file of the core',
      { 'coverage/lcov.info': lcov('web/b.ts', 9, 10) },
      'unknown',
      /no file of the core modules/,
      { settings: { coverage: { whole: 80, core: 95, coreFiles: ['core/**'] } } },
    ],
    ['none', {}, 'unknown', /no report of coverage/],
    [
      'a rate that is wrong',
      {
        'coverage.xml':
          '<coverage line-rate="0.99"><packages><package><classes><class filename="a.py"><methods/><lines><line number="1" hits="1"/><line number="2" hits="0"/></lines></class></classes></package></packages></coverage>',
      },
      'fail',
      /50 % of 2 lines/,
    ],
  ],
  'scan-clean': [
    [
      'nothing found',
      { 'a.sarif': sarif('Trivy', [], revision(HEAD)) },
      'pass',
      /Trivy ran and found nothing, on commit 8ed0803/,
    ],
    [
      'critical',
      { 'a.sarif': sarif('Trivy', [severe('9.8')]) },
      'fail',
      /1 critical and 0 high findings: Trivy R1/,
    ],
    [
      'high by its rule',
      {
        'a.sarif': sarif('Trivy', [result()], {}, [{ id: 'R1', properties: { 'security-severity': '7.0' } }]),
      },
      'fail',
      /0 critical and 1 high finding/,
    ],
    ['medium', { 'a.sarif': sarif('Trivy', [severe('6.9')]) }, 'pass', /1 finding, none critical or high/],
    [
      'an error without a severity',
      { 'a.sarif': sarif('gitleaks', [result({ level: 'error' })]) },
      'fail',
      /1 high finding/,
    ],
    [
      'suppressed',
      {
        'a.sarif': sarif('Trivy', [
          { ...severe('9.8'), suppressions: [{ kind: 'external', status: 'accepted' }] },
        ]),
      },
      'pass',
      /1 set aside in the tool/,
    ],
    [
      'a suppression that was refused',
      {
        'a.sarif': sarif('Trivy', [
          { ...severe('9.8'), suppressions: [{ kind: 'external', status: 'rejected' }] },
        ]),
      },
      'fail',
      /1 critical/,
    ],
    [
      'gone',
      { 'a.sarif': sarif('Trivy', [{ ...severe('9.8'), baselineState: 'absent' }]) },
      'pass',
      /found nothing/,
    ],
    [
      'passed checks are results too',
      { 'a.sarif': sarif('Trivy', [result({ kind: 'pass' })]) },
      'pass',
      /found nothing/,
    ],
    [
      'another commit',
      { 'a.sarif': sarif('Trivy', [severe('9.8')], revision(OTHER)) },
      'unknown',
      /is of commit 1234567/,
    ],
    [
      'did not end',
      { 'a.sarif': sarif('Trivy', [], { invocations: [{ executionSuccessful: false }] }) },
      'unknown',
      /did not run to its end/,
    ],
    [
      'a linter is no scan',
      { 'a.sarif': sarif('ESLint', [result({ level: 'error' })]) },
      'unknown',
      /no report of a scan/,
    ],
    [
      'absurd nesting',
      { 'a.sarif': `{"version":"2.1.0","runs":${'['.repeat(50_000)}${']'.repeat(50_000)}}` },
      'unknown',
      /a\.sarif has a run that is no object/,
    ],
  ],
  'build-succeeded': [
    [
      'the job that builds passed',
      { [CHECKS]: checks(['image', 'success']) },
      'pass',
      /"image", which builds, passed/,
    ],
    ['it failed', { [CHECKS]: checks(['image', 'failure']) }, 'fail', /"image", which builds, failed/],
    ['it was skipped', { [CHECKS]: checks(['image', 'skipped']) }, 'unknown', /"image" is skipped/],
    [
      'others passed',
      { [CHECKS]: checks(['Lint', 'success']) },
      'unknown',
      /no check of the commit is of a job that builds \("image"\)/,
    ],
    [
      'no SHA in the file',
      {
        [CHECKS]: JSON.stringify({
          jobs: [{ name: 'image', conclusion: 'success', status: 'completed' }],
          workflowName: 'CI',
        }),
      },
      'pass',
      /check-runs.json does not name the commit/,
    ],
    [
      'a workflow of another name',
      {
        [CHECKS]: JSON.stringify({
          jobs: [{ name: 'image', conclusion: 'success', status: 'completed' }],
          workflowName: 'Nightly',
          headSha: HEAD,
        }),
      },
      'unknown',
      /no check of the commit/,
    ],
  ],
  'tests-not-flaky': [
    ['none', { [JUNIT]: cases(GREEN) }, 'pass', /none of 1 test was run again/],
    ['marked by the tool', { [JUNIT]: cases(FLAKY) }, 'fail', /1 test passed only when run again: "c › f"/],
    [
      'a check red and then green',
      {
        [JUNIT]: cases(GREEN),
        [CHECKS]: checks(['types', 'success', HEAD, '2026-11-26T12:20:00Z'], ['types', 'failure']),
      },
      'fail',
      /"types" was red and then green/,
    ],
    [
      'green and then red is no flake',
      {
        [JUNIT]: cases(GREEN),
        [CHECKS]: checks(['types', 'failure', HEAD, '2026-11-26T12:20:00Z'], ['types', 'success']),
      },
      'pass',
      /none of 1/,
    ],
    [
      'another attempt',
      {
        [JUNIT]: cases(GREEN),
        [CHECKS]: JSON.stringify({
          headSha: HEAD,
          attempt: 2,
          jobs: [{ name: 'types', conclusion: 'success', status: 'completed' }],
        }),
      },
      'unknown',
      /attempt 2/,
    ],
    ['no report', {}, 'unknown', /no report of tests/],
  ],
  'qa-approved': [
    ['approved', { [QA]: qa('**Status**: approved') }, 'pass', /approves unit calc in version 1.1.0/],
    [
      'not approved',
      { [QA]: qa('Status: approved with conditions') },
      'fail',
      /status "approved with conditions", not approved/,
    ],
    ['no-go', { [QA]: qa('Status: approved\n\nRecommendation: no-go') }, 'fail', /recommends "no-go"/],
    ['an open blocker', { [QA]: qa(bugs('Blocker', 'Open')) }, 'fail', /1 open bug that blocks: B-1/],
    ['a closed blocker', { [QA]: qa(bugs('Blocker', 'Fixed')) }, 'pass', /approves/],
    ['an open minor', { [QA]: qa(bugs('Minor', 'Open')) }, 'pass', /approves/],
    [
      'another version',
      { [QA]: qa('Status: approved', 'version: 1.0.0') },
      'unknown',
      /is of version 1.0.0, not of 1.1.0/,
    ],
    [
      'no version',
      { [QA]: qa('Status: approved', 'unit: calc') },
      'unknown',
      /names neither the version nor the commit/,
    ],
    ['its commit', { [QA]: qa('Status: approved', `commit: ${HEAD}`) }, 'pass', /approves/],
    ['no status', { [QA]: qa('All is well.') }, 'unknown', /states no status/],
    ['none', {}, 'unknown', /no report of quality assurance/],
  ],
  'acceptance-criteria-met': [
    [
      'all',
      { [AC]: table('ID | Criterion | Test | Result', 'AC-1 | Adds | test_add | Passed') },
      'pass',
      /1 acceptance criterion met/,
    ],
    [
      'a failed one',
      { [AC]: table('ID | Criterion | Test | Result', 'AC-1 | Adds | test_add | Failed') },
      'fail',
      /AC-1 has a test that failed/,
    ],
    [
      'one without a test',
      { [AC]: table('ID | Criterion | Test | Result', 'AC-1 | Adds | - | -') },
      'fail',
      /AC-1 has no test/,
    ],
    [
      'not met',
      { [AC]: table('ID | Criterion | Met | Test | Result', 'AC-1 | Adds | No | t | Passed') },
      'fail',
      /AC-1 is not met/,
    ],
    [
      'a list',
      { [AC]: '- [x] AC-1: Adds. Test: test_add (Passed)\n- [ ] AC-2: Signs. Test: test_sign (Passed)\n' },
      'fail',
      /AC-2 is not met/,
    ],
    [
      'shown by the functional report',
      {
        [AC]: table('ID | Criterion', 'AC-1 | Adds', 'AC-11 | Signs'),
        [FUNCTIONAL]: table('Test | Result', 'AC-1 adds | Passed'),
      },
      'fail',
      /^1 of 2 criteria are open: AC-11/,
    ],
    ['prose', { [AC]: 'It should be fast.\n' }, 'unknown', /names no criterion/],
  ],
  'performance-verified': [
    [
      'passed',
      { [PERF]: table('Metric | Target | Actual | Result', 'p99 | 300 ms | 210 ms | Pass') },
      'pass',
      /1 result, none failed/,
    ],
    [
      'failed',
      { [PERF]: table('Metric | Target | Actual | Result', 'p99 | 300 ms | 410 ms | ❌ Fail') },
      'fail',
      /1 failure: "p99"/,
    ],
    [
      'the newest counts',
      { 'docs/perf_2026-10-01.md': 'Verdict: Failed\n', [PERF]: 'Verdict: Passed\n' },
      'pass',
      /says "Passed" of the whole/,
    ],
    ['no result', { [PERF]: table('Metric | Actual', 'p99 | 210 ms') }, 'unknown', /tells no result/],
  ],
  'functional-tests-passed': [
    ['passed', { [FUNCTIONAL]: table('Test | Result', 'order | Passed') }, 'pass', /1 result/],
    [
      'a failure beside the critical path',
      { [FUNCTIONAL]: table('Test | Critical | Result', 'order | yes | Passed', 'export | no | Failed') },
      'pass',
      /1 result on the critical path/,
    ],
    [
      'left out on the critical path',
      { [FUNCTIONAL]: table('Test | Critical | Result', 'order | yes | Skipped') },
      'fail',
      /leaves out 1 test on the critical path: "order"/,
    ],
    [
      'left out, nothing marked',
      { [FUNCTIONAL]: table('Test | Result', 'order | Skipped') },
      'unknown',
      /does not say which are on the critical path/,
    ],
  ],
  'tickets-done': [
    ['done', { 'tickets.csv': 'Issue key,Status\nC-1,Done\n' }, 'pass', /none of 1 ticket/],
    [
      'in review',
      { 'tickets.csv': 'Issue key;Summary;Status\nC-1;"a; ""b""";Code Review\n' },
      'fail',
      /C-1 is "Code Review"/,
    ],
    [
      'in progress, of Jira',
      {
        'tickets.json': JSON.stringify({
          total: 1,
          issues: [{ key: 'C-2', fields: { status: { name: 'In Progress' } } }],
        }),
      },
      'fail',
      /C-2 is "In Progress"/,
    ],
    [
      'a state of their own',
      { 'tickets.json': JSON.stringify([{ number: 3, state: 'Baking', title: 'x' }]) },
      'unknown',
      /#3 is "Baking"/,
    ],
    [
      'not all of them',
      {
        'tickets.json': JSON.stringify({
          total: 90,
          issues: [{ key: 'C-2', fields: { status: { name: 'Done' } } }],
        }),
      },
      'unknown',
      /holds 1 of 90 tickets/,
    ],
    ['none', {}, 'unknown', /no list of tickets/],
    [
      'a program that may not run',
      {},
      'unknown',
      /runs only with --run-commands/,
      { settings: { ticketsCommand: ['jira', 'list'] } },
    ],
    [
      'a program',
      {},
      'fail',
      /C-9 is "In Progress"/,
      {
        settings: { ticketsCommand: ['jira', 'list'] },
        programs: {
          run: () =>
            Promise.resolve({
              kind: 'ended',
              status: 0,
              stdout: '[{"key":"C-9","status":"In Progress"}]',
              stderr: '',
              isCut: false,
            }),
        },
      },
    ],
    [
      'a program that fails',
      {},
      'unknown',
      /ended with status 4/,
      {
        settings: { ticketsCommand: ['jira', 'list'] },
        programs: {
          run: () => Promise.resolve({ kind: 'ended', status: 4, stdout: '', stderr: 'no', isCut: false }),
        },
      },
    ],
  ],
  'staging-verified': [
    [
      'deployed and verified',
      { [CHECKS]: checks(['staging', 'success']) },
      'pass',
      /"staging" deployed and verified it outside production/,
    ],
    ['it failed', { [CHECKS]: checks(['staging', 'failure']) }, 'fail', /"staging" failed/],
    ['only the workflows show it', {}, 'pass', /start "production" only after "staging" ended well/],
    ['it is being deployed', { [CHECKS]: checks(['staging', null]) }, 'unknown', /still running/],
    [
      'our runner released this commit to staging and watched it',
      {},
      'pass',
      /^1\.1\.0 was released to staging on 2026-11-01, smoke-tested and watched to the end$/,
      { facts: staged() },
    ],
    [
      'it went back there',
      {},
      'fail',
      /the last release of this commit to staging ended as Rolled-Back/,
      { facts: staged({ verdict: 'Rolled-Back', isRollbackVerified: true }) },
    ],
    [
      'its watch was left before its end',
      {},
      'unknown',
      /left before its end/,
      { facts: staged({ isOverridden: true }) },
    ],
    [
      'near miss: the record was changed after its seal, so only the workflows count',
      {},
      'pass',
      /start "production" only after/,
      { facts: staged({ seal: 'broken' }) },
    ],
    [
      'near miss: another commit was released there',
      {},
      'pass',
      /start "production" only after/,
      { facts: staged({ commit: 'd'.repeat(40) }) },
    ],
    [
      'near miss: nothing says that where it was released is no production',
      {},
      'pass',
      /start "production" only after/,
      {
        facts: {
          ...staged(),
          profile: { stacks: [], environments: [], deployTargets: [{}], operations: [] },
        },
      },
    ],
    [
      'to staging',
      {},
      'not asked',
      /^$/,
      {
        facts: {
          asked: { version: '1.1.0', environment: 'staging' },
          profile: {
            stacks: [],
            environments: [{ value: { name: 'staging', isProduction: false } }],
            deployTargets: [],
            operations: [],
          },
        },
      },
    ],
  ],
  'monitoring-ready': [
    [
      'owned',
      {
        'alerts/a.yml':
          'groups: [{ name: g, rules: [{ alert: Down, expr: up == 0, labels: { team: payments } }] }]',
      },
      'pass',
      /1 alert, answered by payments/,
    ],
    [
      'not owned',
      { 'alerts/a.yml': 'groups: [{ name: g, rules: [{ alert: Down, expr: up == 0 }] }]' },
      'unknown',
      /nobody who answers: Down/,
    ],
    ['a template', { 'alerts/a.yml': '{{ if .x }}\ngroups: [' }, 'unknown', /cannot be read/],
    ['none', {}, 'unknown', /no file of the repository defines an alert/],
  ],
};

/** This commit was released to staging by our runner. */
function staged(parts: Partial<ReleaseOnRecord> = {}): object {
  return {
    change: { range: { commits: { base: null, head: HEAD } } },
    profile: {
      stacks: [],
      environments: [{ value: { name: 'staging', isProduction: false } }],
      deployTargets: [{}],
      operations: [],
    },
    releaseRecords: [releaseRecordOf({ version: '1.1.0', environment: 'staging', commit: HEAD, ...parts })],
  };
}

describe('conditions on evidence', () => {
  for (const [id, rows] of Object.entries(TABLE)) {
    describe(id, () => {
      for (const [what, files, status, why, options] of rows) {
        it(`${status}: ${what}`, async () => {
          const judged = await judge(id, files, options);
          assert.match(judged.why, why);
          assert.equal(judged.status, status, judged.why);
          const { answer } = judged;
          if (answer) {
            assert.equal(answer.next === null, answer.status === 'pass');
            assert.doesNotMatch(answer.why, /\.$|[\u0000-\u001f]/);
          }
        });
      }
    });
  }

  it('warn where nothing was found or configured, and block else', async () => {
    assert.equal((await judge('unit-tests-passed', {})).weight, 'warn');
    assert.equal((await judge('unit-tests-passed', { [JUNIT]: cases(GREEN) })).weight, 'block');
    const settings = { evidence: { scans: ['out/*.sarif'] } };
    assert.equal((await judge('scan-clean', {}, { settings })).weight, 'block');
    assert.equal((await judge('coverage-reached', { 'lcov.info': lcov('a', 1, 9) })).weight, 'warn');
  });

  it('take files that were named in place of those of their kind, told by their content', async () => {
    const files = { [JUNIT]: cases(RED), 'out/x.xml': cases(GREEN), 'out/notes.txt': 'hello' };
    const judged = await judge('unit-tests-passed', files, { named: ['out/x.xml', 'out/notes.txt'] });
    assert.equal(judged.status, 'pass', judged.why);
    const damaged = await judge(
      'unit-tests-passed',
      { 'out/x.xml': '<testsuite><oops' },
      { named: ['out/x.xml'] },
    );
    assert.match(damaged.why, /out\/x.xml is/);
    assert.equal(damaged.status, 'unknown');
  });
});
