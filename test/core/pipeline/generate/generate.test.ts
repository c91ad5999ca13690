import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { ROLLOUTS, type Rollout } from '../../../../src/core/evidence/rollouts';
import type { GeneratedPipeline } from '../../../../src/core/pipeline/generate/generate';
import { readWorkflow } from '../../../../src/core/workflow/read';
import type { Job, Workflow } from '../../../../src/core/workflow/model';
import { shownFinding } from '../../../../scripts/lib/peers/finding';
import { languageServiceFindings } from '../../../../scripts/lib/peers/language-service';
import { generatedFrom, remoteHistory } from '../../../support/generated-pipeline';
import { sampleNames, sampleRepository } from '../../../support/sample-repository';

const EXPECTED = join(__dirname, '..', '..', '..', 'fixtures', 'pipelines');

/** Samples whose Dockerfile copies what the build writes. */
const COPIES_BUILD = new Set(['invoice-engine', 'stock-keeper']);

function generate(name: string, rollout: Rollout | null = null): ReturnType<typeof generatedFrom> {
  return generatedFrom(sampleRepository(name), {
    settings: { rollout },
    history: remoteHistory(`https://github.com/sample/${name}.git`),
    imagesOfArtifact: COPIES_BUILD.has(name) ? ['Dockerfile'] : [],
  });
}

/** What a person sets up where the generated workflows are the only ones. */
function setupOf(pipeline: GeneratedPipeline): ReturnType<GeneratedPipeline['setup']> {
  return pipeline.setup(
    pipeline.workflows.map((workflow) =>
      readWorkflow(
        `.github/workflows/${workflow.names[0] ?? ''}`,
        workflow.text({ pipeline: 'pipeline.yml' }),
      ),
    ),
  );
}

function pipelineOf(texts: Readonly<Record<string, string>>): Workflow {
  const workflow = readWorkflow('.github/workflows/pipeline.yml', texts['pipeline.yml'] ?? '');
  assert.deepEqual(workflow.problems, []);
  return workflow;
}

/** Every job that a job waits for, at any distance. */
function ancestors(workflow: Workflow, job: Job): Set<string> {
  const found = new Set<string>();
  const visit = (id: string): void => {
    for (const need of workflow.jobs.find((other) => other.id.value === id)?.needs ?? []) {
      if (found.has(need.value)) continue;
      found.add(need.value);
      visit(need.value);
    }
  };
  visit(job.id.value);
  return found;
}

