import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Configuration } from '../../../src/core/gate/configuration';
import { openConfiguration, type OpenedConfiguration } from '../../../src/core/gate/open-configuration';
import { memoryFiles } from '../../support/world';

const own = '.github/release-gate.yml';

function open(files: Readonly<Record<string, string>>): Promise<OpenedConfiguration> {
  return openConfiguration(memoryFiles(files), own, { isRequired: false });
}

async function opened(files: Readonly<Record<string, string>>): Promise<Configuration> {
  const result = await open(files);
  assert.ok(result.ok, JSON.stringify(result));
  return result.configuration;
}

async function problems(files: Readonly<Record<string, string>>): Promise<string[]> {
  const result = await open(files);
  assert.ok(!result.ok);
  return result.problems.map(({ path, line, message }) => `${path}:${line}: ${message}`);
}

describe('a configuration that extends others', () => {
  it('takes the base, and what it says itself wins', async () => {
    const configuration = await opened({
      [own]:
        'extends: org/gate.yml\nrules: { no-wait-timer: off, unpinned-action: warn }\nactions: { acme/ship: deploy }\n',
      'org/gate.yml': [
        'environments: { production: [live], other: [lab] }',
        'rules: { unpinned-action: block, no-smoke-test: warn }',
        'actions: { acme/ship: build, acme/check: verify }',
        'limits: { deploy-timeout-minutes: 60 }',
        'release: { folder: plans }',
        'online: true',
      ].join('\n'),
    });
    assert.deepEqual(configuration.productionEnvironments, ['live']);
    assert.deepEqual(configuration.severities, {
      'unpinned-action': 'warn',
      'no-smoke-test': 'warn',
      'no-wait-timer': 'off',
    });
    assert.deepEqual(
      [...configuration.knownActions],
      [
        ['acme/ship', ['deploy']],
        ['acme/check', ['verify']],
      ],
    );
    assert.equal(configuration.limits.deployTimeoutMinutes, 60);
    assert.equal(configuration.releaseFolder, 'plans');
    assert.equal(configuration.isOnline, true);
  });

  it('takes several in order, each base once, and moves an environment to the later word on it', async () => {
    const configuration = await opened({
      [own]: 'extends: [a.yml, b.yml]\nenvironments: { production: [Lab] }\n',
      'a.yml': 'extends: base.yml\nrules: { no-smoke-test: info }\nenvironments: { other: [lab, qa] }\n',
      'b.yml': 'extends: base.yml\nrules: { no-smoke-test: warn }\nphases: [unit]\n',
      'base.yml': 'rules: { no-smoke-test: off, no-rollback-path: warn }\nphases: [lint]\n',
    });
    assert.deepEqual(configuration.severities, { 'no-smoke-test': 'warn', 'no-rollback-path': 'warn' });
    assert.deepEqual(configuration.requiredPhases, ['unit']);
    assert.deepEqual(configuration.productionEnvironments, ['Lab']);
    assert.deepEqual(configuration.otherEnvironments, ['qa']);
  });

  it('takes the dialects of SQL of all files, those of the later file first', async () => {
    const { sql } = await opened({
      [own]: 'extends: base.yml\nsql: { paths: { legacy/**: tsql, new/**: sqlite } }\n',
      'base.yml': 'sql: { dialect: mysql, paths: { legacy/**: mysql, reports/**: postgresql } }\n',
    });
    assert.deepEqual(sql, {
      dialect: 'mysql',
      paths: [
        { glob: 'legacy/**', dialect: 'tsql' },
        { glob: 'new/**', dialect: 'sqlite' },
        { glob: 'reports/**', dialect: 'postgresql' },
      ],
    });
  });

  it('adds the waivers up and knows which file each stands in', async () => {
    const waiver = 'waivers:\n  - { rule: no-deploy-timeout, path: a.yml, reason: r }\n';
    const configuration = await opened({ [own]: `extends: base.yml\n${waiver}`, 'base.yml': waiver });
    assert.deepEqual(
      configuration.waivers.map(({ base, line }) => [base, line]),
      [
        ['base.yml', 2],
        [undefined, 3],
      ],
    );
  });

  it('judges a waiver without an end by the severity that holds in the end', async () => {
    const waiver = 'waivers:\n  - { rule: no-deploy-timeout, path: a.yml, reason: r }\n';
    const strict = 'rules: { no-deploy-timeout: block }\n';
    assert.deepEqual(
      await problems({ [own]: `extends: base.yml\n${strict}`, 'base.yml': `# base\n${waiver}` }),
      ['base.yml:3: the waiver of the blocking rule "no-deploy-timeout" needs "until", its last day'],
    );
    assert.equal((await open({ [own]: `extends: base.yml\n${waiver}`, 'base.yml': 'rules: {}\n' })).ok, true);
  });

  it("gives a mistake of the base with the base's path and line", async () => {
    assert.deepEqual(
      await problems({ [own]: 'extends: base.yml\n', 'base.yml': '\nrules:\n  nope: warn\n' }),
      ['base.yml:3: there is no rule "nope"'],
    );
  });

  it('says at the line that names it that a base is missing, leads back, or is one too many', async () => {
    assert.deepEqual(await problems({ [own]: 'extends:\n  - gone.yml\n' }), [
      `${own}:2: the base "gone.yml" does not exist`,
    ]);
    assert.deepEqual(await problems({ [own]: `extends: ${own}\n` }), [
      `${own}:1: "extends" leads back to "${own}"`,
    ]);
    assert.deepEqual(
      await problems({
        [own]: 'extends: a.yml\n',
        'a.yml': '# a\nextends: b.yml\n',
        'b.yml': 'extends: a.yml\n',
      }),
      ['b.yml:1: "extends" leads back to "a.yml"'],
    );
    const chain = Object.fromEntries(
      Array.from({ length: 9 }, (_, at) => [`${at}.yml`, `extends: ${at + 1}.yml\n`]),
    );
    assert.match(
      (await problems({ [own]: 'extends: 0.yml\n', ...chain })).join(),
      /^4\.yml:1: .*one too deep$/,
    );
    const many = Array.from({ length: 30 }, (_, at) => `${at}.yml`);
    const wide = Object.fromEntries(many.map((name) => [name, '']));
    assert.match(
      (await problems({ [own]: `extends: [${many.join(', ')}]\n`, ...wide }))[0] ?? '',
      /of 20 files at most, and "19\.yml" is one too many/,
    );
  });

  it('is the default where there is none, and missed where one was named', async () => {
    assert.equal((await open({})).ok, true);
    const missed = await openConfiguration(memoryFiles({}), 'gate.yml', { isRequired: true });
    assert.deepEqual(missed, {
      ok: false,
      reason: 'The configuration gate.yml does not exist',
      problems: [],
    });
  });
});
