import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { createParsers } from '../../../src/adapters/parsers';
import { agentTexts, promptTexts, readAgent, readPrompt } from '../../../src/core/drafting/library';
import { releaseInstructions } from '../../../src/core/drafting/instructions';
import { generateGhActionsPipeline } from '../../../src/core/tasks/generate-gh-actions-pipeline';
import { setUpRepository } from '../../../src/core/tasks/set-up-repository';
import { PARTS } from '../../../src/core/tasks/set-up/parts';
import { TaskFailure, type TaskResult } from '../../../src/core/tasks/task';
import { readHcl } from '../../../src/core/text/hcl';
import { unifiedDifference } from '../../../src/core/text/difference';
import { remoteHistory } from '../../support/generated-pipeline';
import { sampleNames, sampleRepository } from '../../support/sample-repository';
import { memoryWorld, quietRun } from '../../support/world';

const parsers = createParsers();
type Files = Readonly<Record<string, string>>;

function run(files: Files, inputs: Readonly<Record<string, string>> = {}): Promise<TaskResult> {
  const world = {
    ...memoryWorld(files, parsers),
    history: remoteHistory('https://github.com/sample/repository'),
  };
  return setUpRepository.run(world, quietRun(inputs));
}

/** The repository with what was proposed written. */
function applied(files: Files, result: TaskResult): Files {
  return { ...files, ...Object.fromEntries(result.files.map(({ path, after }) => [path, after])) };
}

function textAt(result: TaskResult, path: string): string {
  return (
    result.files.find((file) => file.path === path)?.after ?? assert.fail(`nothing is proposed at ${path}`)
  );
}

const DEPLOYED: Files = {
  '.github/workflows/ci.yml': [
    'on:',
    '  pull_request:',
    '  push:',
    "    tags: ['v*']",
    'jobs:',
    '  unit:',
    '    strategy: { matrix: { node: [20, 22] } }',
    '    runs-on: ubuntu-24.04',
    '    steps: [{ run: npm test }]',
    '  deploy:',
    "    if: startsWith(github.ref, 'refs/tags/v')",
    '    needs: unit',
    '    environment: production',
    '    runs-on: ubuntu-24.04',
    '    steps:',
    '      - uses: hashicorp/vault-action@v3',
    '        with: { url: "${{ vars.VAULT_ADDR }}", method: jwt, role: deploy }',
    '      - run: ./scripts/deploy.sh',
    '',
  ].join('\n'),
  'scripts/deploy.sh': '#!/bin/sh\nkubectl apply -f k8s\n',
  'package.json': '{"name": "orders", "scripts": {"test": "node --test"}}',
  'package-lock.json': '{}',
};

