import type { TouchKind } from './change';

/**
 * What a path tells of a file by custom, from its folders and name; a file may be several things. Docs, tests and
 * fixtures touch nothing that is deployed.
 */
export function touchesOfPath(path: string): readonly TouchKind[] {
  if (isTestOrSample(path) || isDocumentation(path)) return [];
  return PATH_KINDS.filter(({ pattern }) => pattern.test(path)).map(({ kind }) => kind);
}

/** Each pattern is of a whole path in lower or upper case; one line per custom. */
const PATH_KINDS: readonly { readonly kind: TouchKind; readonly pattern: RegExp }[] = [
  { kind: 'schema', pattern: /(?:^|\/)(?:schema\.prisma|structure\.sql|schema\.(?:sql|rb)|[^/]*\.dbml)$/i },
  {
    kind: 'infrastructure',
    pattern:
      /\.(?:tf|tfvars|bicep)(?:\.json)?$|(?:^|\/)(?:k8s|kubernetes|helm|charts?|kustomize|manifests|terraform|pulumi|ansible|cloudformation|infra|infrastructure)\/|(?:^|\/)(?:chart\.ya?ml|kustomization\.ya?ml|(?:docker-)?compose[^/]*\.ya?ml|dockerfile[^/]*|[^/]*\.dockerfile|containerfile|serverless\.ya?ml|pulumi[^/]*\.ya?ml|cdk\.json|fly\.toml|render\.yaml|app\.yaml|nginx[^/]*\.conf)$/i,
  },
  {
    kind: 'configuration',
    pattern:
      /(?:^|\/)(?:config|conf|settings)\/[^/].*\.(?:ya?ml|json|toml|ini|properties|conf|env)$|(?:^|\/)(?:\.env(?:\.[^/]+)?|application[^/]*\.(?:ya?ml|properties)|appsettings[^/]*\.json|values[^/]*\.ya?ml|[^/]*\.tfvars|settings\.(?:ya?ml|toml|json|py)|config\.(?:ya?ml|toml|json))$/i,
  },
  {
    kind: 'feature-flags',
    // A program called flags.go reads a command line as often as not; data of that name does not.
    pattern:
      /(?:^|\/)feature[-_]?(?:flags?|toggles?)(?:\/|[^/]*\.(?:ya?ml|json|toml|ts|js|py|go|rb|java)$)|(?:^|\/)(?:flags|toggles)(?:\/[^/]+)?\.(?:ya?ml|json|toml)$|(?:^|\/)(?:flags|toggles)\/[^/]+\.(?:ya?ml|json|toml)$/i,
  },
  {
    kind: 'interfaces',
    pattern:
      /\.(?:proto|graphqls?|gql|avsc|thrift)$|(?:^|\/)[^/]*(?:openapi|swagger|asyncapi)[^/]*\.(?:ya?ml|json)$/i,
  },
  {
    kind: 'dependencies',
    pattern:
      /(?:^|\/)(?:package\.json|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|pyproject\.toml|poetry\.lock|uv\.lock|pdm\.lock|pipfile(?:\.lock)?|requirements[^/]*\.(?:txt|in)|setup\.(?:py|cfg)|go\.(?:mod|sum)|cargo\.(?:toml|lock)|pom\.xml|build\.gradle(?:\.kts)?|gradle\.lockfile|libs\.versions\.toml|gemfile(?:\.lock)?|[^/]*\.gemspec|composer\.(?:json|lock)|[^/]*\.csproj|packages\.lock\.json|directory\.packages\.props|mix\.(?:exs|lock))$/i,
  },
  {
    kind: 'pipelines',
    pattern:
      /^\.github\/(?:workflows|actions)\/|(?:^|\/)action\.ya?ml$|(?:^|\/)(?:\.gitlab-ci\.ya?ml|jenkinsfile[^/]*|azure-pipelines[^/]*\.ya?ml|bitbucket-pipelines\.ya?ml|\.drone\.ya?ml|cloudbuild\.ya?ml|buildspec\.ya?ml)$|^\.(?:circleci|buildkite|gitlab)\//i,
  },
  {
    kind: 'permissions',
    pattern:
      /(?:^|\/)(?:iam|rbac)(?:\/|[-_.][^/]*$)|(?:^|\/)[^/]*(?:role[-_]?binding|cluster[-_]?role|service[-_]?account|iam[-_]policy|network[-_]?polic)[^/]*\.(?:ya?ml|json|tf)$|(?:^|\/)codeowners$/i,
  },
  {
    kind: 'secrets',
    pattern:
      /(?:^|\/)(?:secrets?|sealed-secrets?|external-secrets?)\/|(?:^|\/)[^/]*(?:secrets?|externalsecret|sealedsecret)[^/]*\.(?:ya?ml|json|tf|env|enc)$|(?:^|\/)\.sops\.ya?ml$/i,
  },
  {
    kind: 'deploy-scripts',
    pattern:
      /(?:^|\/)(?:deploy|rollback|roll-back|release|migrate|smoke|promote|cutover)[^/]*\.(?:sh|bash|ps1|bat|cmd)$|^(?:[^/]+\/)?(?:bin|scripts?|deploy(?:ment)?|tools|ci)\/(?:[^/]+\/)*(?:deploy|rollback|release|migrate|smoke|promote|cutover)[^/]*$|(?:^|\/)(?:procfile|capfile|fabfile\.py|skaffold\.ya?ml)$/i,
  },
];

/** Tests, fixtures, seeds, mocks and examples: run or read at build time, not by a release. */
export function isTestOrSample(path: string): boolean {
  return (
    /(?:^|\/)(?:tests?|__tests__|e2e|testdata|test[-_]data|fixtures?|__fixtures__|mocks?|__mocks__|examples?|samples?|seeds?|seeders?)\//i.test(
      path,
    ) ||
    // A folder `spec` of tests, not one of interface descriptions.
    /(?:^|\/)specs?\/(?!.*\.(?:ya?ml|json|proto|graphqls?)$)/i.test(path) ||
    /(?:^|\/)(?:seeds?|fixtures?)\.sql$|[._-](?:test|spec)\.[a-z]+$|_test\.go$/i.test(path)
  );
}

/** A dump of the whole schema, which tools write and no release runs. */
export function isSchemaDump(path: string): boolean {
  return /(?:^|\/)(?:schema|structure|[^/]*[-_.]?dump)\.sql$/i.test(path);
}

/** Prose, and what is kept beside it. */
export function isDocumentation(path: string): boolean {
  return /(?:^|\/)(?:docs?|documentation)\//i.test(path) || /\.(?:md|mdx|rst|adoc)$/i.test(path);
}

/** Other people's code, kept in the repository or left there by a tool. */
export function isVendored(path: string): boolean {
  return /(?:^|\/)(?:node_modules|vendor|third[-_]party|site-packages|\.terraform|\.venv|venv)\//i.test(path);
}

/** What a package manager wrote: no person reads its lines, and they are not counted among those of people. */
export function isLockFile(path: string): boolean {
  return /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|poetry\.lock|uv\.lock|pdm\.lock|pipfile\.lock|go\.sum|cargo\.lock|gemfile\.lock|composer\.lock|mix\.lock|packages\.lock\.json|gradle\.lockfile)$/i.test(
    path,
  );
}
