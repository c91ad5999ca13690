import type { Step } from '../model';
import type { Confidence } from '../../evidence/fact';
import type { KnownPurposes, Purpose } from '../understanding';

/** What a well-known action does. */
interface ActionRow {
  /** `owner/name` or `owner/name/path`, lower-case; any ref. */
  readonly action: string;
  readonly purposes: readonly Purpose[];
  /** `strong` where nothing is said. */
  readonly confidence?: Confidence;
  /** An input that has to be there, with this value, for the row to count. */
  readonly needs?: { readonly input: string; readonly value: RegExp };
  /** An input with which the row does not count. */
  readonly unless?: { readonly input: string; readonly value: RegExp };
}

/** Terraform's and similar wrappers only act with a verb of this kind. */
const APPLY = /\b(apply|deploy|up|update|destroy)\b/i;

function rows(
  purpose: Purpose | readonly Purpose[],
  actions: readonly string[],
  more: Omit<ActionRow, 'action' | 'purposes'> = {},
): ActionRow[] {
  const purposes = typeof purpose === 'string' ? [purpose] : purpose;
  return actions.map((action) => ({ action, purposes, ...more }));
}

/**
 * Actions by what they do. To teach one more, add its name to the line of its purpose. Publishing documentation pages
 * (actions/deploy-pages) is no deployment of production by Definition 1 (docs/semantics.md), nor is setting up a tool.
 */
