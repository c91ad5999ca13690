import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createParsers } from '../../../src/adapters/parsers';
import { isKnown, type Fact } from '../../../src/core/evidence/fact';
import type { RepositoryProfile } from '../../../src/core/evidence/profile';
import { profileQuestions, profileRows } from '../../../src/core/evidence/profile-view';
import {
  correctionOf,
  withCorrections,
  type GivenCorrection,
} from '../../../src/core/gate/correct-configuration';
import {
  combineLayers,
  CONFIGURATION_PATH,
  readConfiguration,
  readLayer,
  type Configuration,
} from '../../../src/core/gate/configuration';
import { readProfile } from '../../../src/core/workflow/read-profile';
import { memoryWorld, quietRun } from '../../support/world';

const parsers = createParsers();

const SHOP: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify(
    { name: 'shop', version: '1.0.0', scripts: { test: 'jest', lint: 'eslint .' } },
    null,
    2,
  ),
  'legacy/package.json': '{"name":"old"}',
  'scripts/deploy.sh': '#!/bin/bash\necho "$1"\n',
  'charts/shop/Chart.yaml': 'name: shop\nversion: 1.0.0\n',
  Procfile: 'web: node .\n',
  Dockerfile: 'FROM scratch\n',
};

function configurationOf(...lines: readonly string[]): Configuration {
  const read = readConfiguration(CONFIGURATION_PATH, `${lines.join('\n')}\n`);
  assert.ok(read.ok, read.ok ? '' : read.problems.map(({ message }) => message).join('; '));
  return read.configuration;
}

function read(configuration: Configuration, files = SHOP): Promise<RepositoryProfile> {
  return readProfile({ ...memoryWorld(files, parsers), configuration }, quietRun());
}

function problemsOf(...lines: readonly string[]): string[] {
  const result = readConfiguration(CONFIGURATION_PATH, `${lines.join('\n')}\n`);
  return result.ok ? [] : result.problems.map(({ line, message }) => `${line}: ${message}`);
}

/** `value @ line` of a fact that the configuration says. */
function told(fact: Fact<unknown>): string {
  const [source] = fact.sources;
  const line = source?.kind === 'file' && source.path === CONFIGURATION_PATH ? source.range?.start.line : '?';
  return `${String(fact.value)} @ ${String(line)}`;
}

