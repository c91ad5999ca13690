import { pinOf } from '../../evidence/action-pins';
import type { ActionUse } from './workflow-text';

/** The actions that generated workflows use, with the tag that stands where no commit of the action is known. */
const TAGS = {
  'actions/attest-build-provenance': 'v4',
  'actions/cache': 'v6',
  'actions/checkout': 'v7',
  'actions/dependency-review-action': 'v5',
  'actions/download-artifact': 'v8',
  'actions/setup-dotnet': 'v5',
  'actions/setup-go': 'v7',
  'actions/setup-java': 'v5',
  'actions/setup-node': 'v7',
  'actions/setup-python': 'v7',
  'actions/upload-artifact': 'v7',
  'astral-sh/setup-uv': 'v9',
  'aquasecurity/trivy-action': 'v0.36.0',
  'aws-actions/configure-aws-credentials': 'v6',
  'azure/login': 'v3',
  'docker/build-push-action': 'v7',
  'docker/login-action': 'v4',
  'docker/setup-buildx-action': 'v4',
  'github/codeql-action/analyze': 'v4',
  'github/codeql-action/init': 'v4',
  'github/codeql-action/upload-sarif': 'v4',
  'golangci/golangci-lint-action': 'v9',
  'google-github-actions/auth': 'v3',
  'google-github-actions/get-gke-credentials': 'v3',
  'google-github-actions/setup-gcloud': 'v3',
  'gradle/actions/setup-gradle': 'v6',
  'NuGet/login': 'v1',
  'oven-sh/setup-bun': 'v2',
  'pnpm/action-setup': 'v6',
  'hashicorp/setup-terraform': 'v4',
  'terraform-linters/setup-tflint': 'v6',
  'pypa/gh-action-pypi-publish': 'release/v1',
  'ruby/setup-ruby': 'v1',
  'rubygems/configure-rubygems-credentials': 'v2',
  'rust-lang/crates-io-auth-action': 'v1',
  'shivammathur/setup-php': 'v2',
  'superfly/flyctl-actions/setup-flyctl': '1.6',
  'aws-actions/amazon-ecr-login': 'v2',
} as const;

/** An action that a generated workflow may use. */
export type KnownAction = keyof typeof TAGS;

/** Every action that a generated workflow may use. */
export const usedActions = Object.keys(TAGS) as readonly KnownAction[];

/** The action at its known commit with the tag for the comment, else at its tag: a commit is never made up. */
export function useAction(action: KnownAction): ActionUse {
  const pin = pinOf(action);
  return pin
    ? { reference: `${action}@${pin.commit}`, version: pin.tag }
    : { reference: `${action}@${TAGS[action]}`, version: null };
}
