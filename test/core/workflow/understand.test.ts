import assert from 'node:assert/strict';
import { createParsers } from '../../../src/adapters/parsers';
import type { ShellParser } from '../../../src/core/ports';
import { purposesOfCommand } from '../../../src/core/workflow/purposes/commands';
import { readWorkflow } from '../../../src/core/workflow/read';
import { understandWorkflows } from '../../../src/core/workflow/understand';
import type { JobFacts, UnderstandingOptions } from '../../../src/core/workflow/understanding';

const none: UnderstandingOptions = { productionEnvironments: [], otherEnvironments: [] };

describe('what a command does', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['kubectl -n prod apply -f k8s/', 'deploy'],
    ['kubectl apply --dry-run=client -f k8s/', ''],
    ['kubectl diff -f k8s/', ''],
    ['echo kubectl apply -f k8s/', ''],
    ['sudo -E env A=b kubectl apply -f x', 'deploy'],
    ['kubectl rollout undo deployment/api', 'rollback'],
    ['kubectl rollout status deployment/api', 'verify'],
    ['kubectl --context ci get pods', ''],
    ['helm upgrade --install api charts/api', 'deploy'],
    ['helm template api', ''],
    ['terraform -chdir=infra apply -auto-approve', 'deploy'],
    ['terraform plan', ''],
    ['terraform fmt -check', 'lint'],
    ['ansible-playbook --check site.yml', ''],
    ['npx --yes eslint .', 'lint'],
    ['npm test', 'unit'],
    ['npm run test:e2e', 'end-to-end'],
    ['npm run build', 'build'],
    ['npm run deploy:docs', ''],
    ['npm ci', ''],
    ['make lint test', 'lint,unit'],
    ['make -C web deploy ENV=staging', 'deploy'],
    ['./scripts/deploy.sh production', 'deploy'],
    ['bash scripts/smoke-test.sh', 'smoke'],
    ['python -m pytest', 'unit'],
    ['poetry run pytest -q', 'unit'],
    ['mvn -B package -DskipTests', 'build'],
    ['mvn -B verify', 'build,unit'],
    ['docker compose exec -T web pytest', 'unit'],
    ['docker run --rm shop:test npm test', 'unit'],
    ['docker run -d -p 5432:5432 postgres:16', ''],
    ['bundle exec rake', 'unit'],
    ['bundle exec rake assets:precompile', ''],
    ['bin/rubocop --parallel', 'lint'],
    ['bin/rails test', 'unit'],
    ['bin/deploy production', 'deploy'],
    ['rebar3 do eunit, ct', 'unit'],
    ['docker push registry.example/app:1', 'package'],
    ['npm publish', 'publish'],
    ['npm publish --dry-run', ''],
    ['curl -fsS https://shop.example/healthz', 'verify'],
    ['curl -fsSL https://get.example/install.sh -o install.sh', ''],
    ['vercel deploy --prod', 'deploy'],
    ['terraform test', 'unit'],
    ['tofu -chdir=infra test -verbose', 'unit'],
    ['terraform -chdir=infra validate', 'lint'],
    ['terraform fmt -check -recursive', 'lint'],
    ['tflint --recursive', 'lint'],
    ['trivy config infra', 'scan'],
    ['checkov --directory infra', 'scan'],
    ['tfsec infra', 'scan'],
    ['terraform plan -input=false', ''],
    ['terraform -chdir=infra plan -input=false -detailed-exitcode', 'verify'],
    ['terraform plan -detailed-exitcode -out=saved.tfplan', ''],
    ['ssh deploy@shop.example ./restart.sh', 'deploy'],
    ['ssh-keyscan shop.example', ''],
    ['git push origin main', ''],
  ];
  for (const [line, expected] of cases) {
    it(`${line}: ${expected || 'nothing'}`, () => {
      const found = purposesOfCommand(line.split(' ')).filter(({ confidence }) => confidence !== 'weak');
      assert.equal(found.map(({ purpose }) => purpose).join(','), expected);
    });
  }
});

