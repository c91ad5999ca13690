import assert from 'node:assert/strict';
import { createParsers } from '../../../../src/adapters/parsers';
import type { DeploymentPlan } from '../../../../src/core/documents/deployment-plan/deployment-plan';
import type { IncidentResponse } from '../../../../src/core/documents/incident-response/incident-response';
import type { RunbookStep } from '../../../../src/core/documents/markdown/steps';
import type { RollbackRunbook } from '../../../../src/core/documents/rollback-runbook/rollback-runbook';
import type { Runbook } from '../../../../src/core/documents/runbook/runbook';
import { ROLLBACK_STRATEGIES } from '../../../../src/core/evidence/platforms';
import { documentTasks } from '../../../../src/core/tasks/documents';
import { runbookForDeployment } from '../../../../src/core/tasks/runbook-for-deployment';
import type { TaskResult } from '../../../../src/core/tasks/task';
import { platformRepositories } from '../../../support/platform-repositories';
import { memoryWorld, quietRun } from '../../../support/world';

const parsers = createParsers();

async function write(
  id: string,
  files: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>> = {},
): Promise<TaskResult> {
  const task = documentTasks.find((each) => each.id === id);
  assert.ok(task, id);
  return task.run(memoryWorld(files, parsers), quietRun(inputs));
}

async function rollback(name: string, more: Readonly<Record<string, string>> = {}): Promise<RollbackRunbook> {
  const result = await write('rollback-runbook', { ...platformRepositories[name], ...more });
  return result.data as RollbackRunbook;
}

function textOf(result: TaskResult): string {
  return result.files[0]?.after ?? '';
}

function commandsOf(steps: readonly Pick<RunbookStep, 'command'>[]): string {
  return steps.map(({ command }) => command).join('\n');
}

/** The command that puts the version before back, as the makers of each platform document it. */
const GOES_BACK: Readonly<Record<string, RegExp>> = {
  kubernetes: /^kubectl rollout undo --namespace shop deployment\/checkout --to-revision="\$\{REVISION\}"$/m,
  helm: /^gh workflow run release\.yml -f version="\$\{PREVIOUS_VERSION\}" -f environment="\$\{ENV\}"$/m,
  'argo-cd':
    /^argocd app set billing --sync-policy none\nargocd app rollback billing "\$\{HISTORY_ID\}" --timeout 300$/m,
  ecs: /^aws ecs update-service --region "\$\{REGION\}" --cluster "\$\{CLUSTER\}" --service "\$\{SERVICE\}" --task-definition "\$\{TASK_DEFINITION\}"$/m,
  lambda:
    /^aws lambda update-alias .*--function-version "\$\{FUNCTION_VERSION\}" --routing-config 'AdditionalVersionWeights=\{\}'$/m,
  'cloud-run':
    /^gcloud run services update-traffic "\$\{SERVICE\}" --region "\$\{REGION\}" --to-revisions "\$\{REVISION\}=100"$/m,
  'app-service with slots':
    /^az webapp deployment slot swap .*--slot "\$\{SLOT\}" --target-slot production$/m,
  'app-service with a container': /^az webapp config container set .*--container-image-name "\$\{IMAGE\}"$/m,
  fly: /^fly deploy --app "\$\{APP\}" --config fly\.toml --image "\$\{IMAGE\}"$/m,
  heroku: /^heroku rollback "\$\{RELEASE\}" --app "\$\{APP\}"$/m,
  vercel: /^vercel rollback "\$\{DEPLOYMENT\}" --timeout 5m$/m,
  netlify: /^netlify api restoreSiteDeploy --data /m,
  'cloudflare-workers': /^wrangler rollback "\$\{VERSION_ID\}" --name edge-router /m,
  compose: /^docker --host "ssh:\/\/\$\{DEPLOY_HOST\}" compose --file compose\.yaml up --detach --wait /m,
  'azure-functions with slots':
    /^az functionapp deployment slot swap .*--slot "\$\{SLOT\}" --target-slot production$/m,
  'azure-functions': /^az functionapp deployment source config-zip .*--src "\$\{PACKAGE\}"$/m,
  'cloudflare-pages': /\/pages\/projects\/handbook\/deployments\/\$\{DEPLOYMENT_ID\}\/rollback"$/m,
  ssh: /^UNKNOWN\(command that puts \$\{PREVIOUS_VERSION\} back in \$\{ENV\}\)$/m,
  terraform: /^terraform -chdir=infra apply -input=false rollback\.tfplan$/m,
  'a script with --rollback': /^bash scripts\/deploy\.sh "\$\{ENV\}" --rollback$/m,
  'a rollback workflow': /^gh workflow run rollback\.yml -f version="\$\{PREVIOUS_VERSION\}"$/m,
  'nothing that is known': /^UNKNOWN\(command that puts \$\{PREVIOUS_VERSION\} back in \$\{ENV\}\)$/m,
};