export const actionRows: readonly ActionRow[] = [
  ...rows('deploy', [
    'azure/webapps-deploy',
    'azure/functions-action',
    'azure/functions-container-action',
    'azure/container-apps-deploy-action',
    'azure/k8s-deploy',
    'azure/aci-deploy',
    'azure/arm-deploy',
    'azure/bicep-deploy',
    'azure/sql-action',
    'aws-actions/amazon-ecs-deploy-task-definition',
    'aws-actions/aws-cloudformation-github-deploy',
    'aws-actions/aws-lambda-deploy',
    'appleboy/lambda-action',
    'einaregilsson/beanstalk-deploy',
    'google-github-actions/deploy-cloudrun',
    'google-github-actions/deploy-appengine',
    'google-github-actions/deploy-cloud-functions',
    'google-github-actions/create-cloud-deploy-release',
    'firebaseextended/action-hosting-deploy',
    'w9jds/firebase-action',
    'akhileshns/heroku-deploy',
    'digitalocean/app_action',
    'digitalocean/app_action/deploy',
    'amondnet/vercel-action',
    'nwtgck/actions-netlify',
    'bervproject/railway-deploy',
    'johnbeynon/render-deploy-action',
    'octopusdeploy/deploy-release-action',
    'octopusdeploy/deploy-release-tenanted-action',
    'redhat-actions/oc-new-app',
    'tencentcloudbase/cloudbase-action',
    'deliverybot/helm',
    'wahyd4/kubectl-helm-action',
    'deployphp/action',
    'dokku/github-action',
    'caprover/deploy-from-github',
    'jakejarvis/s3-sync-action',
    'reggionick/s3-deploy',
    'cloudflare/pages-action',
  ]),
  // These put files or commands on a host; which host, and what for, they do not say.
  ...rows(
    'deploy',
    [
      'appleboy/ssh-action',
      'appleboy/scp-action',
      'burnett01/rsync-deployments',
      'easingthemes/ssh-deploy',
      'samkirkland/ftp-deploy-action',
      'wlixcc/sftp-deploy-action',
      'garygrossgarten/github-action-scp',
      'garygrossgarten/github-action-ssh',
      'dawidd6/action-ansible-playbook',
      'jetrails/action-rsync',
      'octopusdeploy/create-release-action',
    ],
    { confidence: 'moderate' },
  ),
  ...rows('deploy', ['cloudflare/wrangler-action'], {
    unless: { input: 'command', value: /^(?!.*\b(deploy|publish)\b)\s*\S|--dry-run/i },
  }),
  // `close` takes the preview of a pull request away.
  ...rows('deploy', ['azure/static-web-apps-deploy'], { unless: { input: 'action', value: /^\s*close\b/i } }),
  ...rows('deploy', ['superfly/flyctl-actions'], { needs: { input: 'args', value: /\bdeploy\b/ } }),
  ...rows('deploy', ['serverless/github-action'], { needs: { input: 'args', value: /\bdeploy\b/ } }),
  ...rows('deploy', ['pulumi/actions'], { needs: { input: 'command', value: /^(up|update|destroy)\b/ } }),
  ...rows('deploy', ['hashicorp/terraform-github-actions'], {
    needs: { input: 'tf_actions_subcommand', value: APPLY },
  }),
  ...rows('deploy', ['hashicorp/tfc-workflows-github/actions/apply-run']),
  ...rows('deploy', ['dflook/terraform-apply', 'dflook/tofu-apply', 'dflook/terraform-destroy']),
  ...rows('deploy', ['gruntwork-io/terragrunt-action'], { needs: { input: 'tg_command', value: APPLY } }),
  ...rows('deploy', ['youyo/aws-cdk-github-actions'], { needs: { input: 'cdk_subcommand', value: APPLY } }),
  ...rows('rollback', ['actions-hub/kubectl'], { needs: { input: 'args', value: /rollout undo/ } }),
  ...rows('deploy', ['actions-hub/kubectl', 'steebchen/kubectl'], {
    needs: { input: 'args', value: /\b(apply|set image|replace|rollout restart)\b/ },
  }),
  ...rows('package', ['docker/build-push-action', 'docker/bake-action', 'depot/build-push-action']),
  ...rows('package', [
    'redhat-actions/buildah-build',
    'redhat-actions/push-to-registry',
    'mr-smithers-excellent/docker-build-push',
  ]),
  ...rows('package', [
    'elgohr/publish-docker-github-action',
    'helm/chart-releaser-action',
    'redhat-actions/s2i-build',
  ]),
  ...rows('publish', [
    'pypa/gh-action-pypi-publish',
    'js-devtools/npm-publish',
    'softprops/action-gh-release',
    'ncipollo/release-action',
    'actions/create-release',
    'goreleaser/goreleaser-action',
    'cycjimmy/semantic-release-action',
    'changesets/action',
    'rubygems/release-gem',
    'stefanprodan/helm-gh-pages',
    'googleapis/release-please-action',
  ]),
  ...rows('lint', [
    'golangci/golangci-lint-action',
    'github/super-linter',
    'super-linter/super-linter',
    'oxsecurity/megalinter',
    'wagoid/commitlint-github-action',
    'pre-commit/action',
    'psf/black',
    'astral-sh/ruff-action',
    'chartboost/ruff-action',
    'ludeeus/action-shellcheck',
    'hadolint/hadolint-action',
    'ibiqlik/action-yamllint',
    'reviewdog/action-eslint',
    'reviewdog/action-actionlint',
    'raven-actions/actionlint',
    'davidanson/markdownlint-cli2-action',
    'dflook/terraform-validate',
    'dflook/tofu-validate',
    'dflook/terraform-fmt-check',
    'dflook/tofu-fmt-check',
  ]),
  ...rows('scan', [
    'github/codeql-action/analyze',
    'aquasecurity/trivy-action',
    'anchore/scan-action',
    'snyk/actions/node',
    'snyk/actions/python',
    'snyk/actions/docker',
    'snyk/actions/golang',
    'snyk/actions/maven',
    'actions/dependency-review-action',
    'gitleaks/gitleaks-action',
    'trufflesecurity/trufflehog',
    'bridgecrewio/checkov-action',
    'aquasecurity/tfsec-action',
    'aquasecurity/tfsec-pr-commenter-action',
    'returntocorp/semgrep-action',
    'semgrep/semgrep-action',
    'sonarsource/sonarcloud-github-action',
    'sonarsource/sonarqube-scan-action',
    'ossf/scorecard-action',
    'securego/gosec',
    'golang/govulncheck-action',
    'zaproxy/action-baseline',
    'zaproxy/action-full-scan',
    'docker/scout-action',
    'rustsec/audit-check',
    'google/osv-scanner-action/osv-scanner-action',
  ]),
  ...rows('end-to-end', [
    'cypress-io/github-action',
    'microsoft/playwright-github-action',
    'datadog/synthetics-ci-github-action',
    'saucelabs/saucectl-run-action',
  ]),
  ...rows('unit', ['reactivecircus/android-emulator-runner'], { confidence: 'moderate' }),
  ...rows('unit', ['dflook/terraform-test', 'dflook/tofu-test']),
  ...rows('verify', [
    'jtalk/url-health-check-action',
    'lakuapik/gh-actions-http-status',
    'emilioschepis/wait-for-endpoint',
    'nev7n/wait_for_response',
    'checkly/checkly-github-action',
    'grafana/k6-action',
    'grafana/run-k6-action',
  ]),
  ...rows('build', ['microsoft/msbuild-action', 'actions/jekyll-build-pages']),
  ...rows('build', ['gradle/actions/gradle', 'gradle/gradle-build-action'], {
    needs: { input: 'arguments', value: /\b(build|assemble|bootJar)\b/i },
  }),
  ...rows('notify', [
    'slackapi/slack-github-action',
    '8398a7/action-slack',
    'rtcamp/action-slack-notify',
    'act10ns/slack',
    'ravsamhq/notify-slack-action',
    'skitionek/notify-microsoft-teams',
    'dawidd6/action-send-mail',
    'sarisia/actions-status-discord',
    'ilshidur/action-discord',
    'appleboy/telegram-action',
    'pagerduty/pagerduty-change-events-action',
    'archive/github-actions-slack',
    'voxmedia/github-action-slack-notify-build',
    'jdcargile/ms-teams-notification',
    'toko-bifrost/ms-teams-deploy-card',
    'tsickert/discord-webhook',
    'entle/action-pagerduty-alert',
    'miparnisari/action-pagerduty-alert',
    'jasonetco/create-an-issue',
    'peter-evans/create-issue-from-file',
    'dacbd/create-issue-action',
    'actions-cool/issues-helper',
    'imjohnbo/issue-bot',
  ]),
  ...rows('notify', ['actions/github-script'], {
    confidence: 'moderate',
    needs: { input: 'script', value: /issues\.create(Comment)?\b/ },
  }),
];

