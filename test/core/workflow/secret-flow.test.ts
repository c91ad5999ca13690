import assert from 'node:assert/strict';
import {
  ALL_SECRETS,
  COMPUTED,
  isCredentialName,
  secretsGivenBy,
  secretsInText,
} from '../../../src/core/workflow/secret-flow';

describe('secrets in a text', () => {
  const variables = new Map([['TOKEN', ['API_TOKEN']]]);
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['${{ secrets.A }}', ['A']],
    ["x-${{ secrets['a-b'] }}-y", ['a-b']],
    ["${{ secrets.A || 'none' }}", ['A']],
    ["${{ secrets.A != '' && secrets.B || secrets.C }}", ['B', 'C']],
    ["${{ secrets.A != '' }}", []],
    ["${{ secrets.A && 'yes' || 'no' }}", []],
    ['${{ !secrets.A }}', []],
    ["${{ format('Bearer {0}', secrets.A) }}", ['A']],
    ["${{ contains(secrets.A, 'x') }}", []],
    ['${{ toJSON(secrets) }}', [ALL_SECRETS]],
    ['${{ secrets[matrix.name] }}', [COMPUTED]],
    ["${{ secrets[format('{0}_TOKEN', matrix.name)] }}", [COMPUTED]],
    ['${{ env.TOKEN }} ${{ env.OTHER }}', ['API_TOKEN']],
    ['${{ github.token }}', ['GITHUB_TOKEN']],
    ["${{ 'secrets.A' }}", []],
    ['secrets.A', []],
    ['${{ secrets.A', []],
  ];
  for (const [text, expected] of cases) {
    it(text, () =>
      assert.deepEqual(
        secretsGivenBy(text, variables).map(({ name }) => name),
        expected,
      ),
    );
  }

  it('knows what the shell makes of a variable', () => {
    const taken = (written: string): string =>
      secretsInText(written, { expansions: [written] }, variables)
        .map(({ name, isChanged }) => `${name}${isChanged ? ' in part' : ''}`)
        .join();
    assert.equal(taken('$TOKEN'), 'API_TOKEN');
    assert.equal(taken('${TOKEN}'), 'API_TOKEN');
    assert.equal(taken('${TOKEN:-none}'), 'API_TOKEN');
    assert.equal(taken('${TOKEN:0:4}'), 'API_TOKEN in part');
    assert.equal(taken('${TOKEN%?}'), 'API_TOKEN in part');
    assert.equal(taken('${TOKEN:+set}'), '');
    assert.equal(taken('${#TOKEN}'), '');
    assert.equal(taken('$TOKENS'), '');
    assert.deepEqual(secretsInText('$TOKEN', { expansions: [] }, variables), []);
  });

  it('tells credentials from what else is kept among the secrets', () => {
    for (const name of ['API_TOKEN', 'DB_PASSWORD', 'sshKey', 'DATABASE_URL', 'KUBE_CONFIG', ALL_SECRETS]) {
      assert.ok(isCredentialName(name), name);
    }
    for (const name of [
      'SSH_HOST',
      'AWS_ACCESS_KEY_ID',
      'DOCKER_USERNAME',
      'REGION',
      'KEY_PATH',
      'APP_NAME',
    ]) {
      assert.ok(!isCredentialName(name), name);
    }
  });
});
