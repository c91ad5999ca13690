/** A kind of long-lived credential that changes production or publishes, and what takes its place. */
export interface CredentialKind {
  /** With its article: "an npm token". */
  readonly what: string;
  /** Imperative; null where no login without a stored credential is known. */
  readonly instead: string | null;
}

/** When a credential is surely used to deploy or publish, rather than to read. */
export type CredentialUse = 'always' | 'deploys' | 'pushes' | 'publishes' | 'reaches-host';

/** Advice where there is no login without a stored credential. */
export const NO_OTHER_LOGIN =
  "no login by OIDC is known for it, so give it the least rights, keep it as a secret of the deployment's environment, and change it on a schedule";

const CLUSTER =
  "log in to the cluster's cloud by OIDC and take the access from there (`aws eks update-kubeconfig`, `azure/aks-set-context`, `google-github-actions/get-gke-credentials`), or let the cluster trust GitHub's tokens";

/**
 * Kinds by a short name. What takes their place is from the services' own documentation, read in November 2026.
 * To teach one more, add a line, and say below how a workflow is seen to use it.
 */
export const credentialKinds = {
  ssh: { what: 'an SSH key', instead: "let the platform's own login, by OIDC, issue a short-lived one (AWS Session Manager, Google's IAP, an SSH certificate), or let the host fetch its release itself; else bind the key to one command" },
  'host-password': { what: 'a password of the host', instead: 'use a key that is bound to one command, or a short-lived login of the platform' },
  kubeconfig: { what: 'a kubeconfig', instead: CLUSTER },
  'cluster-token': { what: 'a token of the cluster', instead: CLUSTER },
  ghcr: { what: 'a personal access token', instead: 'use `secrets.GITHUB_TOKEN` with `permissions: packages: write`, which ends with the job' },
  'docker-hub': { what: 'a Docker Hub password or token', instead: 'log in by an OIDC connection of your organization (`docker/login-action` with DOCKERHUB_OIDC_CONNECTIONID and no password), where its plan has them' },
  ecr: { what: 'a password of Amazon ECR', instead: 'log in to AWS by OIDC and use `aws-actions/amazon-ecr-login`' },
  acr: { what: 'a password of Azure Container Registry', instead: 'log in with `azure/login` by OIDC and use `az acr login`' },
  gar: { what: 'a password of Artifact Registry', instead: 'log in with `google-github-actions/auth` by OIDC and give the registry its access token' },
  registry: { what: 'a password of the registry', instead: null },
  npm: { what: 'an npm token', instead: 'publish by trusted publishing: `id-token: write`, npm 11.5.1 or later, and no token' },
  pypi: { what: 'a PyPI password or token', instead: 'publish by trusted publishing: `pypa/gh-action-pypi-publish` with `id-token: write` and no password' },
  crates: { what: 'a crates.io token', instead: 'use trusted publishing: `rust-lang/crates-io-auth-action` gives a token for the job' },
  rubygems: { what: 'a RubyGems key', instead: 'use trusted publishing: `rubygems/configure-rubygems-credentials`' },
  nuget: { what: 'a NuGet key', instead: 'use trusted publishing: `NuGet/login` gives a key for the job' },
  maven: { what: 'a password of the Maven repository', instead: null },
  hex: { what: 'a Hex key', instead: null },
  vsce: { what: 'a Marketplace token', instead: 'log in with `azure/login` by OIDC and use `vsce publish --azure-credential`' },
  'open-vsx': { what: 'an Open VSX token', instead: null },
  heroku: { what: 'a Heroku key', instead: null },
  vercel: { what: 'a Vercel token', instead: null },
  netlify: { what: 'a Netlify token', instead: null },
  fly: { what: 'a Fly.io token', instead: null },
  cloudflare: { what: 'a Cloudflare token', instead: null },
  railway: { what: 'a Railway token', instead: null },
  render: { what: 'a Render key', instead: null },
  digitalocean: { what: 'a DigitalOcean token', instead: null },
  firebase: { what: 'a Firebase token', instead: 'log in with `google-github-actions/auth` by OIDC; the Firebase tools take its credential' },
  'firebase-key': { what: 'a service account key', instead: 'log in with `google-github-actions/auth` by OIDC; the Firebase tools take its credential' },
  'static-web-apps': { what: 'a deployment token of Static Web Apps', instead: 'choose GitHub as the deployment authorization policy of the app, so that the token alone deploys nothing' },
  pulumi: { what: 'a Pulumi token', instead: 'use `pulumi/auth-actions`, which logs in by OIDC' },
  'terraform-cloud': { what: 'a Terraform Cloud token', instead: null },
  serverless: { what: 'a Serverless key', instead: null },
  octopus: { what: 'an Octopus API key', instead: 'use `OctopusDeploy/login` with a service account, which logs in by OIDC' },
  argocd: { what: 'an Argo CD token', instead: null },
  'cloud-foundry': { what: 'a Cloud Foundry password', instead: null },
  ibm: { what: 'an IBM Cloud key', instead: null },
  alibaba: { what: 'an Alibaba Cloud key', instead: 'use `aliyun/configure-aliyun-credentials-action`, which logs in by OIDC' },
  tencent: { what: 'a Tencent Cloud key', instead: null },
  supabase: { what: 'a Supabase token', instead: null },
  expo: { what: 'an Expo token', instead: null },
  'app-store': { what: 'an App Store Connect key', instead: null },
  'google-play': { what: 'a Google Play service account key', instead: 'log in with `google-github-actions/auth` by OIDC' },
} as const satisfies Readonly<Record<string, CredentialKind>>; // prettier-ignore

