import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import {
  combineLayers,
  defaultConfiguration,
  TOP_KEYS,
  readConfiguration,
  readLayer,
  type ConfigurationProblem,
} from '../../../src/core/gate/configuration';
import { isDate } from '../../../src/core/gate/layer-reader';

import { DOCUMENT_TASK_IDS } from '../../../src/core/documents/document-task-ids';
import { SQL_DIALECTS } from '../../../src/core/change/irreversible/dialect';
import { PHASES } from '../../../src/core/rules/rule';
import { ROLLOUTS } from '../../../src/core/evidence/rollouts';
import { PURPOSES } from '../../../src/core/workflow/understanding';

const PATH = '.github/release-gate.yml';

function problemsOf(text: string): readonly ConfigurationProblem[] {
  const result = readConfiguration(PATH, text);
  return result.ok ? [] : result.problems;
}

function oneProblem(text: string, line: number, message: RegExp): void {
  const problems = problemsOf(text);
  assert.equal(problems.length, 1, JSON.stringify(problems));
  assert.match(problems[0]?.message ?? '', message);
  assert.equal(problems[0]?.line, line);
}

describe('the configuration', () => {
  it('is the default where the file is empty or holds only comments', () => {
    for (const text of ['', '\n', '# nothing yet\n', '---\n']) {
      assert.deepEqual(readConfiguration(PATH, text), { ok: true, configuration: defaultConfiguration });
    }
  });

  it('reads everything that it can say', () => {
    const result = readConfiguration(
      PATH,
      [
        'environments:',
        '  production: [live-eu, live-us]',
        '  other: qa',
        'rules:',
        '  no-deploy-timeout: block',
        '  unpinned-action: off',
        '  no-wait-timer: info',
        'waivers:',
        '  - rule: no-rollback-path',
        '    path: .github/workflows/*.yml',
        '    job: deploy',
        '    reason: the platform team rolls back by hand',
        '    until: 2027-03-01',
        '  - rule: no-deploy-concurrency',
        '    path: .github/workflows/release.yml',
        '    reason: one runner only',
        '    until: "2027-01-31"',
        'release: { folder: releases/, tags: "release/*" }',
        'documents: { templates: { release-notes: docs/notes.hbs } }',
        'operations:',
        '  folder: ops',
        'paths: { include: .github/workflows/**, exclude: [".github/workflows/old-*.yml"] }',
        'phases: [lint, unit, build]',
        'actions:',
        '  Acme/Deploy-Action: deploy',
        '  ./.github/actions/verify: [smoke, verify]',
        '  acme/tools/.github/workflows/docs.yml: none',
        'commands:',
        '  ./ops/ship.sh   now: deploy',
        'limits: { deploy-timeout-minutes: 45 }',
        'components: { pay: [src/pay/**] }',
        'sql: { dialect: postgresql, paths: { legacy/**: mysql, "reports/*.sql": tsql } }',
        'online: true',
        '',
      ].join('\r\n'),
    );
    assert.deepEqual(result, {
      ok: true,
      configuration: {
        productionEnvironments: ['live-eu', 'live-us'],
        otherEnvironments: ['qa'],
        severities: { 'no-deploy-timeout': 'block', 'unpinned-action': 'off', 'no-wait-timer': 'info' },
        waivers: [
          {
            rule: 'no-rollback-path',
            path: '.github/workflows/*.yml',
            job: 'deploy',
            reason: 'the platform team rolls back by hand',
            until: '2027-03-01',
            line: 9,
          },
          {
            rule: 'no-deploy-concurrency',
            path: '.github/workflows/release.yml',
            job: null,
            reason: 'one runner only',
            until: '2027-01-31',
            line: 14,
          },
        ],
        judgedPaths: { include: ['.github/workflows/**'], exclude: ['.github/workflows/old-*.yml'] },
        requiredPhases: ['lint', 'unit', 'build'],
        knownActions: new Map<string, readonly string[]>([
          ['acme/deploy-action', ['deploy']],
          ['./.github/actions/verify', ['smoke', 'verify']],
          ['acme/tools/.github/workflows/docs.yml', []],
        ]),
        knownCommands: new Map([['./ops/ship.sh now', ['deploy']]]),
        limits: { deployTimeoutMinutes: 45 },
        releaseFolder: 'releases',
        documentTemplates: new Map([['release-notes', 'docs/notes.hbs']]),
        operationsFolder: 'ops',
        tagPattern: 'release/*',
        components: [{ name: 'pay', globs: ['src/pay/**'] }],
        sql: {
          dialect: 'postgresql',
          paths: [
            { glob: 'legacy/**', dialect: 'mysql' },
            { glob: 'reports/*.sql', dialect: 'tsql' },
          ],
        },
        isOnline: true,
        readiness: defaultConfiguration.readiness,
        pipeline: defaultConfiguration.pipeline,
        release: {
          ...defaultConfiguration.release,
          paths: {
            documents: {},
            releaseFolder: 'releases/records',
            restrictions: 'releases/restrictions.md',
            acceptanceCriteria: 'releases/acceptance_criteria.md',
            leftovers: 'releases/leftovers',
          },
        },
        profile: defaultConfiguration.profile,
      },
    });
  });

  it('names an unknown key with its near miss and its line', () => {
    oneProblem(
      'online: false\nenviroments:\n  production: [live]\n',
      2,
      /"enviroments"; did you mean "environments"/,
    );
    oneProblem('environments:\n  producton: [live]\n', 2, /did you mean "production"/);
    oneProblem('colour: red\n', 1, /it takes extends, environments, paths, rules/);
  });

  it('refuses a rule that does not exist and a severity that is none', () => {
    oneProblem(
      'rules:\n  unpined-action: warn\n',
      2,
      /no rule "unpined-action"; did you mean "unpinned-action"/,
    );
    oneProblem('rules:\n  unpinned-action: error\n', 2, /must be block, warn, info or off/);
  });

  it('refuses a waiver that says too little', () => {
    const waiver = (...lines: string[]): string => `waivers:\n  - ${lines.join('\n    ')}\n`;
    oneProblem(waiver('rule: no-deploy-timeout', 'path: a.yml'), 2, /gives no reason/);
    oneProblem(waiver('rule: no-deploy-timeout', 'reason: x'), 2, /names no path/);
    oneProblem(waiver('path: a.yml', 'reason: x'), 2, /names no rule/);
    oneProblem(
      waiver('rule: no-rollback-path', 'path: a.yml', 'reason: x'),
      2,
      /blocking rule .* needs "until"/,
    );
    oneProblem(
      waiver('rule: no-rollback-path', 'path: a.yml', 'reason: x', 'until: 2027-02-30'),
      5,
      /must be a day such as 2027-03-01, not "2027-02-30"/,
    );
    oneProblem(waiver('rule: waiver-unused', 'path: a.yml', 'reason: x'), 2, /cannot be waived/);
    oneProblem('waivers:\n  rule: x\n', 2, /"waivers" must be a list/);
  });

  it('lets a rule that is configured to warn be waived without an end', () => {
    const text =
      'rules: { no-rollback-path: warn }\nwaivers:\n  - { rule: no-rollback-path, path: a.yml, reason: x }\n';
    assert.equal(readConfiguration(PATH, text).ok, true);
  });

  it('keeps every path inside the repository', () => {
    for (const folder of ['../elsewhere', '/etc', 'a/../../b', 'C:/x', 'a\\\\b', './x']) {
      oneProblem(`release:\n  folder: "${folder}"\n`, 2, /inside the repository/);
    }
  });

  it('refuses what is of the wrong type', () => {
    oneProblem('online: "yes"\n', 1, /must be true or false/);
    oneProblem('environments: [production]\n', 1, /"environments" must be a map/);
    oneProblem('environments:\n  production: [[a]]\n', 2, /must be a list of names/);
    oneProblem('- a\n', 1, /must be a map/);
    oneProblem('environments: { production: [live], other: [LIVE] }\n', 1, /cannot be both/);
  });

  it('refuses a phase, a purpose, a limit, an action or a command that is none', () => {
    oneProblem('phases: [lint, e2e]\n', 1, /no phase "e2e"/);
    oneProblem('phases:\n  - unit\n  - smok\n', 3, /no phase "smok"; did you mean "smoke"/);
    oneProblem('actions:\n  acme/deploy: deploys\n', 2, /"deploys" is nothing .* did you mean "deploy"/);
    oneProblem('actions:\n  acme/deploy: [deploy, none]\n', 2, /cannot do something and "none"/);
    oneProblem('actions:\n  acme/deploy:\n', 2, /says not what it does/);
    oneProblem('actions:\n  acme/deploy@v1: deploy\n', 2, /without its version: "acme\/deploy"/);
    oneProblem('actions:\n  deploy: deploy\n', 2, /is no action: write owner\/name/);
    oneProblem('commands:\n  "make ship && true": deploy\n', 2, /must be plain words/);
    oneProblem('commands: [make ship]\n', 1, /"commands" must be a map/);
    oneProblem('limits:\n  deploy-timeout: 3\n', 2, /it takes deploy-timeout-minutes/);
    for (const minutes of ['0', '361', '1.5', 'ten', '[3]']) {
      oneProblem(`limits:\n  deploy-timeout-minutes: ${minutes}\n`, 2, /whole minutes from 1 to 360/);
    }
  });

  it('reads components in their order, a base after what builds on it', () => {
    const read = readConfiguration(PATH, 'components:\n  pay: [src/pay/**, db/pay/**]\n  web: web/**\n');
    assert.ok(read.ok);
    assert.deepEqual(read.configuration.components, [
      { name: 'pay', globs: ['src/pay/**', 'db/pay/**'] },
      { name: 'web', globs: ['web/**'] },
    ]);
    assert.match(problemsOf('components:\n  pay:\n')[0]?.message ?? '', /component "pay" names no files/);
    assert.match(problemsOf('components:\n  pay: ../x\n')[0]?.message ?? '', /inside the repository/);
  });

  it('refuses a dialect that is not read, and a path outside the repository', () => {
    oneProblem('sql: { dialect: oracle }\n', 1, /no dialect of SQL that is read; it takes postgresql, mysql/);
    oneProblem('sql:\n  dialect: postgres\n', 2, /did you mean "postgresql"/);
    oneProblem('sql:\n  paths:\n    legacy/**: mysq\n', 3, /did you mean "mysql"/);
    oneProblem('sql:\n  paths:\n    ../other/**: mysql\n', 3, /inside the repository/);
    oneProblem('sql:\n  paths:\n    legacy/**:\n', 3, /names no dialect/);
    oneProblem('sql:\n  paths: [legacy]\n', 2, /"paths" must be a map/);
    oneProblem('sql: mysql\n', 1, /"sql" must be a map/);
  });

  it('keeps bases and globs inside the repository', () => {
    for (const path of ['../org.yml', '/etc/org.yml', './org.yml', 'a\\\\b']) {
      oneProblem(`extends: "${path}"\n`, 1, /inside the repository/);
      oneProblem(`paths:\n  exclude:\n    - "${path}"\n`, 3, /inside the repository/);
    }
    oneProblem('paths: { only: [a] }\n', 1, /"paths" has no key "only"/);
  });

  it('gives every mistake at once, in the order of the lines', () => {
    const lines = problemsOf('online: 3\nfoo: 1\nrules:\n  nope: warn\n').map((problem) => problem.line);
    assert.deepEqual(lines, [1, 2, 4]);
  });

  it('says where YAML itself is broken', () => {
    assert.ok(problemsOf('rules: {\n').length > 0);
    assert.ok(problemsOf('a: 1\n---\nb: 2\n').length > 0);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const result = readConfiguration(PATH, text);
        if (!result.ok) {
          assert.ok(result.problems.length > 0);
          assert.ok(result.problems.every((problem) => problem.line >= 1 && problem.column >= 1));
        }
      }),
    );
  });
});