const byName = new Map<string, ActionRow[]>();
for (const row of actionRows) byName.set(row.action, [...(byName.get(row.action) ?? []), row]);

/** An action or a called workflow without its version, as it is compared: `acme/deploy`. */
export function nameOfAction(uses: string): string {
  return uses.split('@')[0]?.trim().toLowerCase() ?? '';
}

/** What a `uses:` step does, by the table. */
export function purposesOfAction(
  step: Step,
  known?: KnownPurposes,
): readonly { readonly purpose: Purpose; readonly confidence: Confidence }[] {
  const name = nameOfAction(step.uses?.value ?? '');
  const taught = known?.get(name);
  if (taught) return taught.map((purpose) => ({ purpose, confidence: 'strong' }));
  const input = (wanted: string): string | null =>
    step.with.find((entry) => entry.name.value.toLowerCase() === wanted)?.value.text ?? null;
  return (byName.get(name) ?? []).flatMap((row) => {
    if (row.needs && !row.needs.value.test(input(row.needs.input) ?? '')) return [];
    if (row.unless) {
      const value = input(row.unless.input);
      if (value !== null && row.unless.value.test(value)) return [];
    }
    return row.purposes.map((purpose) => ({ purpose, confidence: row.confidence ?? 'strong' }));
  });
}
