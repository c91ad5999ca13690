import assert from 'node:assert/strict';
import type { ChangedFile } from '../../../../src/core/ports';
import {
  assembleInfrastructureReview,
  isInfrastructure,
  type InfrastructureFacts,
} from '../../../../src/core/tasks/infrastructure-review/assemble-infrastructure-review';
import { changeOf, droppedColumn, profileOf } from '../../../support/change';

function reviewOf(
  texts: Readonly<Record<string, string>>,
  more: Partial<InfrastructureFacts> & { change?: InfrastructureFacts['change'] } = {},
) {
  const files = Object.keys(texts).map((path): ChangedFile => ({
    status: 'modified',
    path,
    oldPath: null,
    added: 1,
    removed: 1,
  }));
  return assembleInfrastructureReview({
    profile: profileOf(),
    change: changeOf({ files }),
    parity: { hasStaging: false, hasProduction: false, comparisons: [] },
    texts: new Map(Object.entries(texts)),
    lockFiles: [],
    claims: [],
    ...more,
  });
}

/** Verdicts in the order of the questions: reproducible, parity, privilege, hard-coded, downtime, reversible, drift. */
function verdicts(review: ReturnType<typeof reviewOf>): readonly string[] {
  return review.questions.map(({ verdict }) => verdict);
}

const main = `module "network" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "5.1.0"
}
resource "aws_ecs_service" "orders" {
  desired_count = 4
}
`;

describe('infrastructure change review', () => {
  it('passes what the files show, and leaves to a person what only the running system tells', () => {
    const review = reviewOf({ 'infra/main.tf': main }, { lockFiles: ['infra/.terraform.lock.hcl'] });
    assert.deepEqual(verdicts(review), ['pass', 'unknown', 'pass', 'pass', 'unknown', 'pass', 'unknown']);
    assert.match(review.questions[6]?.evidence ?? '', /UNKNOWN\(result of terraform plan/);
    assert.deepEqual(
      review.access.map(({ kind, what, place }) => [kind, what, place]),
      [['scaling', 'aws_ecs_service.orders desired_count: 4', 'infra/main.tf:5']],
    );
    assert.deepEqual(review.findings, []);
  });

  it('is not sure of providers that no lock file holds', () => {
    assert.equal(verdicts(reviewOf({ 'infra/main.tf': main }))[0], 'unknown');
  });

  it('fails with the place of what is not pinned, too much allowed, or hard-coded', () => {
    const review = reviewOf({
      'infra/main.tf': `module "network" {
  source = "github.com/acme/network"
}
data "aws_iam_policy_document" "all" {
  statement {
    actions   = ["*"]
    resources = ["arn:aws:s3:::orders"]
  }
}
resource "aws_security_group" "db" {
  ingress {
    from_port   = 5432
    to_port     = 5432
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_instance" "a" {
  ami = "ami-0123456789abcdef0"
}
`,
      'k8s/api.yaml': `kind: Deployment
spec:
  template:
    spec:
      containers:
        - image: ghcr.io/acme/api
        - image: ghcr.io/acme/side:1.2.0
        - image: "ghcr.io/acme/edge@sha256:aa"
`,
    });
    assert.deepEqual(verdicts(review).slice(0, 4), ['fail', 'unknown', 'fail', 'fail']);
    assert.deepEqual(
      review.findings.map(({ rule, place, finding }) => [rule, place, finding]),
      [
        [
          'reproducible',
          'infra/main.tf:1',
          'the module network is taken from github.com/acme/network without a version',
        ],
        ['reproducible', 'k8s/api.yaml:6', 'the image ghcr.io/acme/api is named without a tag'],
        ['least privilege', 'infra/main.tf:6', 'every action is allowed'],
        ['least privilege', 'infra/main.tf:11', 'aws_security_group.db lets traffic in from everywhere'],
        ['hard-coded', 'infra/main.tf:21', 'an AMI stands in the code'],
      ],
    );
  });

  it('does not take the web, a way out, a comment or a local module for a fault', () => {
    const review = reviewOf(
      {
        'infra/main.tf': `# actions = ["*"]
module "local" {
  source = "../modules/app"
}
resource "aws_security_group" "web" {
  ingress {
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_security_group_rule" "out" {
  type        = "egress"
  cidr_blocks = ["0.0.0.0/0"]
}
variable "region" {
  default = "eu-north-1"
}
`,
      },
      { lockFiles: ['infra/.terraform.lock.hcl'] },
    );
    assert.deepEqual(review.findings, []);
  });

  it('takes what cannot be undone from the judgement of the change, of files of infrastructure only', () => {
    const lost = droppedColumn({
      kind: 'infra-replace',
      path: 'infra/main.tf',
      statement: 'aws_db_instance.orders',
      why: 'a new name makes a new database',
    });
    const files = ['infra/main.tf', 'src/api.ts'].map((path): ChangedFile => ({
      status: 'modified',
      path,
      oldPath: null,
      added: 1,
      removed: 1,
    }));
    const review = reviewOf(
      { 'infra/main.tf': main },
      { change: changeOf({ files, irreversible: [lost, droppedColumn({ path: 'migrations/1.sql' })] }) },
    );
    assert.deepEqual(
      review.files.map(({ file }) => file),
      ['infra/main.tf'],
    );
    assert.deepEqual(
      review.losses.map(({ what, why }) => [what, why]),
      [['aws_db_instance.orders', 'a new name makes a new database']],
    );
    assert.match(review.losses[0]?.compensation ?? '', /^UNKNOWN\(what stands ready/);
    assert.deepEqual(verdicts(review).slice(4, 6), ['fail', 'fail']);
  });

  it('knows which files are infrastructure', () => {
    for (const path of ['infra/main.tf', 'k8s/api.yaml', 'chart/values.yaml', 'Dockerfile', 'iam/role.json'])
      assert.equal(isInfrastructure(path), true, path);
    for (const path of ['.github/workflows/ci.yml', 'src/api.ts', 'test/fixtures/main.tf', 'README.md'])
      assert.ok(!isInfrastructure(path), path);
  });
});
