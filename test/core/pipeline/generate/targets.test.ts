import assert from 'node:assert/strict';
import { createParsers } from '../../../../src/adapters/parsers';
import { abilitiesOf, refusalOf } from '../../../../src/core/evidence/platform-abilities';
import type { Rollout } from '../../../../src/core/evidence/rollouts';
import { judgeProposal } from '../../../../src/core/gate/check';
import type { Job } from '../../../../src/core/workflow/model';
import { readWorkflow } from '../../../../src/core/workflow/read';
import { generatedFrom, remoteHistory } from '../../../support/generated-pipeline';
import { sampleRepository } from '../../../support/sample-repository';
import { memoryWorld } from '../../../support/world';

const parsers = createParsers();
const history = remoteHistory('https://github.com/acme/shop');

type Files = Readonly<Record<string, string>>;

const NODE: Files = {
  'package.json': '{"name":"shop","scripts":{"test":"node --test"}}',
  'package-lock.json': '{}',
};

/** A repository for each platform, as small as its detection allows, or one of the samples. */
const PLATFORMS: readonly (readonly [platform: string, files: Files, usual: readonly string[]])[] = [
  ['fly', sampleRepository('parcel-tracker'), ['Deploy to production', 'Check that it works']],
  ['heroku', sampleRepository('gazette'), ['Deploy to production', 'Check that it works']],
  ['vercel', sampleRepository('orchard-site'), ['Deploy to production', 'Check that it works']],
  [
    'netlify',
    sampleRepository('harbour-docs'),
    ['Deploy to production', 'Check the new version by itself', 'Publish it', 'Check that it works'],
  ],
  [
    'cloudflare-workers',
    sampleRepository('geo-edge'),
    [
      'Deploy to production',
      'Check the new version by itself',
      'Give it all of the traffic',
      'Check that it works',
    ],
  ],
  ['compose', sampleRepository('stock-keeper'), ['Deploy to production', 'Check that it works']],
  ['argo-cd', sampleRepository('wallet-api'), ['Deploy to production', 'Check that it works']],
  ['lambda', sampleRepository('invoice-mailer'), ['Deploy to production', 'Check that it works']],
  ['ecs', sampleRepository('dispatch-fleet'), ['Deploy to production', 'Check that it works']],
  [
    'cloud-run',
    sampleRepository('feedwatch'),
    [
      'Deploy to production',
      'Check the new version by itself',
      'Give it all of the traffic',
      'Check that it works',
    ],
  ],
];

async function generate(
  files: Files,
  rollout: Rollout | null = null,
): Promise<Awaited<ReturnType<typeof generatedFrom>>> {
  return generatedFrom(files, { history, settings: { rollout } });
}

function jobOf(text: string | undefined, id: string): Job {
  const workflow = readWorkflow('.github/workflows/pipeline.yml', text ?? '');
  return workflow.jobs.find((job) => job.id.value === id) ?? assert.fail(`no job ${id}`);
}

/** The steps from the deployment on that always run. */
function usualSteps(job: Job): string[] {
  const steps = job.steps.filter((step) => step.condition === null);
  const from = steps.findIndex((step) => step.id?.value === 'deploy');
  return steps.slice(from).map((step) => step.name?.value ?? '');
}

function scriptOf(job: Job, name: string): string {
  return job.steps.find((step) => step.name?.value === name)?.run?.text ?? assert.fail(`no step ${name}`);
}