describe('templates of documents', () => {
  const at = (kind: string, path: string) => `documents:\n  templates:\n    ${kind}: ${path}\n`;

  it('are named by the kind that they write, those of a base too', () => {
    const read = readConfiguration(PATH, at('environment-matrix', 'docs/matrix.hbs'));
    assert.deepEqual(read.ok && [...read.configuration.documentTemplates], [
      ['environment-matrix', 'docs/matrix.hbs'],
    ]);
    const layers = [
      ['base.yml', 'a.hbs', 'release-notes'],
      [PATH, 'b.hbs', 'environment-matrix'],
      [PATH, 'c.hbs', 'release-notes'],
    ].flatMap(([path = '', file = '', kind = '']) => {
      const layer = readLayer(path, at(kind, file));
      return layer.ok ? [layer.layer] : [];
    });
    const combined = combineLayers(layers);
    assert.deepEqual(combined.ok && [...combined.configuration.documentTemplates], [
      ['release-notes', 'c.hbs'],
      ['environment-matrix', 'b.hbs'],
    ]);
  });

  it('are of a kind that takes one, and files inside the repository', () => {
    oneProblem(
      at('enviroment-matrix', 'a.hbs'),
      3,
      /^there is no kind .*; did you mean "environment-matrix"$/,
    );
    oneProblem(at('zzzz', 'a.hbs'), 3, /it takes release-request, /);
    oneProblem(at('approval', 'a.hbs'), 3, /^the kind "approval" takes no template of its own/);
    oneProblem(at('release-plan', 'a.hbs'), 3, /always written by the built-in one$/);
    oneProblem(at('release-notes', '../a.hbs'), 3, /must be a file inside the repository/);
    oneProblem(at('release-notes', '/etc/passwd'), 3, /must be a file inside the repository/);
    oneProblem(at('release-notes', '[a.hbs]'), 3, /must be a text/);
    oneProblem('documents: { template: {} }\n', 1, /did you mean "templates"/);
  });

  it('are possible for every document with a task, in the schema too', () => {
    const schema = JSON.parse(readFileSync('schemas/release-gate.schema.json', 'utf8')) as {
      properties: { documents: { properties: { templates: { properties: object } } } };
    };
    assert.deepEqual(Object.keys(schema.properties.documents.properties.templates.properties), [
      ...DOCUMENT_TASK_IDS,
    ]);
  });
});

