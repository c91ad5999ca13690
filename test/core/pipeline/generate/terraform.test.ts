import assert from 'node:assert/strict';
import { readWorkflow } from '../../../../src/core/workflow/read';
import { generatedFrom, remoteHistory } from '../../../support/generated-pipeline';
import { sampleRepository } from '../../../support/sample-repository';

const history = remoteHistory('https://github.com/sample/repository');
const sample = sampleRepository('landing-zone');

async function pipelineOf(files: Readonly<Record<string, string>>): Promise<{
  readonly text: string;
  readonly job: (id: string) => string;
  readonly unknowns: readonly string[];
}> {
  const { pipeline, texts } = await generatedFrom(files, { history });
  const text = texts['pipeline.yml'] ?? '';
  const workflow = readWorkflow('.github/workflows/pipeline.yml', text);
  assert.deepEqual(workflow.problems, []);
  return {
    text,
    job: (id) => {
      const found = workflow.jobs.find((job) => job.id.value === id);
      return found ? text.slice(found.span.start, found.span.end) : '';
    },
    unknowns: pipeline.unknowns.map(({ unknown }) => unknown),
  };
}

const without = (pattern: RegExp): Record<string, string> =>
  Object.fromEntries(Object.entries(sample).filter(([path]) => !pattern.test(path)));

describe('the pipeline of a Terraform folder', () => {
  it('applies exactly the plan that was saved before the approval', async () => {
    const { job } = await pipelineOf(sample);
    assert.match(job('plan-production'), /-out="\$RUNNER_TEMP\/plan\/saved\.tfplan"/);
    assert.match(job('plan-production'), /TERRAFORM_MAY_DESTROY" != "\$VERSION"/);
    assert.match(job('plan-production'), /"\$IS_PRIVATE" != true/);
    assert.match(job('approve-production'), /needs: \[.*plan-production.*\]/);
    const deploy = job('deploy-production');
    assert.match(deploy, /name: plan-production-\$\{\{ github\.sha \}\}/);
    assert.match(deploy, /terraform apply .*"\$RUNNER_TEMP\/plan\/saved\.tfplan"/);
    assert.doesNotMatch(deploy, /-auto-approve/);
    assert.match(deploy, /plan .*-detailed-exitcode/);
  });

  it('plans a pull request of its own by an identity that only reads, and logs no fork in', async () => {
    const { job } = await pipelineOf(sample);
    for (const id of ['propose-staging', 'propose-production', 'terraform-test']) {
      assert.match(job(id), /head\.repo\.full_name == github\.repository/, id);
      assert.match(job(id), /vars\.AWS_PLAN_ROLE_ARN/, id);
      assert.doesNotMatch(job(id), /AWS_DEPLOY_ROLE_ARN|terraform apply|environment:/, id);
    }
    for (const id of ['terraform', 'terraform-scan']) {
      assert.match(job(id), /permissions:\n\s+contents: read\n\s+steps:/, id);
      assert.doesNotMatch(job(id), /\n {4}if:/, id);
    }
    assert.match(job('terraform'), /fmt -check[^]*validate[^]*tflint/);
  });

  it('tests without a login where every provider is stood in for', async () => {
    const { job } = await pipelineOf({
      ...sample,
      'tests/audit.tftest.hcl': `mock_provider "aws" {}\n${sample['tests/audit.tftest.hcl'] ?? ''}`,
    });
    assert.match(job('terraform-test'), /terraform test/);
    assert.doesNotMatch(job('terraform-test'), /id-token|PLAN_ROLE|\n {4}if:/);
    assert.equal((await pipelineOf(without(/tftest/))).job('terraform-test'), '');
  });

  it('fails visibly where no file tells which state or variables an environment has', async () => {
    for (const files of [
      without(/tfbackend$/),
      without(/production\.tfvars$/),
      { ...sample, 'terragrunt.hcl': '' },
      { ...sample, '.opentofu-version': '1.9.0\n' },
    ]) {
      const { text, job } = await pipelineOf(files);
      assert.match(job('deploy-production'), /UNKNOWN\([^]*exit 1/);
      assert.doesNotMatch(text, /terraform (-chdir=\S+ )?apply/);
    }
    const { unknowns } = await pipelineOf({
      ...sample,
      'dns.tf': 'provider "google" {\n  project = "x"\n}\n',
    });
    assert.ok(unknowns.includes('which one cloud the root folder is applied to'), unknowns.join('; '));
  });

  it('tells the Azure provider of the login, and takes a folder below the root', async () => {
    const files = Object.fromEntries(
      Object.entries(sample).map(([path, text]) => [
        `infra/${path.replace('.s3.', '.azurerm.')}`,
        text.replace('backend "s3"', 'backend "azurerm"').replace('provider "aws"', 'provider "azurerm"'),
      ]),
    );
    const { job } = await pipelineOf(files);
    assert.match(job('plan-staging'), /ARM_USE_OIDC=true/);
    assert.match(job('plan-staging'), /terraform -chdir=infra plan .*environments\/\$ENV\.tfvars/);
    assert.match(job('plan-staging'), /< infra\/\.terraform-version/);
    assert.match(job('propose-staging'), /AZURE_PLAN_CLIENT_ID/);
    assert.match(job('terraform'), /working-directory: infra/);
  });
});