describe('generated pipelines', () => {
  for (const name of readdirSync(EXPECTED).sort()) {
    it(`are as expected for ${name}, and the same bytes each time`, async () => {
      const { texts } = await generate(name);
      assert.deepEqual((await generate(name)).texts, texts);
      const folder = join(EXPECTED, name);
      if (process.env['UPDATE_EXPECTED']) {
        mkdirSync(folder, { recursive: true });
        for (const [file, text] of Object.entries(texts)) writeFileSync(join(folder, file), text);
      }
      assert.ok(existsSync(folder), `${folder} is missing; run with UPDATE_EXPECTED=1 and read it`);
      assert.deepEqual(readdirSync(folder).sort(), Object.keys(texts).sort());
      for (const [file, text] of Object.entries(texts))
        assert.equal(text, readFileSync(join(folder, file), 'utf8'), file);
    });
  }

  for (const name of sampleNames()) {
    it(`hold to the rules that every one of them must hold to (${name})`, async () => {
      const { texts, pipeline } = await generate(name);
      for (const [file, text] of Object.entries(texts)) {
        const workflow = readWorkflow(`.github/workflows/${file}`, text);
        assert.deepEqual(workflow.problems, [], file);
        assert.ok(workflow.permissions?.kind === 'scopes' && workflow.permissions.entries.length === 0, file);
        for (const job of workflow.jobs) {
          const place = `${file} ${job.id.value}`;
          assert.ok(job.permissions, `${place} states its permissions`);
          // GitHub takes no time limit on a call: the jobs of the called workflow have theirs.
          if (!job.uses) assert.ok(Number(job.timeoutMinutes?.value) > 0, `${place} has a time limit`);
          assert.equal(job.continueOnError, null, place);
          for (const step of job.steps) {
            assert.ok(!step.run?.text.includes('${{'), `${place}: a script holds an expression`);
            assert.equal(step.continueOnError, null, place);
            if (!step.uses) continue;
            assert.match(step.uses.value, /@[0-9a-f]{40}$/, `${place}: ${step.uses.value} is pinned`);
            if (step.uses.value.startsWith('actions/checkout@')) {
              assert.equal(
                step.with.find((entry) => entry.name.value === 'persist-credentials')?.value.text,
                'false',
                place,
              );
            }
          }
          for (const [, need = '', output = ''] of JSON.stringify(job.body).matchAll(
            /needs\.([\w-]+)\.outputs\.(\w+)/g,
          )) {
            assert.ok(
              job.needs.some((other) => other.value === need),
              `${place} reads ${need} and waits for it`,
            );
            const from = workflow.jobs.find((other) => other.id.value === need);
            assert.ok(
              // What a called workflow gives, the language service holds against it.
              from?.uses || from?.outputs.some((other) => other.name.value === output),
              `${need} gives ${output}`,
            );
          }
          for (const { value } of job.outputs) {
            const step = /steps\.(\w+)\./.exec(value.text)?.[1];
            assert.ok(
              job.steps.some((other) => other.id?.value === step),
              `${place}: no step ${step ?? ''}`,
            );
          }
          if (!job.environment) continue;
          if (job.id.value.startsWith('approve-')) {
            // A job that waits for somebody must not hold the turn of those behind it.
            assert.equal(job.concurrency, null, place);
            assert.ok(
              job.steps.every((step) => /^echo /.test(step.run?.text ?? '')),
              place,
            );
            continue;
          }
          assert.ok(job.concurrency?.group, place);
          assert.equal(job.concurrency.cancelInProgress?.value, 'false', place);
        }
      }
      const workflow = pipelineOf(texts);
      const deployments = workflow.jobs.filter((job) => job.id.value.startsWith('deploy-'));
      assert.deepEqual(
        deployments.map((job) => job.environment?.name.value),
        pipeline.plan.environments.map((environment) => environment.name),
      );
      const checks = workflow.jobs.filter((job) =>
        /^(quality|type-check|unit|smoke|end-to-end|audit|codeql)/.test(job.id.value),
      );
      for (const [index, job] of deployments.entries()) {
        const before = ancestors(workflow, job);
        for (const check of checks)
          assert.ok(before.has(check.id.value), `${job.id.value} waits for ${check.id.value}`);
        for (const earlier of deployments.slice(0, index)) assert.ok(before.has(earlier.id.value));
        const usual = job.steps.filter((step) => step.condition === null);
        assert.match(usual.at(-1)?.name?.value ?? '', /^Check (that it works|the new version by itself)$/);
        const isProduction = pipeline.plan.environments.some(
          (environment) => environment.isProduction && environment.name === job.environment?.name.value,
        );
        // What goes back, looks again and hands over runs only where the deployment was begun and something failed.
        assert.deepEqual(
          job.steps
            .filter(
              (step) =>
                step.condition !== null && step.id?.value !== 'last' && step.condition.value !== 'failure()',
            )
            .map((step) => step.name?.value)
            // Some platforms are given the package of the earlier version.
            .filter((step) => step !== 'Take the package of that version'),
          // Before production Vercel serves nothing of its own, and a way back would be production's.
          pipeline.plan.target?.kind === 'vercel' && !isProduction
            ? []
            : [
                `Roll back ${job.environment?.name.value ?? ''}`,
                'Check that it works again',
                'Hand over to a person',
              ],
        );
        const approval = `approve-${job.environment?.name.value ?? ''}`;
        assert.equal(before.has(approval), isProduction, `${job.id.value} and its approval`);
        assert.doesNotMatch(
          job.steps.map((step) => step.run?.text ?? '').join('\n'),
          /npm (ci|run build)|docker build |mvnw|gradlew|go build/,
        );
      }
    });
  }

  // Each sample with another strategy; `npm run check:peers` asks about all of them.
  it('are what GitHub itself takes', async () => {
    const files = new Map<string, string>();
    const strategies = [null, ...ROLLOUTS];
    for (const [index, name] of sampleNames().entries()) {
      const { texts } = await generate(name, strategies[index % strategies.length]);
      for (const [file, text] of Object.entries(texts)) files.set(`${name}/.github/workflows/${file}`, text);
    }
    assert.ok(files.size >= 2 * sampleNames().length);
    assert.deepEqual((await languageServiceFindings(files)).map(shownFinding), []);
  }).timeout(120_000);

  it('fails visibly where the deployment is not known, and never prints success', async () => {
    const { texts, pipeline } = await generatedFrom({
      'package.json': '{"name":"shop","scripts":{"test":"node --test"}}',
      Dockerfile: 'FROM scratch\n',
    });
    const job = pipelineOf(texts).jobs.find((other) => other.id.value === 'deploy-production');
    const step = job?.steps.find((other) => other.name?.value === 'Deploy to production');
    assert.equal(step?.run?.text, "echo '::error::UNKNOWN(how this repository is deployed)'\nexit 1");
    assert.ok(pipeline.unknowns.some((item) => item.unknown === 'how this repository is deployed'));
    assert.match(texts['rollback.yml'] ?? '', /UNKNOWN\(how this repository is deployed\)'\n\s+exit 1/);
  });

  it('runs the phases in order, cheapest first, and the scans beside them', async () => {
    const { texts } = await generatedFrom({
      'package.json': JSON.stringify({
        name: 'web',
        scripts: {
          'format:check': 'prettier --check .',
          lint: 'eslint .',
          typecheck: 'tsc --noEmit',
          'test:unit': 'vitest run',
          'test:smoke': 'node smoke.js',
          'test:e2e': 'playwright test',
          'audit:ci': 'npm audit',
          build: 'vite build',
        },
      }),
      'package-lock.json': '{}',
    });
    const { jobs } = pipelineOf(texts);
    const needs = (id: string): string[] =>
      jobs.find((job) => job.id.value === id)?.needs.map((need) => need.value) ?? assert.fail(id);
    assert.deepEqual(
      jobs.slice(0, 9).map((job) => `${job.id.value}: ${job.name?.value ?? ''}`),
      [
        'quality: Format and lint',
        'type-check: Type check',
        'unit: Unit tests',
        'smoke: Smoke tests',
        'end-to-end: End-to-end tests',
        'audit: Security audit',
        'codeql-node: Security scan (JavaScript and TypeScript)',
        'build: Build and package',
        'provenance: Attest the package',
      ],
    );
    assert.deepEqual(needs('quality'), []);
    assert.deepEqual(needs('type-check'), []);
    assert.deepEqual(needs('unit'), ['quality', 'type-check']);
    assert.deepEqual(needs('smoke'), ['unit']);
    assert.deepEqual(needs('end-to-end'), ['smoke']);
    assert.deepEqual(needs('audit'), []);
    assert.deepEqual(
      needs('build'),
      jobs.slice(0, 7).map((job) => job.id.value),
    );
  });

  it('gives every job a name of its own, since a ruleset requires checks by name', async () => {
    const folder = `packages/${'deep/'.repeat(30)}web`;
    const { texts } = await generatedFrom({
      'apps/web/package.json': '{"scripts":{"lint":"eslint .","test":"node --test"}}',
      'apps/web/pyproject.toml': '[tool.ruff]\n[tool.pytest.ini_options]\n',
      [`${folder}/package.json`]: '{"scripts":{"lint":"eslint ."}}',
      [`other/${folder}/package.json`]: '{"scripts":{"lint":"eslint ."}}',
    });
    const names = pipelineOf(texts).jobs.map((job) => job.name?.value ?? '');
    assert.equal(new Set(names).size, names.length, names.join('\n'));
    assert.ok(names.includes('Format and lint (apps/web, python)'));
    assert.ok(names.every((name) => name.length <= 100));
  });

  it('says in the file itself what it assumes', async () => {
    const { texts, pipeline } = await generate('orders-service');
    const head = (texts['pipeline.yml'] ?? '').split('\nname: ', 1)[0]?.replace(/\n# +/g, ' ') ?? '';
    assert.ok(pipeline.notes.length > 0);
    for (const note of pipeline.notes) assert.ok(head.includes(`- ${note}`), note);
  });

  it('deploys nothing for a library, and publishes it', async () => {
    const { texts, pipeline } = await generate('units');
    assert.deepEqual(Object.keys(texts), ['pipeline.yml', 'dependency-review.yml']);
    assert.equal(pipeline.plan.isDeployed, false);
    assert.deepEqual(
      pipelineOf(texts).jobs.map((job) => job.id.value),
      ['unit', 'codeql-node', 'build', 'provenance', 'publish-npm'],
    );
  });

  it('takes environments that a person names, in order of promotion, and refuses what is no name', async () => {
    const { pipeline } = await generatedFrom(sampleRepository('pricing-api'), {
      environments: 'prod, qa, ${{ x }}',
    });
    assert.deepEqual(
      pipeline.plan.environments.map((environment) => environment.name),
      ['qa', 'prod'],
    );
    assert.ok(pipeline.notes.some((note) => note.includes('no name that GitHub takes')));
  });

  it('lists what a person sets up, with reviewers, wait, branches and the checks by the names of their jobs', async () => {
    const { texts, pipeline } = await generate('orders-service');
    const protect = setupOf(pipeline).find((step) => step.title === 'Protect the environment production');
    assert.match(protect?.command ?? '', /gh api "orgs\/larkmoor\/teams\/shop" --jq \.id/);
    assert.match(protect?.command ?? '', /"prevent_self_review": true/);
    assert.match(
      protect?.command ?? '',
      /gh api --method PUT "repos\/sample\/orders-service\/environments\/production" --input -/,
    );
    assert.match(protect?.command ?? '', /deployment-branch-policies" -f name=main -f type=branch/);
    const ruleset =
      setupOf(pipeline).find((step) => step.title.startsWith('Require the checks'))?.command ?? '';
    const body = JSON.parse(ruleset.slice(ruleset.indexOf('\n{'), ruleset.lastIndexOf('}') + 1)) as {
      rules: { type: string; parameters?: { required_status_checks: { context: string }[] } }[];
    };
    const names = body.rules.find((rule) => rule.type === 'required_status_checks')?.parameters
      ?.required_status_checks;
    const onPullRequests = pipelineOf(texts)
      .jobs.filter((job) => !job.condition)
      .map((job) => job.name?.value);
    assert.deepEqual(
      names?.map((check) => check.context),
      [...onPullRequests, 'Dependency review'],
    );
  });

  it('keeps reports, packages and logs for as many days as are set', async () => {
    const { texts, pipeline } = await generatedFrom(sampleRepository('storefront'), {
      settings: { retentionDays: 21 },
    });
    const uploads = pipelineOf(texts).jobs.flatMap((job) =>
      job.steps.filter((step) => step.uses?.value.startsWith('actions/upload-artifact@')),
    );
    assert.ok(uploads.length > 0);
    for (const step of uploads) {
      assert.equal(step.with.find((entry) => entry.name.value === 'retention-days')?.value.text, '21');
    }
    assert.match(
      setupOf(pipeline).find((step) => step.title === 'Keep logs for 21 days')?.command ?? '',
      /^gh api --method PUT "repos\/\{owner\}\/\{repo\}\/actions\/permissions\/artifact-and-log-retention" -F days=21$/,
    );
  });

  it('keeps hostile names of folders, scripts and branches inside their place', async () => {
    const hostile = fc.oneof(
      fc.constantFrom(
        'a"b',
        "a'b",
        'a: b',
        'a # b',
        '${{ secrets.X }}',
        'a\nrun: evil',
        '- x',
        '$(id)',
        '`id`',
        '*',
        '&a',
        '{a}',
        'a\u202Eb',
        '|',
        'null',
        '12',
      ),
      fc.string({ minLength: 1, maxLength: 12 }),
    );
    await fc.assert(
      fc.asyncProperty(hostile, hostile, async (folder, branch) => {
        const inside = folder.replace(/[/\\\0]/g, '_').replace(/^\.+$/, 'dots');
        const { texts } = await generatedFrom(
          {
            [`${inside}/package.json`]: JSON.stringify({
              name: folder,
              scripts: { test: 'node --test', build: 'tsc', start: 'x' },
            }),
            [`${inside}/package-lock.json`]: '{}',
            [`${inside}/Dockerfile`]: 'FROM scratch\n',
            'package.json': '{"name":"root","scripts":{"lint":"eslint ."}}',
          },
          { history: remoteHistory('https://github.com/acme/shop', branch) },
        );
        for (const text of Object.values(texts)) {
          const data = parse(text) as { jobs: Record<string, { steps?: { run?: string }[] }> };
          for (const job of Object.values(data.jobs)) {
            for (const step of job.steps ?? []) assert.ok(!(step.run ?? '').includes('${{'));
          }
          for (const [, inner] of text.matchAll(/\$\{\{\s*(.*?)\s*\}\}/g)) {
            assert.match(
              inner ?? '',
              /^(?:(?:github|vars|inputs|needs|steps|runner|matrix)\.[\w.=&|!' -]+|toJSON\(steps\)|!cancelled\(\))$/,
              text,
            );
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