describe('the schema of the configuration', () => {
  const schema = JSON.parse(readFileSync('schemas/release-gate.schema.json', 'utf8')) as {
    properties: Record<
      string,
      {
        description?: string;
        properties?: Record<string, { description?: string; enum?: readonly unknown[] }>;
      }
    >;
    definitions: Record<string, { enum?: readonly string[] }>;
  };
  const keysOf = (path: string): readonly string[] => {
    // What the reader says that it takes, when it is given something else.
    const text = path === '' ? 'zzzzzzzz: 1\n' : `${path}: { zzzzzzzz: 1 }\n`;
    return /it takes (.*)$/.exec(problemsOf(text)[0]?.message ?? '')?.[1]?.split(', ') ?? [];
  };

  it('has the keys that the reader takes, each with what it means', () => {
    assert.deepEqual(Object.keys(schema.properties), TOP_KEYS);
    assert.deepEqual(keysOf(''), TOP_KEYS);
    for (const [key, { description, properties }] of Object.entries(schema.properties)) {
      assert.ok(description, key);
      if (!properties) continue;
      assert.deepEqual(Object.keys(properties), keysOf(key), key);
      for (const [inner, value] of Object.entries(properties)) assert.ok(value.description, inner);
    }
  });

  it('has the phases and purposes that the reader takes', () => {
    assert.deepEqual(schema.definitions['phase']?.enum, PHASES);
    assert.deepEqual(schema.definitions['purpose']?.enum, PURPOSES);
    assert.deepEqual(schema.definitions['dialect']?.enum, SQL_DIALECTS);
    assert.deepEqual(schema.properties['pipeline']?.properties?.['rollout']?.enum, [...ROLLOUTS, null]);
  });

  it('has every key in the documentation', () => {
    const page = readFileSync('docs/configuration.md', 'utf8');
    for (const [key, { properties }] of Object.entries(schema.properties)) {
      assert.ok(page.includes(`\`${key}`), key);
      for (const inner of Object.keys(properties ?? {}))
        assert.ok(page.includes(`\`${key}.${inner}\``), inner);
    }
  });
});

describe('a day', () => {
  it('is one of the calendar', () => {
    assert.ok(isDate('2028-02-29'));
    for (const text of ['2027-02-29', '2027-13-01', '27-01-01', '2027-1-1', '', 'tomorrow'])
      assert.ok(!isDate(text));
  });
});