describe('the platforms that a pipeline deploys to', function () {
  this.timeout(120_000);
  for (const [platform, files, usual] of PLATFORMS) {
    it(`${platform}: is deployed to by its own means, checked, taken back, and passes the gate`, async () => {
      const { pipeline, texts } = await generate(files);
      assert.equal(pipeline.plan.target?.kind, platform);
      assert.deepEqual(
        pipeline.unknowns
          .map((item) => item.unknown)
          .filter((what) => !what.startsWith('address that tells')),
        [],
      );
      const job = jobOf(texts['pipeline.yml'], 'deploy-production');
      assert.deepEqual(usualSteps(job), usual);
      assert.equal(job.environment?.name.value, 'production');
      assert.ok(job.needs.some((need) => need.value === 'approve-production'));
      assert.doesNotMatch(texts['pipeline.yml'] ?? '', /UNKNOWN\(/);
      // Everything that the job must have is asked for before anything else happens.
      assert.equal(job.steps[0]?.name?.value, 'Check the settings of the environment');
      for (const { name } of [...pipeline.variables, ...pipeline.secrets]) {
        assert.match(texts['pipeline.yml'] ?? '', new RegExp(`(vars|secrets)\\.${name}\\b`), name);
      }
      for (const { name } of pipeline.secrets) {
        assert.ok(
          pipeline.notes.some((note) => note.startsWith(`${name} is a long-lived credential`)),
          name,
        );
        assert.equal(
          job.env.find((entry) => entry.name.value === name),
          undefined,
          `${name} is a step's only`,
        );
      }
      const world = { ...memoryWorld(files, parsers), history };
      const findings = await judgeProposal(
        world,
        Object.entries(texts).map(([file, after]) => ({
          path: `.github/workflows/${file}`,
          before: null,
          after,
          purpose: '',
        })),
      );
      assert.deepEqual(
        findings
          .filter(({ severity, rule }) => severity !== 'info' && rule !== 'long-lived-deploy-credential')
          .map(({ rule, message }) => `${rule}: ${message}`),
        [],
      );
    });

    it(`${platform}: does every strategy that it can with a check after each step, and refuses the others`, async () => {
      const { pipeline } = await generate(files);
      const target = pipeline.plan.target ?? assert.fail();
      for (const rollout of ['all-at-once', 'rolling', 'blue-green', 'canary', 'manual'] as const) {
        const made = await generate(files, rollout);
        const isPossible = rollout === 'manual' || made.pipeline.refusal === null;
        if (!isPossible) {
          assert.match(made.pipeline.refusal ?? '', new RegExp(`cannot do ${rollout}.*and manual`));
          continue;
        }
        const job = jobOf(made.texts['pipeline.yml'], 'deploy-production');
        assert.equal(usualSteps(job).at(-1), 'Check that it works', `${platform} ${rollout}`);
        if (rollout === 'manual') {
          assert.equal(
            job.condition?.value,
            "github.event_name == 'workflow_dispatch' && github.ref == 'refs/heads/main'",
          );
        }
        // Fly and a Rollout go in steps of their own; everything else is watched before it has all users.
        if (rollout === 'canary' && target.kind !== 'fly' && target.kind !== 'argo-cd') {
          if (target.kind === 'lambda') continue;
          assert.ok(usualSteps(job).includes('Watch it while few users have it'), `${platform} ${rollout}`);
          assert.match(scriptOf(job, 'Watch it while few users have it'), /exit 1/);
        }
      }
    });
  }

  it('names what a platform can where it refuses, and refuses nothing that is left to a person', () => {
    const helm = { kind: 'helm' } as const;
    assert.equal(
      refusalOf('canary', helm, 'charts/shop'),
      'Helm on Kubernetes (charts/shop) cannot do canary by its own means. It can do rolling, and manual, which deploys only when a person starts it.',
    );
    assert.equal(refusalOf('manual', helm, 'charts/shop'), null);
    assert.match(
      refusalOf('canary', { kind: 'script' }, 'deploy.sh') ?? '',
      /^No strategy can be asked of deploy\.sh/,
    );
  });

  it('takes a Rollout in the manifests for what makes a canary possible', () => {
    assert.deepEqual(abilitiesOf({ kind: 'kustomize' }).can, ['rolling', 'canary']);
    const workload = { kind: 'Rollout', name: 'shop', namespace: null, container: 'shop', image: 'shop' };
    assert.deepEqual(abilitiesOf({ kind: 'kustomize', workloads: [{ value: workload, sources: [] }] }).can, [
      'canary',
      'blue-green',
    ]);
  });

  it('pushes to the registry that the files name, by its login, and hands on the digest', async () => {
    const { pipeline, texts } = await generate(sampleRepository('dispatch-fleet'));
    const image = jobOf(texts['image.yml'], 'image');
    assert.ok(image.steps.some((step) => step.uses?.value.startsWith('aws-actions/amazon-ecr-login@')));
    assert.ok(pipeline.plan.images.every(({ registry }) => registry.kind === 'ecr'));
    assert.ok(
      pipeline.plan.images.some(
        ({ name }) => name === '111122223333.dkr.ecr.eu-central-1.amazonaws.com/dispatch/couriers',
      ),
    );
    assert.ok(pipeline.notes.some((note) => note.includes('immutable tags')));
    const deploy = jobOf(texts['pipeline.yml'], 'deploy-production');
    assert.match(
      deploy.env.find((entry) => entry.name.value === 'IMAGE')?.value.text ?? '',
      /outputs\.image \}\}@\$\{\{ needs\.image-services-couriers\.outputs\.digest \}\}$/,
    );
    assert.ok(pipeline.setup([]).some(({ title }) => title === 'Set the variables of the repository'));
  });

  it('keeps a record of the release: version, digests, times, and who approved', async () => {
    const { texts } = await generate(sampleRepository('stock-keeper'));
    const summary = jobOf(texts['pipeline.yml'], 'summary');
    assert.match(scriptOf(summary, 'Write the release record'), /approvals: .*by: \.user\.login/);
    assert.ok(summary.steps.some((step) => step.uses?.value.startsWith('actions/upload-artifact@')));
  });

  it('lets nothing run for a repository without a way to deploy, whatever strategy is asked for', async () => {
    const { pipeline, texts } = await generate({ ...NODE, Dockerfile: 'FROM scratch\n' }, 'canary');
    assert.equal(pipeline.refusal, null);
    const job = jobOf(texts['pipeline.yml'], 'deploy-production');
    assert.match(
      scriptOf(job, 'Deploy to production'),
      /::error::UNKNOWN\(how this repository is deployed\)/,
    );
  });

  it('vercel: an environment before production never touches what production serves', async () => {
    const { texts } = await generatedFrom(sampleRepository('orchard-site'), {
      history,
      environments: 'preview, staging, production',
    });
    const scripts = (id: string): string =>
      jobOf(texts['pipeline.yml'], id)
        .steps.map((step) => step.run?.text ?? '')
        .join('\n');
    for (const id of ['deploy-preview', 'deploy-staging']) {
      assert.doesNotMatch(scripts(id), /\b(?:promote|rollback)\b/, id);
      assert.ok(
        jobOf(texts['pipeline.yml'], id).steps.some(({ name }) => /^Check the new/.test(name?.value ?? '')),
      );
    }
    assert.match(scripts('deploy-preview'), /deploy --prebuilt --prod --skip-domain/);
    assert.match(scripts('deploy-production'), /promote "\$DEPLOYMENT"[^]*rollback "\$PREVIOUS"/);
    const rollback = readWorkflow('.github/workflows/rollback.yml', texts['rollback.yml'] ?? '');
    assert.deepEqual(
      rollback.jobs.map(({ id }) => id.value),
      ['approve-production', 'rollback-production'],
    );
    assert.match(texts['rollback.yml'] ?? '', /options: \[production\]|options:\n\s+- production\n/);
  });

  it('fly: takes the app of each environment from its own file, and asks for what no file says', async () => {
    const files = sampleRepository('parcel-tracker');
    const { pipeline, texts } = await generatedFrom(files, { history });
    const appIn = (text: string | undefined, id: string): string | undefined =>
      jobOf(text, id).env.find(({ name }) => name.value === 'FLY_APP')?.value.text;
    assert.equal(appIn(texts['pipeline.yml'], 'deploy-staging'), 'parcel-tracker-staging');
    assert.equal(appIn(texts['pipeline.yml'], 'deploy-production'), 'parcel-tracker');
    const rollback = readWorkflow('.github/workflows/rollback.yml', texts['rollback.yml'] ?? '');
    assert.deepEqual(
      rollback.jobs.flatMap(({ env }) =>
        env.filter(({ name }) => name.value === 'FLY_APP').map(({ value }) => value.text),
      ),
      ['parcel-tracker-staging', 'parcel-tracker'],
    );
    assert.doesNotMatch(Object.values(texts).join('\n'), /vars\.FLY_APP|set the variable FLY_APP/);
    assert.ok(!pipeline.variables.some(({ name }) => name === 'FLY_APP'));
    assert.ok(!pipeline.notes.some((note) => /is not deployed/.test(note)));
    assert.ok(
      pipeline.notes.includes(
        'FLY_APP is parcel-tracker-staging in staging (fly.staging.toml), parcel-tracker in production (fly.toml).',
      ),
    );

    // One file for all: its app is that of no environment in particular, and staging must not go to production's.
    const one = Object.fromEntries(Object.entries(files).filter(([path]) => path !== 'fly.staging.toml'));
    const without = await generatedFrom(one, { history });
    assert.match(without.texts['pipeline.yml'] ?? '', /vars\.FLY_APP/);
    assert.ok(without.pipeline.variables.some(({ name }) => name === 'FLY_APP'));

    // A third environment without a file: neither it nor production has the app of fly.toml for sure.
    const third = await generatedFrom(files, { history, environments: 'staging, qa, production' });
    assert.equal(appIn(third.texts['pipeline.yml'], 'deploy-staging'), 'parcel-tracker-staging');
    assert.match(appIn(third.texts['pipeline.yml'], 'deploy-production') ?? '', /vars\.FLY_APP/);
  });

  it('script: asks for what the script ends without, gives it, and makes its hosts reachable', async () => {
    const { pipeline, texts } = await generatedFrom(sampleRepository('clinic-letters'), { history });
    for (const [file, id] of [
      ['pipeline.yml', 'deploy-staging'],
      ['pipeline.yml', 'deploy-production'],
      ['rollback.yml', 'rollback-production'],
    ] as const) {
      const job = jobOf(texts[file], id);
      assert.equal(
        job.env.find(({ name }) => name.value === 'DEPLOY_HOST')?.value.text,
        '${{ vars.DEPLOY_HOST }}',
        id,
      );
      const steps = job.steps.map(({ name }) => name?.value ?? '');
      assert.ok(steps.includes('Check the settings of the environment'), id);
      assert.ok(steps.includes('Make the host reachable'), id);
    }
    assert.deepEqual(
      pipeline.variables.filter(({ name }) => name === 'DEPLOY_HOST'),
      [{ name: 'DEPLOY_HOST', purpose: 'the server, as user@name' }],
    );
    assert.ok(pipeline.secrets.some(({ name }) => name === 'SSH_PRIVATE_KEY'));
    assert.ok(pipeline.notes.some((note) => note.startsWith('bin/deploy.sh reaches its hosts over SSH')));
  });

  it('say of what Argo CD follows not that it is left out', async () => {
    const { pipeline } = await generatedFrom(sampleRepository('wallet-api'), { history });
    assert.ok(!pipeline.notes.some((note) => note.includes('is not deployed')), pipeline.notes.join('\n'));
  });
});
