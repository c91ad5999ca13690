import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'yaml';
import { createParsers } from '../../../../src/adapters/parsers';
import { jobsText } from '../../../../src/core/pipeline/generate/workflow-text';
import { generateGhActionsPipeline } from '../../../../src/core/tasks/generate-gh-actions-pipeline';
import { generatedFrom, remoteHistory } from '../../../support/generated-pipeline';
import { memoryWorld, quietRun } from '../../../support/world';

type Files = Readonly<Record<string, string>>;

interface Jobs {
  readonly jobs: Record<
    string,
    {
      readonly name: string;
      readonly uses?: string;
      readonly needs?: readonly string[];
      readonly with?: Record<string, string>;
      readonly permissions: Record<string, string>;
      readonly strategy?: { readonly matrix: { readonly include: readonly Record<string, string>[] } };
    }
  >;
}

const parsers = createParsers();

function service(folder: string, scripts: Readonly<Record<string, string>> = {}): Files {
  return {
    [`${folder}/package.json`]: JSON.stringify({
      name: 'service',
      private: true,
      scripts: {
        lint: 'eslint .',
        test: 'vitest run',
        'test:e2e': 'playwright test',
        build: 'tsc',
        start: 'node .',
        ...scripts,
      },
      devDependencies: { vitest: '4.0.0', '@vitest/coverage-v8': '4.0.0', '@playwright/test': '1.60.0' },
    }),
    [`${folder}/package-lock.json`]: '{}',
    [`${folder}/playwright.config.ts`]: '',
    [`${folder}/src/core/price.ts`]: '',
  };
}

function inContainer(folder: string): Files {
  return { ...service(folder), [`${folder}/Dockerfile`]: 'FROM node:24\nCOPY . .\n' };
}

function generate(files: Files): ReturnType<typeof generatedFrom> {
  return generatedFrom(files, {
    history: remoteHistory('https://github.com/acme/fleet.git'),
    settings: { coverage: { whole: 80, core: 95, coreFiles: ['**/core/**'] } },
  });
}

function jobsOf(text: string | undefined): Jobs['jobs'] {
  return (parse(text ?? '') as Jobs).jobs;
}