describe('the rollback runbook', () => {
  for (const [name, files] of Object.entries(platformRepositories)) {
    it(`has the commands of its platform and passes the gate: ${name}`, async () => {
      const result = await write('rollback-runbook', files);
      const data = result.data as RollbackRunbook;
      assert.equal(result.files[0]?.path, 'docs/ops/ROLLBACK.md');
      assert.deepEqual([...new Set(result.findings.map(({ rule }) => rule))], ['unresolved-placeholder']);
      assert.match(commandsOf(data.execution), GOES_BACK[name] ?? /never/);
      const isKnown = name !== 'nothing that is known';
      assert.equal((ROLLBACK_STRATEGIES as readonly string[]).includes(data.strategy.name), isKnown);
      // Stop traffic, deploy previous, migration rollback, verify, restore traffic: each there, in that order.
      const parts = data.execution.map(({ title }) =>
        ['Stop traffic', 'Deploy previous', 'Migration rollback', 'Verify', 'Restore traffic'].findIndex(
          (part) => title.startsWith(part),
        ),
      );
      assert.deepEqual([...new Set(parts)], [0, 1, 2, 3, 4]);
      assert.ok(data.execution.every(({ verifiedBy }) => verifiedBy !== undefined));
      // Every parameter that a text uses is declared.
      const declared = new Set(data.parameters.map((parameter) => parameter.name));
      for (const [, used = ''] of textOf(result).matchAll(/\$\{([A-Z][A-Z0-9_]*)\}/g)) {
        assert.ok(declared.has(used), `${used} is not declared`);
      }
    });
  }

  it('freezes the workflows that deploy, and never the one that goes back', async () => {
    const kubernetes = await rollback('kubernetes');
    assert.match(commandsOf(kubernetes.preparation), /^gh workflow disable deploy\.yml$/m);
    assert.match(commandsOf(kubernetes.after), /^gh workflow enable deploy\.yml$/m);
    const own = await rollback('helm');
    assert.doesNotMatch(commandsOf(own.preparation), /workflow disable/);
  });

  it('shows what workflows say of cluster, region and application', async () => {
    const { parameters } = await rollback('ecs');
    const example = (name: string) => parameters.find((parameter) => parameter.name === name)?.example;
    assert.equal(example('CLUSTER'), 'GitHub variable ECS_CLUSTER (production)');
    assert.equal(example('SERVICE'), 'payments-api (production)');
    assert.equal(example('REGION'), 'eu-west-1 (production)');
    assert.equal(
      (await rollback('fly')).parameters.find(({ name }) => name === 'APP')?.example,
      'ledger (production)',
    );
  });

  it('looks at the schema before it takes it back, and says where the tool has no way', async () => {
    const alembic = (await rollback('ecs')).execution.filter(({ title }) => title.startsWith('Migration'));
    assert.deepEqual(
      alembic.map(({ command }) => command),
      ['alembic current\nalembic history -r-5:current', 'alembic downgrade "${SCHEMA_REVISION}"'],
    );
    const prisma = (await rollback('vercel')).execution.filter(({ title }) => title.startsWith('Migration'));
    assert.equal(prisma.length, 1);
    assert.equal(prisma[0]?.command, '');
    assert.match(prisma[0]?.action ?? '', /Prisma Migrate has no command that goes back/);
    const rails = await rollback('heroku');
    assert.match(commandsOf(rails.execution), /^bin\/rails db:rollback STEP="\$\{MIGRATIONS\}"$/m);
    const flyway = await rollback('kubernetes', { 'db/migration/V2__drop.sql': 'DROP TABLE old;\n' });
    assert.match(flyway.database[0]?.answer ?? '', /paid editions only/);
    assert.doesNotMatch(commandsOf(flyway.execution), /flyway undo/);
  });

  it('asks the three questions of the database, and answers only what is shown', async () => {
    const { database } = await rollback('ecs');
    assert.equal(database.length, 3);
    assert.ok(database.every(({ answer }) => answer.startsWith('UNKNOWN(')));
    const none = await rollback('kubernetes');
    assert.ok(
      none.database.every(({ evidence }) => evidence === 'no migrations were found in this repository'),
    );
  });

  it('takes a test from a record, never from a box', async () => {
    const record = (started: string) =>
      [
        '---',
        'kind: drill-record',
        'drill: rollback',
        'environment: staging',
        'service: checkout',
        'version-from: 1.4.0',
        'version-to: 1.3.2',
        `started-at: ${started}`,
        'duration: 4m10s',
        'outcome: passed',
        'recorded-by: Ada Example',
        '---',
        '',
        '# Record of a drill: rollback in staging',
        '',
        '## Evidence',
        '',
        '- https://github.com/larkmoor/checkout/actions/runs/1',
        '',
      ].join('\n');
    const files = { ...platformRepositories['kubernetes'], 'package.json': '{"name":"checkout"}' };
    const fresh = (
      await write('rollback-runbook', {
        ...files,
        'docs/release/records/drill.md': record('2026-11-01T09:00:00Z'),
      })
    ).data as RollbackRunbook;
    assert.deepEqual(
      fresh.tests.map(({ environment, took, result }) => `${environment} ${took} ${result}`),
      ['staging 4m10s passed'],
    );
    assert.match(fresh.time.measured, /^4m10s in staging on 2026-11-01/);
    const stale = (
      await write('rollback-runbook', {
        ...files,
        'docs/release/records/drill.md': record('2026-01-01T09:00:00Z'),
      })
    ).data as RollbackRunbook;
    assert.equal(stale.tests.length, 1);
    assert.match(stale.time.measured, /^UNKNOWN\(.*days old/);
  });

  it('keeps what people wrote, and gives the same text again', async () => {
    const files = platformRepositories['kubernetes'] ?? {};
    const first = textOf(await write('rollback-runbook', files));
    const edited = first
      .replace('UNKNOWN(who is on call, and how they are reached)', 'Dana, rota "checkout"')
      .replace('## Escalation\n', '## Known quirks\n\nThe first pod takes `90 s`.\n\n## Escalation\n');
    const again = textOf(await write('rollback-runbook', { ...files, 'docs/ops/ROLLBACK.md': edited }));
    assert.match(again, /Dana, rota "checkout"/);
    assert.match(again, /## Known quirks\n\nThe first pod takes `90 s`\./);
    const third = textOf(await write('rollback-runbook', { ...files, 'docs/ops/ROLLBACK.md': again }));
    assert.equal(third, again);
  });

  it('empties a cache only as a workflow does', async () => {
    const path = '.github/workflows/deploy.yml';
    const base = platformRepositories['kubernetes']?.[path] ?? '';
    const { configuration } = await rollback('kubernetes', {
      [path]: `${base}      - run: aws cloudfront create-invalidation --distribution-id \${{ vars.CDN_ID }} --paths '/*'\n`,
    });
    assert.match(
      commandsOf(configuration),
      /^aws cloudfront create-invalidation --distribution-id "\$\{CDN_ID\}" --paths '\/\*'$/m,
    );
  });
});

describe('the deployment plan', () => {
  for (const [name, files] of Object.entries(platformRepositories)) {
    it(`passes the gate: ${name}`, async () => {
      const result = await write('deployment-plan', files);
      const data = result.data as DeploymentPlan;
      assert.equal(result.files[0]?.path, 'docs/release/DEPLOYMENT_PLAN.md');
      assert.deepEqual([...new Set(result.findings.map(({ rule }) => rule))], ['unresolved-placeholder']);
      assert.match(data.rollback.at(-1)?.title ?? '', /^Verify/);
      assert.deepEqual(
        data.escalation.filter(({ role }) => /^(?:Primary|Secondary)$/.test(role)).map(({ role }) => role),
        ['Primary', 'Secondary'],
      );
      assert.deepEqual(
        data.verification.map(({ title }) => title.split(':')[0]),
        ['Health', 'Smoke', 'Metrics'],
      );
    });
  }

  it('deploys by the pipeline where a person can start it, and by a tag where that starts it', async () => {
    const helm = (await write('deployment-plan', platformRepositories['helm'] ?? {})).data as DeploymentPlan;
    assert.match(commandsOf(helm.deployment), /^gh workflow run release\.yml -f version="\$\{VERSION\}"/m);
    const ecs = (await write('deployment-plan', platformRepositories['ecs'] ?? {})).data as DeploymentPlan;
    assert.match(commandsOf(ecs.deployment), /^git push origin "refs\/tags\/\$\{VERSION\}"$/m);
  });

  it('holds what a person told, and shows it as told', async () => {
    const result = await write('deployment-plan', platformRepositories['ecs'] ?? {}, {
      unit_id: 'PAY-42',
      window_start: '2026-12-01 14:00 UTC',
      window_end: '2026-12-01 15:00 UTC',
      rollback_deadline: '2026-12-01 14:40 UTC',
    });
    const data = result.data as DeploymentPlan;
    assert.equal(data.unit, 'PAY-42');
    assert.match(textOf(result), /^# Deployment Plan - PAY-42$/m);
    assert.equal(data.overview.rollbackDeadline, '2026-12-01 14:40 UTC');
    assert.ok(data.claims.some(({ answer }) => answer === 'PAY-42'));
  });
});

describe('the response to a failed deployment', () => {
  for (const [name, files] of Object.entries(platformRepositories)) {
    it(`passes the gate: ${name}`, async () => {
      const result = await write('incident-response', files);
      assert.equal(result.files[0]?.path, 'docs/ops/INCIDENT_RESPONSE.md');
      assert.deepEqual([...new Set(result.findings.map(({ rule }) => rule))], ['unresolved-placeholder']);
    });
  }

  it('sends people to the rollback runbook where there is one, else says how', async () => {
    const files = platformRepositories['heroku'] ?? {};
    const alone = (await write('incident-response', files)).data as IncidentResponse;
    assert.match(commandsOf(alone.recover), /^heroku rollback/m);
    const page = textOf(await write('rollback-runbook', files));
    const beside = (await write('incident-response', { ...files, 'docs/ops/ROLLBACK.md': page }))
      .data as IncidentResponse;
    assert.match(beside.recover[0]?.title ?? '', /docs\/ops\/ROLLBACK\.md/);
    assert.doesNotMatch(commandsOf(beside.recover), /heroku rollback/);
  });
});

describe('the runbook of a deployment, on every platform', () => {
  for (const [name, files] of Object.entries(platformRepositories)) {
    it(`declares what it uses and passes the gate: ${name}`, async () => {
      const result = await runbookForDeployment.run(memoryWorld(files, parsers), quietRun());
      assert.deepEqual([...new Set(result.findings.map(({ rule }) => rule))], ['unresolved-placeholder']);
      const data = result.data as Runbook;
      const declared = new Set(data.parameters.map((parameter) => parameter.name));
      for (const [, used = ''] of textOf(result).matchAll(/\$\{([A-Z][A-Z0-9_]*)\}/g)) {
        assert.ok(declared.has(used), `${used} is not declared`);
      }
      const checks = data.checksBefore.map(({ title }) => title).join('\n');
      assert.match(checks, /pipeline passed/);
      assert.match(checks, /flags are set/);
      assert.match(checks, /settings change/);
      assert.match(checks, /way back/);
    });
  }

  it('goes back by the same commands as the rollback runbook, and names it where it stands', async () => {
    const files = platformRepositories['ecs'] ?? {};
    const alone = (await runbookForDeployment.run(memoryWorld(files, parsers), quietRun())).data as Runbook;
    assert.match(commandsOf(alone.rollback.steps), GOES_BACK['ecs'] ?? /never/);
    assert.equal(alone.rollback.reference, 'the steps below');
    const page = textOf(await write('rollback-runbook', files));
    const beside = await runbookForDeployment.run(
      memoryWorld({ ...files, 'docs/ops/ROLLBACK.md': page }, parsers),
      quietRun(),
    );
    assert.equal((beside.data as Runbook).rollback.reference, 'docs/ops/ROLLBACK.md');
    // Another parameter than the version that is deployed, so that nobody deploys the failed one again.
    const script = (
      await runbookForDeployment.run(
        memoryWorld(platformRepositories['a rollback workflow'] ?? {}, parsers),
        quietRun(),
      )
    ).data as Runbook;
    assert.match(commandsOf(script.rollback.steps), /version="\$\{PREVIOUS_VERSION\}"/);
  });
});
