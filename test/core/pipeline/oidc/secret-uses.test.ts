import assert from 'node:assert/strict';
import { mayNameSecrets, secretUsesOf } from '../../../../src/core/pipeline/oidc/secret-uses';
import { readWorkflow } from '../../../../src/core/workflow/read';

const FOLDER = '.github/workflows';

describe('secretUsesOf', () => {
  const uses = (name: string, files: Readonly<Record<string, string>>, isComplete = true) => {
    const workflows = Object.entries(files)
      .filter(([path]) => path.startsWith(FOLDER))
      .map(([path, text]) => readWorkflow(path, text));
    const [only] = secretUsesOf([name, name], new Map(Object.entries(files)), workflows, isComplete);
    assert.ok(only);
    return only;
  };

  it('finds a secret in workflows, in what callers pass on and in composite actions, by its line', () => {
    const found = uses('AWS_ACCESS_KEY_ID', {
      [`${FOLDER}/a.yml`]: `on: push
jobs:
  a:
    runs-on: x
    steps:
      # secrets.AWS_ACCESS_KEY_ID is gone from here
      - run: echo
        env: { K: "\${{ secrets['aws_access_key_id'] }}" }
`,
      [`${FOLDER}/b.yml`]: `on: push
jobs:
  b:
    uses: ./${FOLDER}/called.yml
    secrets:
      key: \${{ secrets.AWS_ACCESS_KEY_ID }}
`,
      [`${FOLDER}/called.yml`]: `on:
  workflow_call:
    secrets:
      AWS_ACCESS_KEY_ID: {}
jobs:
  c:
    runs-on: x
    steps: [{ run: "echo \${{ secrets.AWS_ACCESS_KEY_ID_OLD }}" }]
`,
      'actions/deploy/action.yml':
        'runs:\n  steps:\n    - run: x\n      env: { A: "${{ secrets.AWS_ACCESS_KEY_ID }}" }\n',
    });
    assert.deepEqual(
      found.uses.map(({ path, line }) => `${path}:${line}`),
      [`${FOLDER}/a.yml:8`, `${FOLDER}/b.yml:6`, 'actions/deploy/action.yml:4'],
    );
    assert.deepEqual([found.mentions, found.hidden], [[], []]);
  });

  it('tells where a script has its name as a word, and no part of another', () => {
    const found = uses('DEPLOY_TOKEN', {
      'deploy.sh': 'a\ncurl -H "$DEPLOY_TOKEN" x # DEPLOY_TOKEN\necho $MY_DEPLOY_TOKEN $DEPLOY_TOKEN_2\n',
      'infra/main.tf': 'resource "github_actions_secret" "a" {\n  secret_name = "DEPLOY_TOKEN"\n}\n',
    });
    assert.deepEqual(
      found.mentions.map(({ path, line }) => `${path}:${line}`),
      ['deploy.sh:2', 'infra/main.tf:2'],
    );
    assert.deepEqual(found.uses, []);
  });

  it('says where secrets are reached without their names', () => {
    const found = uses('A_TOKEN', {
      [`${FOLDER}/a.yml`]: `on: push
jobs:
  own:
    uses: ./${FOLDER}/b.yml
    secrets: inherit
  foreign:
    uses: other/repo/${FOLDER}/b.yml@v1
    secrets: inherit
  all:
    runs-on: x
    steps:
      - run: echo
        env: { A: "\${{ toJSON(secrets) }}", B: "\${{ secrets[matrix.name] }}", C: "\${{ secrets['B_TOKEN'] }}" }
`,
    });
    assert.deepEqual(
      found.hidden.map(({ line }) => line),
      [8, 13, 13],
    );
  });

  it('looks into what a program reads, and into no prose', () => {
    for (const path of [
      'a.sh',
      'Makefile',
      'docker/Dockerfile.prod',
      'a.tf',
      '.env.example',
      'src/a.ts',
      'package.json',
    ])
      assert.ok(mayNameSecrets(path), path);
    for (const path of ['README.md', 'a.png', 'package-lock.json', 'LICENSE'])
      assert.ok(!mayNameSecrets(path), path);
  });
});
