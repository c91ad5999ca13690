import type { SecretStorage, SecretUse } from './secret-uses';

/** How much harm a secret does in the wrong hands, for how often it is changed. */
export type SecretRisk = 'high' | 'medium' | 'low';

/** What a secret is, with what says so. */
export interface SecretClass {
  /** For people: `cloud access key`. */
  readonly type: string;
  readonly risk: SecretRisk;
  /** `use`: an action, resource or cloud's own variable that takes nothing else; `name`: only what it is called. */
  readonly by: 'use' | 'name';
}

interface Kind {
  readonly type: string;
  readonly risk: SecretRisk;
  /** Action and input that take nothing else. */
  readonly inputs?: readonly (readonly [action: string, input: RegExp])[];
  /** Variables that a program in wide use reads for just this. */
  readonly variables?: RegExp;
  /** What people call it, matched against the secret's name in upper case. */
  readonly names?: RegExp;
}

/** Kinds of secrets, the surest and most harmful first; to teach one more, add a line. */
const KINDS: readonly Kind[] = [
  {
    type: 'cloud access key',
    risk: 'high',
    inputs: [
      ['aws-actions/configure-aws-credentials', /^aws-(?:access-key-id|secret-access-key)$/],
      ['azure/login', /^creds$/],
      ['google-github-actions/auth', /^credentials_json$/],
      ['google-github-actions/setup-gcloud', /^(?:service_account_key|credentials_json)$/],
    ],
    variables:
      /^(?:AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY|AZURE_CREDENTIALS|AZURE_CLIENT_SECRET|ARM_CLIENT_SECRET|GOOGLE_CREDENTIALS|GOOGLE_APPLICATION_CREDENTIALS|DIGITALOCEAN_(?:ACCESS_)?TOKEN|HCLOUD_TOKEN|CLOUDFLARE_API_TOKEN)$/,
    names: /^(?:AWS|AZURE|ARM|GCP|GCLOUD|GOOGLE)_(?:.*_)?(?:KEY|KEY_ID|SECRET|CREDENTIALS?|SA_KEY)$/,
  },
  {
    type: 'deployment credential',
    risk: 'high',
    inputs: [
      ['azure/webapps-deploy', /^publish-profile$/],
      ['azure/functions-action', /^publish-profile$/],
      ['azure/k8s-set-context', /^kubeconfig$/],
      ['azure/static-web-apps-deploy', /^azure_static_web_apps_api_token$/],
      ['superfly/flyctl-actions', /./],
      ['amondnet/vercel-action', /^vercel-token$/],
      ['akhileshns/heroku-deploy', /^heroku_api_key$/],
      ['cloudflare/wrangler-action', /^apitoken$/i],
    ],
    variables:
      /^(?:KUBECONFIG|KUBE_CONFIG|FLY_API_TOKEN|HEROKU_API_KEY|VERCEL_TOKEN|NETLIFY_AUTH_TOKEN|RENDER_API_KEY|RAILWAY_TOKEN)$/,
    names: /(?:^|_)(?:KUBE_?CONFIG\w*|DEPLOY_(?:TOKEN|KEY|PASSWORD|SECRET)|PUBLISH_PROFILE\w*)$/,
  },
  {
    type: 'SSH key',
    risk: 'high',
    inputs: [
      ['appleboy/ssh-action', /^(?:key|passphrase|password)$/],
      ['appleboy/scp-action', /^(?:key|passphrase|password)$/],
      ['webfactory/ssh-agent', /^ssh-private-key$/],
      ['shimataro/ssh-key-action', /^key$/],
      ['actions/checkout', /^ssh-key$/],
    ],
    names: /(?:^|_)SSH_(?:.*_)?(?:KEY|PASSPHRASE|PASSWORD)$/,
  },
  {
    type: 'signing key',
    risk: 'high',
    inputs: [['crazy-max/ghaction-import-gpg', /^(?:gpg_private_key|passphrase)$/]],
    variables: /^(?:COSIGN_PRIVATE_KEY|COSIGN_PASSWORD)$/,
    names:
      /(?:^|_)(?:GPG|COSIGN|SIGNING|KEYSTORE|CODESIGN\w*|CERTIFICATE|P12)_(?:.*_)?(?:KEY|PASSWORD|PASSPHRASE)$|^KEYSTORE(?:_BASE64)?$/,
  },
  {
    type: 'database credential',
    risk: 'high',
    variables:
      /^(?:DATABASE_URL|PGPASSWORD|MYSQL_PASSWORD|MYSQL_ROOT_PASSWORD|POSTGRES_PASSWORD|MONGO_INITDB_ROOT_PASSWORD)$/,
    names:
      /(?:^|[_-])(?:DATABASE|DB|POSTGRES(?:QL)?|PG|MYSQL|MARIADB|MONGO(?:DB)?|MSSQL|SQL|RDS)(?:[_-]\w+)*[_-](?:PASSWORD|PASS|PWD|UR[IL]|DSN|SECRET|CREDENTIALS?|CONNECTION_STRING|KEY)$|MASTER PASSWORD$/,
  },
  {
    type: 'key of the application that signs or encrypts',
    risk: 'high',
    names:
      /(?:^|[_-])(?:JWT|SESSION|COOKIE|ENCRYPTION|MASTER|APP|RAILS_MASTER|DJANGO)(?:[_-]\w+)*[_-](?:SECRET|KEY)(?:_BASE)?$|^SECRET_KEY(?:_BASE)?$/,
  },
  {
    type: 'container registry credential',
    risk: 'medium',
    inputs: [
      ['docker/login-action', /^password$/],
      ['azure/docker-login', /^password$/],
      ['redhat-actions/podman-login', /^password$/],
      ['redhat-actions/push-to-registry', /^password$/],
    ],
    variables: /^imagePullSecrets$/,
    names:
      /(?:^|[_-])(?:DOCKER(?:HUB)?|REGISTRY|GHCR|ECR|GCR|ACR|QUAY|HARBOR)(?:[_-]\w+)*[_-](?:PASSWORD|TOKEN|SECRET|PAT)$/,
  },
  {
    type: 'package registry token',
    risk: 'medium',
    inputs: [['pypa/gh-action-pypi-publish', /^password$/]],
    variables:
      /^(?:NODE_AUTH_TOKEN|NPM_TOKEN|NPM_CONFIG_TOKEN|TWINE_PASSWORD|PYPI_TOKEN|UV_PUBLISH_TOKEN|CARGO_REGISTRY_TOKEN|GEM_HOST_API_KEY|NUGET_API_KEY|MAVEN_PASSWORD)$/,
    names: /^(?:NPM|PYPI|NUGET|CARGO|RUBYGEMS|MAVEN|OSSRH|SONATYPE)_(?:.*_)?(?:TOKEN|KEY|PASSWORD)$/,
  },
  {
    type: 'GitHub token',
    risk: 'medium',
    inputs: [
      ['actions/checkout', /^token$/],
      ['actions/github-script', /^github-token$/],
      ['actions/create-github-app-token', /^private-key$/],
    ],
    variables: /^(?:GITHUB_TOKEN|GH_TOKEN)$/,
    names: /(?:^|_)(?:GH|GITHUB|PAT|BOT|APP)_(?:.*_)?(?:TOKEN|PAT|PRIVATE_KEY)$|(?:^|_)PAT$/,
  },
  {
    type: 'TLS certificate',
    risk: 'medium',
    variables: /^tls$/,
    names: /(?:^|[_-])(?:TLS|SSL)(?:[_-](?:CERT|CERTIFICATE|KEY))?$/,
  },
  {
    type: 'token of a reporting service',
    risk: 'low',
    inputs: [
      ['codecov/codecov-action', /^token$/],
      ['sonarsource/sonarqube-scan-action', /./],
      ['sonarsource/sonarcloud-github-action', /./],
      ['coverallsapp/github-action', /./],
      ['snyk/actions', /./],
    ],
    variables: /^(?:CODECOV_TOKEN|SONAR_TOKEN|SNYK_TOKEN|COVERALLS_REPO_TOKEN|SENTRY_AUTH_TOKEN)$/,
    names: /^(?:CODECOV|SONAR\w*|SNYK|COVERALLS|CHROMATIC|PERCY|DATADOG|SENTRY)_(?:.*_)?(?:TOKEN|KEY|DSN)$/,
  },
  {
    type: 'webhook of a chat',
    risk: 'low',
    inputs: [
      ['slackapi/slack-github-action', /^(?:webhook|token)$/],
      ['rtcamp/action-slack-notify', /./],
    ],
    variables: /^(?:SLACK_WEBHOOK(?:_URL)?|SLACK_BOT_TOKEN|DISCORD_WEBHOOK|MS_TEAMS_WEBHOOK_URI)$/,
    names: /(?:^|_)(?:SLACK|DISCORD|TEAMS|MATTERMOST|TELEGRAM)_(?:.*_)?(?:WEBHOOK\w*|TOKEN|URL)$/,
  },
  {
    type: 'password',
    risk: 'medium',
    names: /(?:^|[_-])(?:PASSWORD|PASSWD|PASSPHRASE|PASS|PWD)$/,
  },
  {
    type: 'key or token of a service',
    risk: 'medium',
    names: /(?:^|[_-])(?:TOKEN|SECRET|KEY|CREDENTIALS?|CREDS|DSN|AUTH)$/,
  },
];