export type CredentialKindName = keyof typeof credentialKinds;

/** Inputs of actions: `owner/name` in lower case, the input, the kind, and when it counts (`always` where nothing is said). */
export const credentialInputs: readonly (readonly [
  action: string,
  input: string,
  kind: CredentialKindName,
  use?: CredentialUse,
])[] = [
  ['appleboy/ssh-action', 'key', 'ssh'],
  ['appleboy/ssh-action', 'password', 'host-password'],
  ['appleboy/scp-action', 'key', 'ssh'],
  ['appleboy/scp-action', 'password', 'host-password'],
  ['burnett01/rsync-deployments', 'remote_key', 'ssh'],
  ['easingthemes/ssh-deploy', 'ssh_private_key', 'ssh'],
  ['garygrossgarten/github-action-ssh', 'privatekey', 'ssh'],
  ['garygrossgarten/github-action-scp', 'privatekey', 'ssh'],
  ['samkirkland/ftp-deploy-action', 'password', 'host-password'],
  ['wlixcc/sftp-deploy-action', 'password', 'host-password'],
  ['wlixcc/sftp-deploy-action', 'ssh_private_key', 'ssh'],
  ['dawidd6/action-ansible-playbook', 'key', 'ssh'],
  ['dokku/github-action', 'ssh_private_key', 'ssh'],
  ['deployphp/action', 'private-key', 'ssh'],
  ['webfactory/ssh-agent', 'ssh-private-key', 'ssh', 'reaches-host'],
  ['shimataro/ssh-key-action', 'key', 'ssh', 'reaches-host'],
  ['azure/k8s-set-context', 'kubeconfig', 'kubeconfig', 'deploys'],
  ['azure/k8s-set-context', 'k8s-secret', 'cluster-token', 'deploys'],
  ['steebchen/kubectl', 'config', 'kubeconfig', 'deploys'],
  ['tale/kubectl-action', 'base64-kube-config', 'kubeconfig', 'deploys'],
  ['danielr1996/kubectl-action', 'kubeconfig', 'kubeconfig', 'deploys'],
  ['redhat-actions/oc-login', 'openshift_token', 'cluster-token', 'deploys'],
  ['redhat-actions/oc-login', 'openshift_password', 'cluster-token', 'deploys'],
  ['docker/login-action', 'password', 'docker-hub', 'pushes'],
  ['azure/docker-login', 'password', 'acr', 'pushes'],
  ['redhat-actions/podman-login', 'password', 'registry', 'pushes'],
  ['redhat-actions/push-to-registry', 'password', 'registry'],
  ['mr-smithers-excellent/docker-build-push', 'password', 'registry'],
  ['elgohr/publish-docker-github-action', 'password', 'registry'],
  ['pypa/gh-action-pypi-publish', 'password', 'pypi'],
  ['js-devtools/npm-publish', 'token', 'npm'],
  ['rubygems/configure-rubygems-credentials', 'api-token', 'rubygems', 'publishes'],
  ['cadamsdev/changesets-action', 'npm-token', 'npm'],
  ['akhileshns/heroku-deploy', 'heroku_api_key', 'heroku'],
  ['amondnet/vercel-action', 'vercel-token', 'vercel'],
  ['cloudflare/wrangler-action', 'apitoken', 'cloudflare', 'deploys'],
  ['cloudflare/pages-action', 'apitoken', 'cloudflare'],
  ['digitalocean/action-doctl', 'token', 'digitalocean', 'deploys'],
  ['digitalocean/app_action', 'token', 'digitalocean'],
  ['digitalocean/app_action/deploy', 'token', 'digitalocean'],
  ['firebaseextended/action-hosting-deploy', 'firebaseserviceaccount', 'firebase-key'],
  ['bervproject/railway-deploy', 'railway_token', 'railway'],
  ['johnbeynon/render-deploy-action', 'api-key', 'render'],
  ['azure/static-web-apps-deploy', 'azure_static_web_apps_api_token', 'static-web-apps'],
  ['octopusdeploy/create-release-action', 'api_key', 'octopus'],
  ['octopusdeploy/deploy-release-action', 'api_key', 'octopus'],
  ['octopusdeploy/push-package-action', 'api_key', 'octopus'],
  ['octopusdeploy/login', 'api_key', 'octopus', 'deploys'],
  ['hashicorp/setup-terraform', 'cli_config_credentials_token', 'terraform-cloud', 'deploys'],
  ['aliyun/configure-aliyun-credentials-action', 'access-key-secret', 'alibaba', 'deploys'],
  ['aliyun/acr-login', 'access-key-secret', 'alibaba', 'pushes'],
  ['tencentcloudbase/cloudbase-action', 'secretkey', 'tencent'],
  ['r0adkll/upload-google-play', 'serviceaccountjsonplaintext', 'google-play'],
  ['apple-actions/upload-testflight-build', 'api-private-key', 'app-store'],
  ['expo/expo-github-action', 'token', 'expo', 'deploys'],
  ['haaleo/publish-vscode-extension', 'pat', 'vsce'],
]; // prettier-ignore