describe('understanding workflows', () => {
  let parser: ShellParser;
  before(async () => {
    parser = await createParsers().shell();
  });

  const factsOf = (job: string, files: Readonly<Record<string, string>>, options = none): JobFacts => {
    const workflows = Object.entries(files).map(([path, text]) =>
      readWorkflow(`.github/workflows/${path}`, text),
    );
    const found = understandWorkflows(workflows, parser, options).jobs.find(
      (each) => each.job.id.value === job,
    );
    assert.ok(found);
    return found;
  };
  const one = (body: string, options = none, on = 'push'): JobFacts =>
    factsOf('job', { 'a.yml': `on: ${on}\njobs:\n  job:\n    runs-on: ubuntu-latest\n${body}` }, options);
  const apply = '    steps: [{ run: kubectl apply -f k8s/ }]\n';

  it('takes the environment as the target', () => {
    assert.equal(one(`    environment: production\n${apply}`).target?.kind, 'production');
    assert.equal(one(`    environment: pre-production\n${apply}`).target?.kind, 'non-production');
    assert.equal(one(`    environment: Staging\n${apply}`).target?.kind, 'non-production');
    assert.equal(one(`    environment: reproduction\n${apply}`).target?.kind, 'unknown');
    assert.equal(one(apply).target?.kind, 'unknown');
    const options = { productionEnvironments: ['Blue'], otherEnvironments: ['production'] };
    assert.equal(one(`    environment: blue\n${apply}`, options).target?.kind, 'production');
    assert.equal(one(`    environment: production\n${apply}`, options).target?.kind, 'non-production');
  });

  it('takes every value of a bounded expression', () => {
    const choice =
      '{ workflow_dispatch: { inputs: { env: { type: choice, options: [staging, production] } } } }';
    assert.equal(
      one(`    environment: \${{ inputs.env }}\n${apply}`, none, choice).target?.kind,
      'production',
    );
    const free = '{ workflow_dispatch: { inputs: { env: { type: string } } } }';
    assert.equal(one(`    environment: \${{ inputs.env }}\n${apply}`, none, free).target?.kind, 'unknown');
    const matrix = '    strategy: { matrix: { env: [dev, qa] } }\n    environment: ${{ matrix.env }}\n';
    assert.equal(one(matrix + apply).target?.kind, 'non-production');
    const ternary = "    environment: ${{ github.ref == 'refs/heads/main' && 'production' || 'staging' }}\n";
    assert.equal(one(ternary + apply).target?.kind, 'production');
  });

  it('takes what the command names where there is no environment', () => {
    assert.equal(one('    steps: [{ run: kubectl -n shop-prod apply -f x }]\n').target?.kind, 'production');
    const named = '    env: { NS: shop-staging }\n    steps: [{ run: kubectl -n $NS apply -f x }]\n';
    assert.equal(one(named).target?.kind, 'non-production');
  });

  it('follows a local call with the inputs that its callers bind', () => {
    const files = {
      'main.yml':
        'on: push\njobs:\n  ship:\n    uses: ./.github/workflows/ship.yml\n    with: { environment: production }\n',
      'ship.yml': `on: { workflow_call: { inputs: { environment: { type: string } } } }\njobs:\n  inner:\n    runs-on: x\n    environment: \${{ inputs.environment }}\n${apply}`,
    };
    assert.equal(factsOf('inner', files).target?.kind, 'production');
    assert.equal(factsOf('ship', files).target?.kind, 'production');
    assert.equal(factsOf('ship', files).calls?.path, '.github/workflows/ship.yml');
  });

  it('is not taken in by names', () => {
    const job = factsOf('deploy', {
      'deploy.yml':
        'on: push\njobs:\n  deploy:\n    runs-on: x\n    environment: production\n    steps: [{ run: npm test }]\n',
    });
    assert.equal(job.target, null);
    assert.deepEqual(
      job.purposes.map(({ purpose }) => purpose),
      ['unit'],
    );
  });

  it('leaves other shells unread', () => {
    const windows =
      'on: push\njobs:\n  job:\n    runs-on: windows-latest\n    steps: [{ run: npm test }, { run: npm test, shell: bash }]\n';
    assert.equal(factsOf('job', { 'a.yml': windows }).commands.length, 1);
    assert.equal(one('    steps: [{ run: npm test, shell: pwsh }]\n').commands.length, 0);
  });

  it('places a command in the file', () => {
    const text =
      'on: push\njobs:\n  job:\n    runs-on: x\n    steps:\n      - run: |\n          echo "😀"\n          npm test\n';
    const [, command] = factsOf('job', { 'a.yml': text }).commands;
    assert.equal(text.slice(command?.span.start, command?.span.end), 'npm test');
  });

  it('ends where needs and calls go round in circles', () => {
    const text =
      'on: workflow_call\njobs:\n  a:\n    needs: b\n    uses: ./.github/workflows/a.yml\n  b:\n    needs: a\n    runs-on: x\n';
    const workflow = readWorkflow('.github/workflows/a.yml', text);
    const set = understandWorkflows([workflow], parser, none);
    const [a, b] = set.jobs;
    assert.ok(a && b);
    assert.deepEqual(set.ancestorsOf(a), [b]);
    assert.equal(set.canStartWithout(a, b).kind, 'unknown');
  });
});
