import type { ProposedFile } from '../text/proposal';
import type { UnderstandingOptions, WorkflowSet } from '../workflow/understanding';
import { kindOfName } from '../workflow/targets';
import { CONFIGURATION_PATH } from './configuration';

/** An environment of the workflows, with the files that name it. */
interface FoundEnvironment {
  readonly name: string;
  readonly files: readonly string[];
}

/**
 * A configuration to start from: everything in comments, since what is not said has a default, with the environments
 * that the workflows name. Names that say of themselves what they are need no entry; the others a person decides.
 */
export function starterConfiguration(set: WorkflowSet | null): ProposedFile {
  const found = set ? environmentsOf(set) : [];
  const none: UnderstandingOptions = { productionEnvironments: [], otherEnvironments: [] };
  const ofKind = (kind: ReturnType<typeof kindOfName>): readonly FoundEnvironment[] =>
    found.filter(({ name }) => kindOfName(name, none) === kind);
  const listed = (some: readonly FoundEnvironment[]): string =>
    some.map(({ name }) => quoted(name)).join(', ');
  const open = ofKind('unknown');
  const after = [
    '# The release gate of this repository. Everything has a default: take away the # of what you want to change.',
    '# A mistake in here is an error with its line. All keys: docs/configuration.md of Release Gate.',
    '',
    '# Which environments are production. Without this the words production, prod and live decide; with a list only what',
    '# stands in it is production.',
    ...(found.length === 0
      ? ['# No workflow names an environment yet.']
      : ['# Named in the workflows:', ...found.map((each) => `# - ${line(each)}`)]),
    ...open.map(
      ({ name }) => `# UNKNOWN(whether ${oneLine(name)} is production): put it into one of the lists.`,
    ),
    '#environments:',
    `#  production: [${listed(ofKind('production')) || 'production'}]`,
    `#  other: [${listed(ofKind('non-production')) || 'staging'}]`,
    '',
    '# A base that several repositories share, from the root of this one.',
    '#extends: policy/release-gate.yml',
    '',
    '# What is left out of the findings.',
    '#paths:',
    '#  exclude: [.github/workflows/sandbox-*.yml]',
    '',
    '# block, warn, info or off.',
    '#rules:',
    '#  no-deploy-timeout: block',
    '',
    '# What must run before production.',
    '#phases: [lint, unit, scan, build]',
    '',
    '# What actions and scripts of your own do.',
    '#actions:',
    '#  acme/deploy-action: deploy',
    '#commands:',
    '#  ./ops/ship.sh: deploy',
    '',
    '# The time limit that the fix of no-deploy-timeout gives a job.',
    '#limits:',
    '#  deploy-timeout-minutes: 45',
    '',
    '# Parts of the repository by the names that people call them, each with its globs.',
    '#components:',
    '#  payments: [src/pay/**, db/pay/**]',
    '',
    '# The dialect of the SQL in migrations, where the project does not tell it: postgresql, mysql, sqlite or tsql.',
    '#sql:',
    '#  dialect: postgresql',
    '',
    '# Findings that are set aside for a time; in a workflow a comment does the same.',
    '#waivers:',
    '#  - rule: no-rollback-path',
    '#    path: .github/workflows/deploy.yml',
    '#    job: deploy',
    '#    reason: the platform team rolls back by hand',
    '#    until: 2027-03-01',
    '',
    '# Templates of your own, by kind of document; docs/documents.md of Release Gate says what is checked.',
    '#documents:',
    '#  templates:',
    '#    environment-matrix: docs/templates/environment-matrix.hbs',
    '',
    '# What the repository is, where what was found is wrong or missing: release-gate profile shows it.',
    '#profile:',
    '#  service: orders',
    '#  stacks:',
    '#    package.json:',
    '#      commands: { unit: npm test, smoke: none }',
    '#  deploy:',
    '#    target: helm',
    '#    path: charts/orders',
    '',
    '# What a release needs before it goes; docs/readiness.md of Release Gate lists the conditions.',
    '#readiness:',
    '#  rollback:',
    '#    objective-minutes: 30',
    '#  approvals:',
    '#    required: 1',
    '',
    '# How a release is run: what the deploy script is called with, what is watched, who is told; docs/releasing.md.',
    '#release:',
    '#  layout: docs',
    '#  deploy:',
    "#    arguments: ['{version}']",
    "#    rollback-arguments: [--rollback, '{target}']",
    '#    idle: 5m',
    '#  watch:',
    '#    window: 60m',
    '#    prometheus: { url: http://localhost:9090 }',
    '#    metrics:',
    '#      - name: error rate',
    '#        kind: errors',
    `#        bad: 'sum(http_requests_total{code=~"5.."})'`,
    '#        all: sum(http_requests_total)',
    '#  hooks:',
    '#    announce: [./scripts/announce.sh]',
    '',
    '# What a pipeline that is generated is held to: how a release reaches its users, and how long reports are kept.',
    '#pipeline:',
    '#  rollout: canary',
    '#  retention-days: 30',
    '',
  ].join('\n');
  return {
    path: CONFIGURATION_PATH,
    before: null,
    after,
    purpose: 'the configuration to start from, all of it in comments',
  };
}

function environmentsOf(set: WorkflowSet): FoundEnvironment[] {
  const files = new Map<string, Set<string>>();
  for (const { workflow, job, environmentNames } of set.jobs) {
    if (!job.environment) continue;
    // A name that no file bounds is shown as it is written.
    for (const name of environmentNames ?? [job.environment.name.value]) {
      files.set(name, (files.get(name) ?? new Set()).add(workflow.path));
    }
  }
  return [...files]
    .map(([name, paths]) => ({ name, files: [...paths].sort() }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function line({ name, files }: FoundEnvironment): string {
  return `${oneLine(name)} (${files.map((file) => file.split('/').pop() ?? file).join(', ')})`;
}

/** Text of the repository stays inside its comment. */
function oneLine(text: string): string {
  return text.replace(/[\s\u0000-\u001f\u0085\u2028\u2029]+/g, ' ').trim();
}

function quoted(name: string): string {
  const plain = oneLine(name);
  return /^[\w.-]+$/.test(plain) ? plain : JSON.stringify(plain);
}
