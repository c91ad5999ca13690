import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { installsProject, unpinnedInstall } from '../../../../src/core/rules/workflow/package-installs';
import { describeFixtures, findingsIn } from '../rule-fixtures';

describeFixtures('unverified-code-in-prod');

describe('unverified-code-in-prod: packages without a version', () => {
  const cases: readonly (readonly [command: string, packages: readonly string[] | null])[] = [
    ['npm install', null],
    ['npm ci', null],
    ['npm i -g npm', null],
    ['sudo npm i -g @acme/cli', ['@acme/cli']],
    ['npm i -g @acme/cli@1.2.3', null],
    ['npm i -g @acme/cli@latest', ['@acme/cli@latest']],
    ['npm install --prefix tools ./cli.tgz', null],
    ['npm --prefix tools install vercel', ['vercel']],
    ['yarn global add firebase-tools', ['firebase-tools']],
    ['pnpm add -g netlify-cli@^17', ['netlify-cli@^17']],
    ['pip install -r requirements.txt', null],
    ['python3 -m pip install ansible', ['ansible']],
    ['pip install -c constraints.txt ansible', null],
    ['pip install ansible~=9.1', ['ansible~=9.1']],
    ['pip install "acme @ https://acme.example/acme-1.0.whl"', null],
    ['pip install -e .', null],
    ['go install ./cmd/ship', null],
    ['go run github.com/acme/ship@main --now', ['github.com/acme/ship@main']],
    ['npx --no-install vercel', null],
    ['npx vercel@37.4.2 deploy', null],
    ['npx -p @acme/cli ship', ['@acme/cli']],
    ['pnpm dlx vercel deploy', ['vercel']],
    ['uvx ruff@0.6.9', null],
    ['pipx run --spec ansible==9.1.0 ansible-playbook', null],
    ['cargo install --path .', null],
    ['dotnet tool install -g dotnet-ef', ['dotnet-ef']],
    ['dotnet tool install -g dotnet-ef --version 8.0.8', null],
    [
      'helm plugin install https://github.com/databus23/helm-diff',
      ['https://github.com/databus23/helm-diff'],
    ],
    ['helm plugin install https://github.com/databus23/helm-diff --version v3.9.4', null],
    ['npm install -g $CLI', null],
    ['echo npm install -g vercel', null],
  ];
  for (const [command, packages] of cases) {
    it(command, () => {
      const words = (command.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/"/g, ''));
      assert.deepEqual(unpinnedInstall(words)?.packages ?? null, packages);
    });
  }

  it('tells what installs the project from what adds to it', () => {
    for (const line of ['npm ci', 'npm install', 'npm i --omit=dev', 'pnpm install', 'yarn', 'bun install']) {
      assert.ok(installsProject(line.split(' ')), line);
    }
    for (const line of ['npm install -g vercel', 'yarn add left-pad', 'yarn build', 'pnpm dlx vercel']) {
      assert.ok(!installsProject(line.split(' ')), line);
    }
  });

  it('quotes the command and what it downloads', async () => {
    const [found] = await findingsIn(
      'unverified-code-in-prod',
      'on: push\njobs:\n  ship:\n    environment: production\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          curl -fsSL https://acme.example/i.sh |\n            gpg --decrypt | bash\n          kubectl apply -f k8s\n',
    );
    assert.equal(
      found?.message,
      '"ship" runs whatever "curl -fsSL https://acme.example/i.sh" downloads, unchecked, in a job that can change production: download it, compare its checksum, then run it',
    );
    assert.deepEqual(found?.range?.start, { line: 8, column: 11 });
  });
});