describe('set-up-repository', () => {
  for (const name of sampleNames()) {
    it(`adds to ${name} and its pipeline only, in its places, and nothing the second time`, async () => {
      const sample = sampleRepository(name);
      const pipeline = await generateGhActionsPipeline.run(
        { ...memoryWorld(sample, parsers), history: remoteHistory('https://github.com/sample/repository') },
        quietRun(),
      );
      const files = applied(sample, pipeline);
      const inputs = { terraform: 'yes', owners: '@sample/release', reviewers: '@sample/approvers' };
      const result = await run(files, inputs);
      for (const file of result.files) {
        assert.ok(
          setUpRepository.writes.some((place) => file.path === place || file.path.startsWith(`${place}/`)),
          file.path,
        );
        if (file.before === null) continue;
        assert.doesNotMatch(unifiedDifference(file), /^-(?!--)/m, `${file.path} loses a line`);
      }
      assert.deepEqual(
        result.findings.filter(({ severity }) => severity !== 'info'),
        [],
      );
      for (const { path, after } of result.files) {
        if (path.endsWith('.json')) JSON.parse(after);
        if (/\.ya?ml$/.test(path)) parse(after);
        if (path.endsWith('.tf')) assert.ok(readHcl(after).ok, path);
      }
      const again = await run(applied(files, result));
      assert.deepEqual(
        again.files.map(({ path }) => path),
        [],
      );
    });
  }

  it('writes the settings from what the workflows do: checks, environments, tags, secrets', async () => {
    const result = await run(DEPLOYED, { only: 'settings', reviewers: '@acme/platform, @jo' });
    const rules = JSON.parse(textAt(result, '.github/release-gate/rulesets/default-branch.json')) as {
      rules: { type: string; parameters?: { required_status_checks?: { context: string }[] } }[];
    };
    assert.deepEqual(
      rules.rules
        .find(({ type }) => type === 'required_status_checks')
        ?.parameters?.required_status_checks?.map(({ context }) => context),
      ['unit (20)', 'unit (22)'],
    );
    const tags = JSON.parse(textAt(result, '.github/release-gate/rulesets/release-tags.json')) as {
      conditions: { ref_name: { include: string[] } };
    };
    assert.deepEqual(tags.conditions.ref_name.include, ['refs/tags/v*']);
    const page = textAt(result, '.github/release-gate/README.md');
    assert.match(page, /\| production \| @acme\/platform, @jo \|.*\| tag `v\*` \| `VAULT_ADDR` \|/);
    assert.match(
      page,
      /HashiCorp Vault: the job deploy of \.github\/workflows\/ci\.yml fetches from it at run time/,
    );
    assert.match(page, /Nothing\s+was read from GitHub/);
    assert.match(page, /immutable-releases/);
    assert.match(page, /deployment_protection_rules\/apps/);
    assert.ok(result.manualSteps.some(({ title }) => title === 'Make releases immutable'));
    assert.deepEqual(result.unknowns, []);
  });

  it('asks for what no file and no answer says', async () => {
    const bare = await run({ 'package.json': '{"name": "x"}' }, { only: 'settings,codeowners' });
    const asked = bare.unknowns.map(({ unknown }) => unknown);
    assert.ok(asked.includes('environments that a release passes'));
    assert.ok(asked.includes('checks that every pull request has to pass'));
    assert.ok(asked.includes('pattern of the release tags, such as v*'));
    assert.ok(asked.some((unknown) => unknown.startsWith('owners of .github/workflows/')));
    assert.ok(!bare.files.some(({ path }) => /CODEOWNERS|release-tags/.test(path)));
    const told = await run(
      { 'package.json': '{"name": "x"}' },
      { only: 'settings', environments: 'staging -> production', release_tags: 'v*.*.*', approvals: '0' },
    );
    assert.ok(told.files.some(({ path }) => path.endsWith('environments/staging.json')));
    assert.match(textAt(told, '.github/release-gate/environments/production.json'), /"id": null/);
    assert.match(
      textAt(told, '.github/release-gate/rulesets/default-branch.json'),
      /"required_approving_review_count": 0/,
    );
    const answers = JSON.parse(textAt(told, '.github/release-gate/answers.json')) as unknown;
    assert.deepEqual(answers, {
      environments: 'staging -> production',
      approvals: '0',
      release_tags: 'v*.*.*',
    });
    // The next time nothing has to be told, and a file that cannot be read is nobody's to replace.
    const written = applied({ 'package.json': '{"name": "x"}' }, told);
    assert.deepEqual((await run(written, { only: 'settings' })).files, []);
    const path = '.github/release-gate/answers.json';
    const broken = await run({ [path]: '{' }, { only: 'dependabot', approvals: '2' });
    assert.ok(!broken.files.some((file) => file.path === path));
    assert.ok(broken.notes.some((note) => note.startsWith(`${path} cannot be read as JSON`)));
    assert.ok(told.unknowns.some(({ unknown }) => unknown === 'GitHub user or team who approves production'));
  });

  it('puts the reviewers where a pipeline asks before production takes its turn, if every way asks there', async () => {
    const jobs = (approved: string): string =>
      [
        'on: { push: { branches: [main] }, workflow_dispatch: {} }',
        'jobs:',
        '  ask:',
        '    environment: go-ahead',
        '    runs-on: ubuntu-24.04',
        '    steps: [{ run: echo asked }]',
        '  deploy:',
        '    needs: ask',
        '    environment: production',
        '    runs-on: ubuntu-24.04',
        '    steps: [{ run: kubectl apply -f k8s }]',
        '  again:',
        `    needs: [${approved}]`,
        '    environment: production',
        '    runs-on: ubuntu-24.04',
        '    steps: [{ run: kubectl apply -f other }]',
        '',
      ].join('\n');
    const inputs = { only: 'settings', reviewers: '@acme/platform' };
    const folder = '.github/release-gate/environments';
    const asked = await run({ '.github/workflows/cd.yml': jobs('ask') }, inputs);
    assert.match(textAt(asked, `${folder}/go-ahead.json`), /"type": "Team"/);
    assert.match(textAt(asked, `${folder}/production.json`), /"reviewers": null/);
    const around = await run({ '.github/workflows/cd.yml': jobs('') }, inputs);
    assert.match(textAt(around, `${folder}/production.json`), /"type": "Team"/);
  });

  it('keeps what a person changed in a file of settings', async () => {
    const path = '.github/release-gate/environments/production.json';
    const first = applied(DEPLOYED, await run(DEPLOYED, { only: 'settings' }));
    const mine = (first[path] ?? '').replace('"wait_timer": 5', '"wait_timer": 30');
    const again = await run({ ...first, [path]: mine }, { only: 'settings' });
    assert.ok(!again.files.some((file) => file.path === path));
    assert.ok(again.notes.includes(`${path} keeps what somebody set: wait_timer.`));
  });

  it('adds a check that a workflow gets later to the ruleset that stands there', async () => {
    const first = applied(DEPLOYED, await run(DEPLOYED, { only: 'settings' }));
    const lint =
      'on: pull_request\njobs:\n  lint:\n    runs-on: ubuntu-24.04\n    steps: [{ run: npm run lint }]\n';
    const again = await run({ ...first, '.github/workflows/lint.yml': lint }, { only: 'settings' });
    assert.match(textAt(again, '.github/release-gate/rulesets/default-branch.json'), /"context": "lint"/);
    assert.match(textAt(again, '.github/release-gate/README.md'), /\| `lint` \|/);
  });

  it('proposes the parts that were named, and refuses others', async () => {
    const result = await run(DEPLOYED, { only: 'dependabot' });
    assert.deepEqual(
      result.files.map(({ path }) => path),
      ['.github/dependabot.yml'],
    );
    await assert.rejects(run(DEPLOYED, { only: 'poems' }), (error) => {
      assert.ok(error instanceof TaskFailure);
      for (const { value } of PARTS) assert.match(error.message, new RegExp(value));
      return true;
    });
    await assert.rejects(run(DEPLOYED, { approvals: 'many' }), TaskFailure);
    await assert.rejects(run(DEPLOYED, { owners: 'everybody' }), TaskFailure);
    await assert.rejects(run(DEPLOYED, { release_tags: '$(id)' }), TaskFailure);
    await assert.rejects(run(DEPLOYED, { target: 'the moon' }), TaskFailure);
    await assert.rejects(run(DEPLOYED, { terraform: '../orders' }), TaskFailure);
  });

  it('gives the agents, prompts and instructions that the extension has, and leaves a person’s', async () => {
    const mine = '---\nname: incident-scribe\ndescription: Ours.\n---\nOurs.\n';
    const own = '# How we work\n\nIn pairs.\n';
    const result = await run(
      { '.github/agents/incident-scribe.agent.md': mine, '.github/copilot-instructions.md': own },
      { only: 'agents,prompts,instructions' },
    );
    for (const name of Object.keys(agentTexts)) {
      if (name === 'incident-scribe') continue;
      const read = readAgent(textAt(result, `.github/agents/${name}.agent.md`));
      assert.ok(read.ok);
      assert.equal(read.value.name, name);
    }
    for (const name of Object.keys(promptTexts)) {
      const read = readPrompt(textAt(result, `.github/prompts/${name}.prompt.md`));
      assert.ok(read.ok);
      assert.equal(read.value.name, name);
    }
    assert.ok(!result.files.some(({ path }) => path.endsWith('incident-scribe.agent.md')));
    assert.ok(result.notes.some((note) => /incident-scribe\.agent\.md is left as it is/.test(note)));
    const instructions = textAt(result, '.github/copilot-instructions.md');
    assert.ok(instructions.startsWith(own));
    assert.ok(instructions.includes(releaseInstructions()));
    for (const word of ['Workflows', 'Releases', 'Runbooks', 'postmortems']) {
      assert.match(releaseInstructions(), new RegExp(`^### .*${word}$`, 'm'));
    }
  });

  it('proposes a manifest for the platform that a person names, where there is none', async () => {
    const files = {
      Dockerfile: 'FROM node:22\nEXPOSE 8080\n',
      'package.json': '{"name": "orders", "scripts": {"build": "tsc"}}',
    };
    const kubernetes = await run(files, { only: 'manifests', target: 'kubernetes' });
    const text = textAt(kubernetes, 'deploy/kubernetes/service.yaml');
    assert.match(text, /containerPort: 8080/);
    assert.match(text, /image: ghcr\.io\/sample\/repository/);
    assert.match(text, /replicas: UNKNOWN\(how many pods run at once\)/);
    assert.ok(kubernetes.unknowns.length >= 4);
    for (const [target, path] of [
      ['cloud-run', 'deploy/cloud-run/service.yaml'],
      ['ecs', 'deploy/ecs/task-definition.json'],
    ] as const) {
      const result = await run(files, { only: 'manifests', target });
      assert.match(textAt(result, path), /UNKNOWN\(/);
    }
    const there = await run(
      {
        ...files,
        'k8s/a.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: orders }\nspec: {}\n',
      },
      { only: 'manifests', target: 'kubernetes' },
    );
    assert.ok(!there.files.some(({ path }) => path.startsWith('deploy/')));
    assert.ok(there.notes.some((note) => /says already how the repository is deployed/.test(note)));
    const untold = await run(files, { only: 'manifests' });
    assert.deepEqual(untold.unknowns, [{ unknown: 'how this repository is deployed' }]);
  });

  it('keeps hostile names of environments within their place', async () => {
    const names = ['a"b', "a'b", '${x}', '$(id)', 'a|b', '<b>', '<!-- release-gate:end settings -->'];
    const workflow = [
      'on: { push: { branches: [main] } }',
      'jobs:',
      ...names.flatMap((name, index) => [
        `  j${index}:`,
        `    environment: ${JSON.stringify(name)}`,
        '    runs-on: ubuntu-24.04',
        '    steps: [{ run: ./deploy.sh }]',
      ]),
      '',
    ].join('\n');
    const files = { '.github/workflows/cd.yml': workflow };
    const inputs = { only: 'settings', terraform: 'yes' };
    const result = await run(files, inputs);
    for (const { path, after } of result.files) {
      assert.match(path, /^\.github\/release-gate\/[\w./-]+$/);
      if (path.endsWith('.json')) JSON.parse(after);
      if (path.endsWith('.tf')) {
        assert.ok(readHcl(after).ok);
        assert.doesNotMatch(after, /[$%]\{/);
      }
      if (path.endsWith('.md')) assert.equal(after.split('<!-- release-gate:end settings -->').length, 2);
    }
    assert.deepEqual((await run(applied(files, result), inputs)).files, []);
  });
});