describe('corrections of the profile', () => {
  it('go before what was found, with the line of the configuration as their evidence', async () => {
    const profile = await read(
      configurationOf(
        'profile:',
        '  service: till',
        '  default-branch: trunk',
        '  image: ghcr.io/larkmoor/till',
        '  stacks:',
        '    package.json:',
        '      package-manager: pnpm',
        '      commands: { unit: pnpm test, lint: none, smoke: [pnpm smoke, pnpm smoke:slow] }',
        '    legacy/package.json: none',
        '  environments: [production, staging]',
      ),
    );
    assert.ok(isKnown(profile.service) && isKnown(profile.defaultBranch) && isKnown(profile.image));
    assert.equal(told(profile.service), 'till @ 2');
    assert.equal(told(profile.defaultBranch), 'trunk @ 3');
    assert.equal(told(profile.image), 'ghcr.io/larkmoor/till @ 4');
    assert.deepEqual(
      profile.stacks.map(({ folder }) => folder),
      [''],
    );
    const [stack] = profile.stacks;
    assert.equal(stack && told(stack.packageManager), 'pnpm @ 7');
    assert.deepEqual(stack?.commands.unit?.map(told), ['pnpm test @ 8']);
    assert.equal(stack?.commands.lint, undefined);
    assert.deepEqual(stack?.commands.smoke?.map(told), ['pnpm smoke @ 8', 'pnpm smoke:slow @ 8']);
    assert.deepEqual(
      profile.environments.map(({ value }) => `${value.name} ${String(value.isProduction)}`),
      ['staging false', 'production true'],
    );
  });

  it('choose one of the targets that were found, with its values', async () => {
    const profile = await read(
      configurationOf(
        'profile:',
        '  deploy:',
        '    target: helm',
        '    cluster: eks',
        '    values: { CLUSTER: { production: main }, REGION: eu-west-1 }',
        '    smoke: ./smoke.sh "${BASE_URL}"',
      ),
    );
    const [target, ...others] = profile.deployTargets;
    assert.deepEqual(others, []);
    assert.equal(target?.kind, 'helm');
    assert.equal(target.path.value, 'charts/shop');
    assert.equal(target.cluster?.value, 'eks');
    assert.ok(isKnown(target.deployCommand), 'the command of the chart is lost');
    assert.deepEqual(
      target.values?.map(({ value }) => `${value.parameter} ${value.value} ${value.environment ?? '-'}`),
      ['CLUSTER main production', 'REGION eu-west-1 -'],
    );
    assert.equal(profile.smokeTest && told(profile.smokeTest), './smoke.sh "${BASE_URL}" @ 6');
  });

  it('make a possible target one, take a command for a script, and say that nothing is deployed', async () => {
    const heroku = await read(configurationOf('profile:', '  deploy: { target: heroku }'));
    assert.deepEqual(
      heroku.deployTargets.map(({ kind, path }) => `${kind} ${path.value}`),
      ['heroku Procfile'],
    );
    assert.deepEqual(heroku.possibleTargets, []);
    const command = await read(configurationOf('profile:', '  deploy: { command: make ship }'), {});
    assert.deepEqual(
      command.deployTargets.map(({ kind }) => kind),
      ['script'],
    );
    assert.ok(command.deployTargets[0] && isKnown(command.deployTargets[0].deployCommand));
    const none = await read(configurationOf('profile:', '  deploy: none'));
    assert.deepEqual(none.deployTargets, []);
    assert.deepEqual(isKnown(none.isDeployed) && none.isDeployed.value, false);
  });

  it('say whether an environment is production with the weight of environments.production', () => {
    const configuration = configurationOf(
      'profile:',
      '  environments:',
      '    - { name: lab, production: false }',
      '    - { name: live-eu, production: true }',
    );
    assert.deepEqual(configuration.productionEnvironments, ['live-eu']);
    assert.deepEqual(configuration.otherEnvironments, ['lab']);
    assert.match(
      problemsOf(
        'environments: { other: [live-eu] }',
        'profile: { environments: [{ name: live-eu, production: true }] }',
      ).join(),
      /do not say the same of the environment "live-eu"/,
    );
  });

  it('name a manifest that is not there as a problem, since the file may have moved', async () => {
    const profile = await read(configurationOf('profile:', '  stacks:', '    api/package.json: none'));
    assert.deepEqual(
      profile.problems?.map(({ path, message, range }) => `${path}:${range?.start.line ?? 0} ${message}`),
      [`${CONFIGURATION_PATH}:3 corrects api/package.json, of which no stack was read`],
    );
  });

  it('are refused with their line where they say what cannot be', () => {
    assert.deepEqual(
      problemsOf(
        'profile:',
        '  servic: x',
        '  image: "ghcr.io/acme/x:latest"',
        '  default-branch: "-x"',
        '  registries: [npmjs, docker.io]',
        '  stacks:',
        '    ../package.json: none',
        '    package.json: { commands: { tests: x, unit: "echo ${{ github.token }}" } }',
        '  deploy:',
        '    target: helmm',
        '    values: { cluster: main, REGION: "a; b" }',
        '  environments: [{ production: true }]',
      ).map((problem) => problem.replace(/; it takes .*/, '')),
      [
        '2: "profile" has no key "servic"; did you mean "service"',
        '3: "ghcr.io/acme/x:latest" is no image: write its name without tag and digest, such as ghcr.io/acme/orders',
        '4: "-x" is no name of a branch that a workflow can hold',
        '5: "npmjs" is no registry: write npm, pypi, crates, maven, nuget, rubygems, packagist, or the name of an image such as ghcr.io/acme/orders',
        '5: "docker.io" is no registry: write npm, pypi, crates, maven, nuget, rubygems, packagist, or the name of an image such as ghcr.io/acme/orders',
        '7: the manifest "../package.json" must be a file inside the repository, from its root, with forward slashes',
        '8: "commands" has no key "tests"',
        '8: "unit" holds a character that hides what it says, or ${{',
        '10: "helmm" is no target of a deployment; did you mean "helm"',
        '11: "cluster" is no parameter: its name is in capitals, such as CLUSTER or REGION',
        '11: the value of "REGION" must be a name, without quotes, expressions or operators',
        '12: an environment has no name',
      ],
    );
  });

  it('of two files are joined key by key, the later file first', async () => {
    const layers = [
      'profile: { service: base, stacks: { package.json: { commands: { unit: one, lint: two } } } }',
      'profile: { stacks: { package.json: { commands: { unit: three } } } }',
    ].map((text, index) => {
      const layer = readLayer(index === 0 ? 'policy/base.yml' : CONFIGURATION_PATH, text);
      assert.ok(layer.ok);
      return layer.layer;
    });
    const combined = combineLayers(layers);
    assert.ok(combined.ok);
    const profile = await read(combined.configuration);
    assert.equal(isKnown(profile.service) && profile.service.value, 'base');
    assert.deepEqual(
      profile.stacks[0]?.commands.unit?.map(({ value }) => value),
      ['three'],
    );
    assert.deepEqual(
      profile.stacks[0]?.commands.lint?.map(({ value }) => value),
      ['two'],
    );
  });
});