/** Names of what is kept among the secrets and opens nothing by itself: a host, a user, a number. */
const NO_CREDENTIAL =
  /(?:^|_)(?:USER|USERNAME|LOGIN|HOST|HOSTNAME|PORT|ID|NAME|REGION|ZONE|PATH|ENDPOINT|DOMAIN|EMAIL|ORG|PROJECT|ACCOUNT|BUCKET|CLUSTER|REPOSITORY|TENANT|SUBSCRIPTION|ARN|ROLE_ARN|ROLE)$/;

/**
 * What a secret is, by who uses it where that tells, else by its name; null where neither does. A name is weak evidence
 * and is said to be the only one.
 */
export function classOfSecret(
  name: string,
  uses: readonly Pick<SecretUse, 'action' | 'as'>[],
  storages: readonly Pick<SecretStorage, 'manager'>[] = [],
): SecretClass | null {
  if (storages.some(({ manager }) => manager === 'cert-manager'))
    return { type: 'TLS certificate', risk: 'medium', by: 'use' };
  const byUse = KINDS.find(({ inputs, variables }) =>
    uses.some(
      ({ action, as }) =>
        as !== null &&
        ((inputs ?? []).some(([known, input]) => isAction(action, known) && input.test(as.toLowerCase())) ||
          variables?.test(as) === true),
    ),
  );
  if (byUse) return { type: byUse.type, risk: byUse.risk, by: 'use' };
  const upper = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
  if (NO_CREDENTIAL.test(upper) && !/^AWS_ACCESS_KEY_ID$/.test(upper))
    return { type: 'setting that is kept among the secrets', risk: 'low', by: 'name' };
  const byName = KINDS.find(({ names }) => names?.test(upper) === true);
  return byName ? { type: byName.type, risk: byName.risk, by: 'name' } : null;
}

function isAction(action: string | null, known: string): boolean {
  return action !== null && (action === known || action.startsWith(`${known}/`));
}

/** Days between two rotations that are proposed for each risk, where nobody has said any. */
export const PROPOSED_DAYS: Readonly<Record<SecretRisk, number>> = { high: 90, medium: 180, low: 365 };