/** Variables that a program, or an action, takes by itself: the name, the kind, the commands or actions that take it. */
export const credentialVariables: readonly (readonly [
  name: string,
  kind: CredentialKindName,
  takenBy: RegExp,
])[] = [
  ['NODE_AUTH_TOKEN', 'npm', /^(npm|pnpm|yarn|lerna|changeset|semantic-release)\b.*\bpublish\b|^semantic-release\b|^release-it\b/],
  ['NPM_TOKEN', 'npm', /^(npm|pnpm|yarn|bun|lerna|changeset)\b.*\bpublish\b|^semantic-release\b|^release-it\b|^(cycjimmy\/semantic-release-action|changesets\/action)$/],
  ['NPM_AUTH_TOKEN', 'npm', /^(npm|pnpm|yarn|lerna)\b.*\bpublish\b/],
  ['YARN_NPM_AUTH_TOKEN', 'npm', /^yarn\b.*\bpublish\b/],
  ['TWINE_PASSWORD', 'pypi', /^twine upload\b/],
  ['UV_PUBLISH_TOKEN', 'pypi', /^uv publish\b/],
  ['UV_PUBLISH_PASSWORD', 'pypi', /^uv publish\b/],
  ['POETRY_PYPI_TOKEN_PYPI', 'pypi', /^poetry publish\b/],
  ['MATURIN_PYPI_TOKEN', 'pypi', /^maturin (publish|upload)\b|^pyo3\/maturin-action$/],
  ['HATCH_INDEX_AUTH', 'pypi', /^hatch publish\b/],
  ['FLIT_PASSWORD', 'pypi', /^flit publish\b/],
  ['PDM_PUBLISH_PASSWORD', 'pypi', /^pdm publish\b/],
  ['CARGO_REGISTRY_TOKEN', 'crates', /^cargo (publish|release|smart-release)\b|^release-plz\b|^(katyo\/publish-crates|release-plz\/action)$/],
  ['GEM_HOST_API_KEY', 'rubygems', /^(gem push|rake release)\b/],
  ['RUBYGEMS_API_KEY', 'rubygems', /^(gem push|rake release)\b/],
  ['NUGET_API_KEY', 'nuget', /^(dotnet nuget push|nuget push)\b/],
  ['MAVEN_PASSWORD', 'maven', /^\.?\/?mvnw?\b.*\bdeploy\b/],
  ['MAVEN_CENTRAL_TOKEN', 'maven', /^\.?\/?mvnw?\b.*\bdeploy\b/],
  ['OSSRH_PASSWORD', 'maven', /^\.?\/?(mvnw?|gradlew?)\b.*\b(deploy|publish\w*)\b/],
  ['OSSRH_TOKEN', 'maven', /^\.?\/?(mvnw?|gradlew?)\b.*\b(deploy|publish\w*)\b/],
  ['ORG_GRADLE_PROJECT_mavenCentralPassword', 'maven', /^\.?\/?gradlew?\b.*\bpublish\w*\b/],
  ['HEX_API_KEY', 'hex', /^mix hex\.publish\b/],
  ['VSCE_PAT', 'vsce', /^vsce publish\b/],
  ['OVSX_PAT', 'open-vsx', /^ovsx publish\b/],
  ['HEROKU_API_KEY', 'heroku', /^(heroku|git push)\b/],
  ['VERCEL_TOKEN', 'vercel', /^(vercel|vc)\b(?! (pull|build|env|ls|list|inspect|whoami)\b)/],
  ['NETLIFY_AUTH_TOKEN', 'netlify', /^(netlify|ntl) deploy\b|^(nwtgck\/actions-netlify|netlify\/actions\/cli)$/],
  ['FLY_API_TOKEN', 'fly', /^(flyctl|fly) (deploy|machine|scale|secrets|apps)\b|^superfly\/flyctl-actions$/],
  ['CLOUDFLARE_API_TOKEN', 'cloudflare', /^wrangler (deploy|publish|pages (deploy|publish)|versions|d1)\b|^(terraform|tofu) apply\b/],
  ['RAILWAY_TOKEN', 'railway', /^railway (up|redeploy|deploy)\b/],
  ['DIGITALOCEAN_ACCESS_TOKEN', 'digitalocean', /^doctl\b|^(terraform|tofu) apply\b/],
  ['FIREBASE_TOKEN', 'firebase', /^firebase\b.*\bdeploy\b|^w9jds\/firebase-action$/],
  ['GCP_SA_KEY', 'firebase-key', /^w9jds\/firebase-action$/],
  ['PULUMI_ACCESS_TOKEN', 'pulumi', /^pulumi (up|update|destroy|preview|refresh)\b|^pulumi\/actions$/],
  ['TF_TOKEN_app_terraform_io', 'terraform-cloud', /^(terraform|tofu) (apply|destroy)\b/],
  ['TF_API_TOKEN', 'terraform-cloud', /^hashicorp\/tfc-workflows-github\//],
  ['SERVERLESS_ACCESS_KEY', 'serverless', /^(serverless|sls)\b.*\bdeploy\b|^serverless\/github-action$/],
  ['OCTOPUS_API_KEY', 'octopus', /^octopus\b|^octopusdeploy\/(create|deploy)-release(-tenanted)?-action$/],
  ['ARGOCD_AUTH_TOKEN', 'argocd', /^argocd app (sync|set|rollback|create|patch)\b/],
  ['CF_PASSWORD', 'cloud-foundry', /^cf (login|auth|push)\b/],
  ['SUPABASE_ACCESS_TOKEN', 'supabase', /^supabase (db push|functions deploy|link|migration up)\b/],
  ['EXPO_TOKEN', 'expo', /^eas (submit|update|build)\b/],
  ['KUBE_CONFIG', 'kubeconfig', /^actions-hub\/kubectl$/],
  ['KUBE_CONFIG_DATA', 'kubeconfig', /^(koslib\/helm-eks-action|kodermax\/kubectl-aws-eks)$/],
  ['KUBECONFIG_FILE', 'kubeconfig', /^(deliverybot\/helm|wahyd4\/kubectl-helm-action)$/],
  ['SSH_PRIVATE_KEY', 'ssh', /^(easingthemes\/ssh-deploy|jetrails\/action-rsync)$/],
  ['SSHPASS', 'host-password', /^sshpass -e\b/],
  ['TENCENT_CLOUD_SECRET_KEY', 'tencent', /^(tccli|tcb|terraform apply)\b/],
]; // prettier-ignore

/** Options of commands: how the command begins, the options that hold the credential, the kind, and when it counts. */
export const credentialOptions: readonly (readonly [
  command: RegExp,
  option: RegExp,
  kind: CredentialKindName,
  use?: CredentialUse,
])[] = [
  [/^(docker|podman|buildah|skopeo|nerdctl) login\b/, /^(-p|--password)$/, 'docker-hub', 'pushes'],
  [/^helm registry login\b/, /^(-p|--password)$/, 'registry', 'pushes'],
  [/^sshpass\b/, /^-p$/, 'host-password'],
  [/^kubectl\b/, /^--token$/, 'cluster-token', 'deploys'],
  [/^oc login\b/, /^(--token|-p|--password)$/, 'cluster-token', 'deploys'],
  [/^argocd\b/, /^(--auth-token|--password)$/, 'argocd'],
  [/^(vercel|vc)\b(?! (pull|build|env)\b)/, /^(-t|--token)$/, 'vercel'],
  [/^(netlify|ntl)\b.*\bdeploy\b/, /^(-a|--auth)$/, 'netlify'],
  [/^(flyctl|fly)\b.*\bdeploy\b/, /^(-t|--access-token)$/, 'fly'],
  [/^firebase\b.*\bdeploy\b/, /^--token$/, 'firebase'],
  [/^doctl auth init\b/, /^(-t|--access-token)$/, 'digitalocean', 'deploys'],
  [/^ibmcloud login\b/, /^--apikey$/, 'ibm', 'deploys'],
  [/^aliyun configure\b/, /^--access-key-secret$/, 'alibaba', 'deploys'],
  [/^twine upload\b/, /^(-p|--password)$/, 'pypi'],
  [/^uv publish\b/, /^(-t|--token|-p|--password)$/, 'pypi'],
  [/^poetry publish\b/, /^(-p|--password)$/, 'pypi'],
  [/^(dotnet nuget push|nuget push)\b/, /^(-k|--api-key|-ApiKey)$/, 'nuget'],
  [/^cargo publish\b/, /^--token$/, 'crates'],
  [/^vsce publish\b/, /^(-p|--pat)$/, 'vsce'],
  [/^ovsx publish\b/, /^(-p|--pat)$/, 'open-vsx'],
  [/^cf (login|auth)\b/, /^-p$/, 'cloud-foundry'],
  [/^railway (up|redeploy)\b/, /^--token$/, 'railway'],
  [/^supabase\b/, /^(-p|--password)$/, 'supabase', 'deploys'],
]; // prettier-ignore

/** Commands that take a credential as a plain word: how the command begins, and the kind. */
export const credentialWords: readonly (readonly [
  command: RegExp,
  kind: CredentialKindName,
  use?: CredentialUse,
])[] = [
  [/^(npm|pnpm) (config )?set\b.*_authToken/, 'npm', 'publishes'],
  [/^poetry config pypi-token\.pypi\b/, 'pypi', 'publishes'],
  [/^cargo login\b/, 'crates', 'publishes'],
  [/^kubectl config set-credentials\b/, 'cluster-token', 'deploys'],
]; // prettier-ignore

/** Files into which a script writes a credential. */
export const credentialFiles: readonly (readonly [
  name: RegExp,
  kind: CredentialKindName,
  use: CredentialUse,
])[] = [
  [/\.ssh\/(?!known_hosts|config|.*\.pub$)|(^|\/)(id_(rsa|ed25519|ecdsa)|deploy[-_]?key|ssh[-_]?key|private[-_]?key)(\.pem)?$/, 'ssh', 'reaches-host'],
  [/\.kube\/config|kube-?config|\$\{?KUBECONFIG\}?$/i, 'kubeconfig', 'deploys'],
  [/(^|\/)\.npmrc$/, 'npm', 'publishes'],
  [/(^|\/)\.pypirc$/, 'pypi', 'publishes'],
  [/\.cargo\/credentials(\.toml)?$/, 'crates', 'publishes'],
  [/\.gem\/credentials$/, 'rubygems', 'publishes'],
]; // prettier-ignore

/** Programs that take a credential from standard input: how the command begins, the kind. */
export const credentialInputsOfCommands: readonly (readonly [
  command: RegExp,
  kind: CredentialKindName,
  use: CredentialUse,
])[] = [
  [/^(docker|podman|buildah|skopeo|nerdctl) login\b/, 'docker-hub', 'pushes'],
  [/^helm registry login\b/, 'registry', 'pushes'],
  [/^ssh-add\b/, 'ssh', 'reaches-host'],
]; // prettier-ignore

/** The kind of a registry's password by the registry's name; `docker-hub` where none is named. */
export function kindOfRegistry(registry: string | null): CredentialKindName {
  const host = (registry ?? '').trim().replace(/^https?:\/\//, '');
  if (host === '' || /^((registry-1|index|registry)\.)?docker\.io/.test(host)) return 'docker-hub';
  if (/^ghcr\.io|\.pkg\.github\.com/.test(host)) return 'ghcr';
  if (/\.dkr\.ecr\.|^public\.ecr\.aws/.test(host)) return 'ecr';
  if (/\.azurecr\.io/.test(host)) return 'acr';
  if (/\.pkg\.dev|(^|\.)gcr\.io/.test(host)) return 'gar';
  return 'registry';
}
