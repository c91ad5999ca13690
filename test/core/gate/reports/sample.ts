import type { OtherToolReport } from '../../../../src/core/evidence/results/sarif';
import type { Finding, RootReport } from '../../../../src/core/gate/report';

/** A workflow as hostile as text can be on one line, for reports. */
export const source = [
  'name: Deploy',
  'on: push',
  'jobs:',
  '\tdeploy:',
  '    if: always() # \u001b[31m \u202e 日本',
  '    runs-on: ubuntu-latest',
  '',
].join('\n');

const base: Finding = {
  rule: 'prod-without-tests',
  severity: 'block',
  status: 'fail',
  message: '"deploy" can reach production though "test" did not succeed: mend it',
  root: '.',
  path: '.github/workflows/deploy.yml',
  range: { start: { line: 5, column: 9 }, end: { line: 5, column: 17 } },
  evidence: [
    { message: '"test" checks: runs "npm test"', path: '.github/workflows/deploy.yml', range: null },
  ],
  counterexample: {
    trigger: 'push',
    ref: 'refs/heads/main',
    inputs: { force: 'true' },
    isCancelled: true,
    steps: [
      {
        path: '.github/workflows/deploy.yml',
        job: 'test',
        result: 'failure',
        why: 'its tests fail',
        range: { start: { line: 2, column: 1 }, end: { line: 2, column: 3 } },
      },
      {
        path: '.github/workflows/deploy.yml',
        job: 'deploy',
        result: 'starts',
        why: 'always() is true',
        range: { start: { line: 5, column: 9 }, end: { line: 5, column: 17 } },
      },
    ],
  },
  fix: null,
  waiver: null,
};

/** One finding of each sort. */
export const findings: readonly Finding[] = [
  base,
  {
    ...base,
    rule: 'no-deploy-timeout',
    severity: 'warn',
    message: '100%: a, b\r\nc',
    counterexample: null,
    evidence: [],
    fix: { kind: 'proposed', title: 'End the job after 30 minutes', edits: [] },
  },
  {
    ...base,
    rule: 'deploy-target-unknown',
    status: 'unknown',
    path: '.github/workflows/a:b,c.yml',
    counterexample: null,
    range: { start: { line: 1, column: 1 }, end: { line: 3, column: 1 } },
  },
  {
    ...base,
    rule: 'no-rollback-path',
    status: 'waived',
    counterexample: null,
    evidence: [],
    waiver: {
      reason: 'by hand for now',
      until: '2027-03-01',
      path: '.github/release-gate.yml',
      range: { start: { line: 3, column: 1 }, end: { line: 3, column: 1 } },
    },
  },
  {
    ...base,
    rule: 'unreadable-file',
    severity: 'warn',
    status: 'unknown',
    path: '.',
    range: null,
    evidence: [],
    counterexample: null,
  },
];

/** The reports of one repository, and of a second one that passes. */
export const reports: readonly RootReport[] = [
  {
    root: '.',
    verdict: 'fail',
    findings,
    notChecked: [{ rule: 'self-review-allowed', needs: 'the API' }],
    checkedFiles: 2,
    sources: new Map([['.github/workflows/deploy.yml', source]]),
  },
];

/** What another tool reported. */
export const other: OtherToolReport = {
  file: 'zizmor.sarif',
  tool: 'zizmor',
  version: '1.20.0',
  informationUri: 'https://docs.zizmor.sh',
  rules: [
    {
      id: 'zizmor/template-injection',
      title: 'code injection',
      helpText: 'help',
      helpMarkdown: '*help*',
      helpUri: 'https://docs.zizmor.sh/audits',
    },
  ],
  findings: [
    {
      rule: 'zizmor/template-injection',
      level: 'error',
      message: 'code injection via template expansion',
      path: '.github/workflows/deploy.yml',
      range: { start: { line: 3, column: 1 }, end: { line: 3, column: 6 } },
      isSuppressed: false,
      fingerprints: { 'zizmor/v1': 'abc' },
    },
    {
      rule: '',
      level: 'note',
      message: 'about everything',
      path: null,
      range: null,
      isSuppressed: true,
      fingerprints: {},
    },
  ],
};