describe('writing corrections', () => {
  const write = (before: string | null, ...given: readonly GivenCorrection[]): string => {
    const result = withCorrections(before, given);
    assert.ok(result.ok, result.ok ? '' : result.reason);
    return result.file.after;
  };

  it('makes the file, or adds to it behind what stands there', () => {
    assert.equal(write(null, { at: ['service'], value: 'till' }), 'profile:\n  service: till\n');
    const before = '# Ours\nrules:\n    no-deploy-timeout:   warn # why\n';
    assert.equal(write(before, { at: ['service'], value: 'till' }), `${before}profile:\n    service: till\n`);
    assert.equal(
      write('# Nothing yet', { at: ['deploy'], value: 'none' }),
      '# Nothing yet\nprofile:\n  deploy: none\n',
    );
  });

  it('changes one value and leaves every other byte', () => {
    const before =
      'profile:\r\n  # kept\r\n  service: "old" # behind\r\n  stacks:\r\n    package.json: { commands: { unit: a } }\r\n';
    assert.equal(
      write(
        before,
        { at: ['service'], value: 'new' },
        { at: ['stacks', 'package.json', 'commands', 'unit'], value: 'b' },
      ),
      before.replace('"old"', '"new"').replace('unit: a', 'unit: b'),
    );
    assert.equal(
      write('profile:\n  deploy: none\n', { at: ['deploy', 'command'], value: 'make ship' }),
      'profile:\n  deploy:\n    command: make ship\n',
    );
  });

  it('refuses a file that is broken, and what the configuration would not take', () => {
    assert.equal(withCorrections('rules: [\n', [{ at: ['service'], value: 'x' }]).ok, false);
    assert.equal(withCorrections(null, [{ at: ['deploy', 'target'], value: 'balloon' }]).ok, false);
  });

  it('is read back as what was said, whatever the text holds', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 60 }), (text) => {
        const result = withCorrections('# Ours\nrelease:\n  folder: docs/release\n', [
          { at: ['service'], value: text },
        ]);
        if (!result.ok) return;
        const read = readConfiguration(CONFIGURATION_PATH, result.file.after);
        assert.ok(read.ok);
        assert.ok(result.file.after.startsWith('# Ours\nrelease:\n  folder: docs/release\n'));
        const { service } = read.configuration.profile;
        assert.ok(service === undefined || service.value === text.trim());
      }),
    );
  });

  it('takes what a person writes as the value that is meant', () => {
    const row = { at: [], hint: '', canBeNone: true } as const;
    assert.deepEqual(correctionOf({ ...row, takes: 'flag' }, 'yes'), { ok: true, value: true });
    assert.deepEqual(correctionOf({ ...row, takes: 'list' }, 'a; b ;; c'), {
      ok: true,
      value: ['a; b', 'c'],
    });
    assert.deepEqual(correctionOf({ ...row, takes: 'text', choices: ['helm'] }, 'ship').ok, false);
    assert.deepEqual(correctionOf({ ...row, takes: 'environments' }, 'staging, live (production)'), {
      ok: true,
      value: [
        { name: 'staging', production: false },
        { name: 'live', production: true },
      ],
    });
    assert.deepEqual(correctionOf({ ...row, canBeNone: false, takes: 'text' }, 'none').ok, false);
  });
});

describe('the rows of the profile', () => {
  it('show each fact with its evidence, and each question with what would answer it', async () => {
    const rows = profileRows(await read(configurationOf('{}')));
    for (const row of rows) {
      if (row.value === null) assert.ok(row.needed.length > 0 && row.confidence === null, row.label);
      else assert.ok(row.sources.length > 0 && row.confidence !== null, `${row.section}, ${row.label}`);
    }
    const asked = profileQuestions(rows).map(({ section, label }) => `${section}, ${label}`);
    assert.ok(asked.includes('Deployment, Perhaps'), asked.join('; '));
    assert.ok(asked.includes('Artifacts, Image'), asked.join('; '));
  });

  it('can each be corrected as they say, and are then as they were corrected', async () => {
    const rows = profileRows(await read(configurationOf('{}')));
    for (const { correction, label } of rows) {
      if (!correction) continue;
      const written =
        correction.choices?.[0] ??
        (correction.takes === 'flag' ? 'yes' : correction.canBeNone ? 'none' : 'x1');
      const value = correctionOf(correction, written);
      assert.ok(value.ok, label);
      const result = withCorrections(null, [{ at: correction.at, value: value.value }]);
      assert.ok(result.ok, `${label}: ${result.ok ? '' : result.reason}`);
    }
  });
});