describe('jobs that repeat in a generated pipeline', () => {
  it('are written once and called for each project, and the calls give the same jobs', async () => {
    const folders = ['services/orders', 'services/billing', 'services/billing-2'];
    const { texts, pipeline } = await generate(
      Object.assign({}, ...folders.map((folder) => service(folder))) as Files,
    );
    const calls = jobsOf(texts['pipeline.yml']);
    const call = calls['checks-node'];
    assert.equal(call?.uses, './.github/workflows/checks-node.yml');
    assert.deepEqual(call.permissions, { contents: 'read' });
    assert.ok(
      !Object.keys(calls).some((id) => /^(quality|unit|end-to-end)/.test(id)),
      Object.keys(calls).join(' '),
    );
    assert.ok(calls['build']?.needs?.includes('checks-node'));
    const plain = jobsOf(`jobs:${jobsText(pipeline.jobs({ pipeline: 'pipeline.yml' }), 2)}`);
    const rows = call.strategy?.matrix.include ?? [];
    assert.deepEqual(rows.map((row) => row['folder']).sort(), [...folders].sort());
    for (const row of rows) {
      const suffix = `-${row['name'] ?? ''}`;
      const text = Object.entries(row).reduce(
        (whole, [name, value]) => whole.replaceAll(`\${{ inputs.${name} }}`, value),
        texts['checks-node.yml'] ?? '',
      );
      for (const [id, job] of Object.entries(jobsOf(text))) {
        const same = plain[`${id}${suffix}`];
        assert.deepEqual(
          {
            ...job,
            ...(job.needs ? { needs: job.needs.map((need) => `${need}${suffix}`) } : {}),
            name: `${job.name} (${row['folder'] ?? ''})`,
          },
          same,
          `${id} of ${row['folder'] ?? ''}`,
        );
      }
    }
  });

  it('are left alone where projects differ, and where a script names the folder', async () => {
    for (const scripts of [{ lint: undefined }, { 'test:unit': 'vitest run unit' }]) {
      const { texts } = await generate({
        ...service('a'),
        ...service('b', scripts as unknown as Record<string, string>),
      });
      assert.ok(!Object.keys(texts).some((name) => name.startsWith('checks-')), JSON.stringify(scripts));
    }
    const make = (folder: string): Files => ({
      [`${folder}/go.mod`]: 'module example.org/x\n\ngo 1.24\n',
      [`${folder}/main.go`]: 'package main\n',
      [`${folder}/main_test.go`]: 'package main\n',
      [`${folder}/Makefile`]: `unit-${folder}:\n\tgo test ./${folder}/...\n`,
    });
    const { texts } = await generate({ ...make('alpha'), ...make('beta') });
    const called = texts['checks-go.yml'] ?? '';
    assert.ok(!/run: .*inputs\./.test(called));
  });

  it('pass the gate, which looks through the calls, and are required by the names that GitHub shows', async () => {
    const files: Files = {
      ...inContainer('services/orders'),
      ...inContainer('services/billing'),
      'scripts/deploy.sh': '#!/bin/sh\nset -eu\nkubectl set image deployment/"$1" app="$2"\n',
      'scripts/rollback.sh': '#!/bin/sh\nset -eu\nkubectl rollout undo deployment/"$1"\n',
    };
    const world = {
      ...memoryWorld(files, parsers),
      history: remoteHistory('https://github.com/acme/fleet.git'),
    };
    const result = await generateGhActionsPipeline.run(world, quietRun({}));
    const paths = result.files.map((file) => file.path);
    for (const name of ['pipeline', 'checks-node', 'image'])
      assert.ok(paths.includes(`.github/workflows/${name}.yml`), paths.join(' '));
    assert.deepEqual(
      result.findings
        .filter((finding) => finding.path.startsWith('.github/') && finding.severity !== 'info')
        .map((finding) => `${finding.path} ${finding.rule} ${finding.message}`),
      [],
    );
    const ruleset =
      result.manualSteps.find((step) => step.title.startsWith('Require the checks'))?.command ?? '';
    for (const check of ['Format and lint', 'Unit tests', 'End-to-end tests', 'Build'])
      assert.ok(ruleset.includes(`"Checks (services/orders) / ${check}"`), `${check}\n${ruleset}`);
  });

  it('take another name where one is taken, and the caller calls that', async () => {
    const world = {
      ...memoryWorld(
        {
          ...inContainer('a'),
          ...inContainer('b'),
          '.github/workflows/checks-node.yml': 'name: Theirs\non: workflow_call\njobs: {}\n',
        },
        parsers,
      ),
      history: remoteHistory('https://github.com/acme/fleet.git'),
    };
    const result = await generateGhActionsPipeline.run(world, quietRun({ existing: 'beside' }));
    const text = result.files.find((file) => file.path === '.github/workflows/pipeline.yml')?.after;
    assert.equal(jobsOf(text)['checks-node']?.uses, './.github/workflows/release-gate-checks-node.yml');
    assert.ok(result.files.some((file) => file.path === '.github/workflows/release-gate-checks-node.yml'));
  });

  it('build several images by one workflow, each with its own name and digest', async () => {
    const { texts } = await generate({
      ...inContainer('services/orders'),
      ...inContainer('services/billing'),
    });
    const jobs = jobsOf(texts['pipeline.yml']);
    assert.deepEqual(jobs['image-services-orders']?.with, {
      dockerfile: 'services/orders/Dockerfile',
      context: 'services/orders',
      image: 'ghcr.io/acme/fleet/services-orders',
    });
    assert.deepEqual(jobs['image-services-orders'].needs, ['checks-node', 'codeql-node']);
    const image = jobsOf(texts['image.yml'])['image'];
    assert.deepEqual(image?.permissions, jobs['image-services-orders'].permissions);
    assert.ok(!(texts['image.yml'] ?? '').includes('__RELEASE_GATE'));
    assert.ok(!/run: .*inputs\./.test(texts['image.yml'] ?? ''));
  });

  it('are called by several jobs where a matrix would be larger than GitHub takes', async function () {
    this.timeout(60_000);
    const one = (folder: string): Files => ({
      [`${folder}/package.json`]: '{"scripts":{"lint":"eslint ."}}',
      [`${folder}/package-lock.json`]: '{}',
    });
    const { texts } = await generate(
      Object.assign({}, ...Array.from({ length: 300 }, (_, index) => one(`p/${index}`))) as Files,
    );
    const jobs = jobsOf(texts['pipeline.yml']);
    assert.equal(jobs['checks-node']?.strategy?.matrix.include.length, 256);
    assert.equal(jobs['checks-node-part-2']?.strategy?.matrix.include.length, 44);
  });

  it('keep hostile names of folders inside their place', async () => {
    const hostile = fc.oneof(
      fc.constantFrom(
        'a"b',
        "a'b",
        'a: b',
        'a # b',
        '$(id)',
        '`id`',
        '- x',
        '{a}',
        'null',
        '12',
        'on',
        '__RELEASE_GATE_FOLDER__',
        '${{ x }}',
        'a b',
        '.',
        'a.b',
        'x-y',
      ),
      fc.string({ minLength: 1, maxLength: 8 }).map((text) => text.replace(/[/\\\0]/g, '_')),
    );
    await fc.assert(
      fc.asyncProperty(hostile, hostile, async (one, other) => {
        const { texts } = await generate({ ...inContainer(`x/${one}`), ...inContainer(`y/${other}`) });
        for (const [file, text] of Object.entries(texts)) {
          assert.ok(Object.keys(jobsOf(text)).length > 0, file);
          for (const [, inner] of text.matchAll(/\$\{\{\s*(.*?)\s*\}\}/g)) {
            assert.match(
              inner ?? '',
              /^(?:(?:github|vars|inputs|needs|steps|runner|matrix|jobs)\.[\w.=&|!' -]+|toJSON\(steps\)|!cancelled\(\))$/,
              `${file}\n${text}`,
            );
          }
          for (const job of Object.values(jobsOf(text)) as { steps?: { run?: string }[] }[])
            for (const step of job.steps ?? []) assert.ok(!step.run?.includes('${{'), file);
        }
      }),
      { numRuns: 40 },
    );
  });
});
