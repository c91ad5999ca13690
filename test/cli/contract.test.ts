import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv';
import { gitRepository, type GitRepository } from '../support/git-repository';

const program = path.resolve('dist/cli.js');

const nullable = (type: object): object => ({ anyOf: [type, { type: 'null' }] });
const text = { type: 'string' };
const count = { type: 'integer', minimum: 0 };
const object = (properties: Readonly<Record<string, object>>): object => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
});
const list = (items: object): object => ({ type: 'array', items });

/** What `plan --format json` and `gate --format json` keep to; they may say more. */
const RELEASE = {
  version: { const: 1 },
  range: object({ base: nullable(text), head: nullable(text) }),
  commits: object({ total: count, classified: count, unclassified: count, reverted: count }),
  touches: list({
    enum: [
      ...['schema', 'data', 'infrastructure', 'configuration', 'feature-flags', 'interfaces', 'dependencies'],
      ...['pipelines', 'permissions', 'secrets', 'deploy-scripts'],
    ],
  }),
  irreversible: list(
    object({
      kind: {
        enum: [
          ...['data-delete', 'schema-break', 'infra-destroy', 'infra-replace', 'storage-delete'],
          ...['interface-break', 'unjudgeable'],
        ],
      },
      path: text,
      range: nullable(
        object({
          start: object({ line: count, column: count }),
          end: object({ line: count, column: count }),
        }),
      ),
      side: { enum: ['head', 'base'] },
      statement: text,
      why: text,
      reversibleBy: nullable(text),
      compensatedBy: nullable(text),
    }),
  ),
  risk: object({ level: { enum: ['low', 'medium', 'high', 'critical'] }, entries: list({ type: 'object' }) }),
  strategy: object({
    rollout: { enum: ['all-at-once', 'rolling', 'blue-green', 'canary', 'manual'] },
    why: text,
  }),
  rollback: object({
    credible: { enum: [true, false, 'unknown'] },
    conditions: {
      type: 'array',
      minItems: 7,
      maxItems: 7,
      items: object({
        id: {
          enum: [
            ...['target-exists', 'script-handles-rollback', 'actions-compensated', 'runs-on-new-schema'],
            ...['drilled', 'within-rto', 'triggers-machine-readable'],
          ],
        },
        status: { enum: ['pass', 'fail', 'unknown', 'waived'] },
        why: text,
        evidence: list({ type: 'object' }),
      }),
    },
  }),
};

const VERDICT = { verdict: { enum: ['go', 'no-go', 'unknown'] }, reasons: list({ type: 'object' }) };

describe('the data of plan and gate', function () {
  this.timeout(120_000);
  let repository: GitRepository;

  before(() => {
    if (!existsSync(program)) execFileSync(process.execPath, ['esbuild.mjs']);
    repository = gitRepository();
    repository.commit('feat: first', {
      'db/migrations/1_users.sql': 'CREATE TABLE users (id int, email text);\n',
      'api/orders.proto': 'syntax = "proto3";\nmessage Order {\n  string id = 1;\n  string note = 2;\n}\n',
      'deploy.sh': '#!/bin/sh\ncase "$1" in\n  --rollback) kubectl rollout undo deployment/x ;;\nesac\n',
    });
    repository.git('tag', 'v1.0.0');
    repository.commit('feat: drop the mail', {
      'db/migrations/2_no_mail.sql': 'ALTER TABLE users DROP COLUMN email;\nCALL tidy();\n',
      'api/orders.proto': 'syntax = "proto3";\nmessage Order {\n  string id = 1;\n}\n',
    });
  });
  after(() => {
    repository.remove();
  });

  const dataOf = (...args: readonly string[]): unknown =>
    JSON.parse(
      spawnSync(process.execPath, [program, ...args, '--format', 'json'], {
        cwd: repository.root,
        encoding: 'utf8',
      }).stdout,
    );

  for (const [command, shape] of [
    ['plan', RELEASE],
    ['gate', { ...RELEASE, ...VERDICT }],
  ] as const) {
    it(`of ${command} are those of the contract`, () => {
      const ajv = new Ajv({ allErrors: true });
      const data = dataOf(command, '--version', '2.0.0');
      assert.ok(ajv.validate(object(shape), data), ajv.errorsText(ajv.errors));
      const { irreversible, rollback } = data as {
        readonly irreversible: readonly { readonly kind: string; readonly side: string }[];
        readonly rollback: { readonly credible: unknown };
      };
      assert.deepEqual(irreversible.map(({ kind, side }) => `${kind} ${side}`).sort(), [
        'data-delete head',
        'interface-break base',
        'unjudgeable head',
      ]);
      assert.equal(rollback.credible, false);
    });
  }

  it('count every commit of the range, merges included', () => {
    const { commits } = dataOf('plan', '--version', '2.0.0') as {
      readonly commits: Readonly<Record<string, number>>;
    };
    const total = Number(repository.git('rev-list', '--count', 'v1.0.0..HEAD'));
    assert.equal(commits['total'], total);
    assert.equal((commits['classified'] ?? 0) + (commits['unclassified'] ?? 0), total);
  });
});
