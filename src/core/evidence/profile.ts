import type { Range } from '../text/position';
import { isKnown, type Fact, type Known } from './fact';
import type { MigrationToolId } from './migration-tools';

/** The languages that a pipeline is written for, told by a manifest, not by file endings alone. */
export type Language = 'node' | 'python' | 'go' | 'java' | 'rust' | 'dotnet' | 'ruby' | 'php';

/** Languages as people write them. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  node: 'Node',
  python: 'Python',
  go: 'Go',
  java: 'Java',
  rust: 'Rust',
  dotnet: '.NET',
  ruby: 'Ruby',
  php: 'PHP',
};

/** One buildable thing: a manifest with the commands that the repository itself defines for it. */
export interface Stack {
  readonly language: Language;
  /** The folder of its manifest from the root; '' for the root itself. */
  readonly folder: string;
  readonly manifest: Fact<string>;
  readonly name: Known<string>;
  readonly version: Known<string>;
  /**
   * npm, pnpm, yarn, bun, pip, poetry, uv, pipenv, go, maven, gradle, cargo, nuget, bundler, composer: told by the lock
   * file or manifest.
   */
  readonly packageManager: Fact<string>;
  readonly lockFile: Fact<string> | null;
  /**
   * The language's version where a file pins it (`.nvmrc`, `engines`, `go.mod`, `.python-version`, `pom.xml`,
   * `rust-toolchain.toml`, `global.json`, `.ruby-version`, `composer.json`).
   */
  readonly languageVersion: Known<string>;
  /** Commands that exist here, by phase; a phase without a configured tool has none. Shell, run in `folder`. */
  readonly commands: Readonly<Partial<Record<PipelinePhase, readonly Fact<string>[]>>>;
  /** Whether other code installs it from a package registry rather than its being run as a service. */
  readonly isPublished: boolean;
  /** The registry that its manifest or `.npmrc` names for it; left out where none is named: the public one. */
  readonly registry?: Fact<string>;
  /** The folder of the workspace's root manifest, where this one is a member: dependencies are installed there. */
  readonly workspaceRoot?: string;
  /** What the build writes, as paths or globs from `folder`, where a file tells it. */
  readonly outputs?: readonly Fact<string>[];
  /** The tools that are set up here, whether or not a command of the repository calls them. */
  readonly tools?: readonly Fact<ConfiguredTool>[];
  /** How tests are run with coverage; left out where no file sets coverage up. */
  readonly coverage?: CoverageSetup;
  /** Where test runners are set up to write JUnit reports, as paths or globs from `folder`. */
  readonly testReports?: readonly Fact<string>[];
  /** What its tests talk to beside themselves, where a file names it. */
  readonly services?: readonly Fact<TestService>[];
  /** Optional dependencies that its commands need: extras of the package, or dependency groups (PEP 735). */
  readonly optionalDependencies?: readonly Fact<OptionalDependencies>[];
  /** Extensions of the language's runtime that the manifest asks for: PHP's, without `ext-`. */
  readonly extensions?: readonly Fact<string>[];
}

/** A set of dependencies that is installed only when it is asked for by name. */
export interface OptionalDependencies {
  readonly kind: 'extra' | 'group';
  readonly name: string;
}

/** A server that tests need running, by the adapter that reaches it. */
export type TestService = 'postgresql' | 'mysql2' | 'trilogy';

/** The phases of a pipeline in their order, cheapest first, up to what is deployed. */
export type PipelinePhase =
  'format' | 'lint' | 'type-check' | 'unit' | 'integration' | 'smoke' | 'end-to-end' | 'scan' | 'build';

/** The phases in their order. */
export const PIPELINE_PHASES: readonly PipelinePhase[] = [
  'format',
  'lint',
  'type-check',
  'unit',
  'integration',
  'smoke',
  'end-to-end',
  'scan',
  'build',
];

/** A tool by its name, with what it is there for. */
export interface ConfiguredTool {
  /** As its makers write it: `ESLint`, `pytest`, `Playwright`. */
  readonly name: string;
  readonly does: PipelinePhase | 'coverage';
}

/** How the tests of a stack are run so that they say what they cover. */
export interface CoverageSetup {
  readonly tool: Fact<string>;
  /** Shell, run in the stack's `folder`. */
  readonly command: Known<string>;
  /** Where the command leaves its report, from `folder`. */
  readonly report: Known<CoverageReport>;
  /** Per cent of lines that the tool itself is set up to ask for. */
  readonly threshold: Fact<number> | null;
}

/** One report of coverage; `lcov` and `cobertura` are those that the gate reads. */
export interface CoverageReport {
  readonly path: string;
  readonly format: 'lcov' | 'cobertura' | 'jacoco' | 'clover' | 'go' | 'json';
}

/** A file that could not be read for the profile: said, and the others are read all the same. */
export interface ProfileProblem {
  readonly path: string;
  /** Completes "<path> …". */
  readonly message: string;
  readonly range: Range | null;
}

/** How a deployment reaches its target, as far as files of the repository show it. */
export interface DeployTarget {
  readonly kind:
    | 'kubernetes'
    | 'helm'
    | 'kustomize'
    | 'argo-cd'
    | 'terraform'
    | 'ecs'
    | 'cloud-run'
    | 'lambda'
    | 'app-service'
    | 'azure-functions'
    | 'fly'
    | 'heroku'
    | 'vercel'
    | 'netlify'
    | 'cloudflare-workers'
    | 'cloudflare-pages'
    /** A host that is reached over SSH, with files copied to it; containers that compose starts there are `compose`. */
    | 'ssh'
    | 'script'
    | 'compose'
    | 'other';
  /** What is deployed or applied, by path. */
  readonly path: Fact<string>;
  /** The exact command that the repository uses for it, with `${ENV}` and `${VERSION}` for what varies. */
  readonly deployCommand: Known<string>;
  readonly rollbackCommand: Known<string>;
  /** What runs there, where a manifest names it: what a new image is given to. */
  readonly workloads?: readonly Fact<Workload>[];
  /** What an App Service, Azure Functions or Heroku is given: a swap of slots, an image, a package. */
  readonly form?: 'slot' | 'container' | 'package';
  /** The program that the repository deploys with, where its platform has several. */
  readonly tool?: Fact<DeployTool>;
  /** Whose cluster the manifests go to, where Terraform, a workflow or a script shows it. */
  readonly cluster?: Fact<ClusterKind>;
  /** What the scripts of the target end without, besides what their call gives them. */
  readonly scriptVariables?: readonly Fact<ScriptVariable>[];
  /** Said where the scripts of the target reach other hosts over SSH, by a key that their surroundings hold. */
  readonly reachesHosts?: Fact<true>;
  /** What the files of a Terraform folder say of themselves. */
  readonly terraform?: TerraformFolder;
  /** What the parameters of the platform (`CLUSTER`, `REGION`, `APP`) are here, as files of the repository say it. */
  readonly values?: readonly Fact<PlatformValue>[];
}

/** A variable that a script takes from its environment. */
export interface ScriptVariable {
  readonly name: string;
  /** Told by its name: a token, a password, a key. */
  readonly isSecret: boolean;
  /** The script's own words for it, where it has some. */
  readonly purpose: string;
}

/** AWS SAM, Serverless Framework and AWS CDK for Lambda; what reaches a host; Kamal for containers on one. */
export type DeployTool =
  'sam' | 'serverless' | 'cdk' | 'ansible' | 'capistrano' | 'deployer' | 'rsync' | 'scp' | 'kamal';

/** A folder that Terraform is run in. */
export interface TerraformFolder {
  /** Clouds of its providers and of the backend that keeps its state, each once. */
  readonly clouds: readonly ('aws' | 'azure' | 'google')[];
  /** Its tests: `mocked` where every file of them stands in for a provider, so that none is logged in to. */
  readonly tests: 'none' | 'mocked' | 'real';
}

/** Managed Kubernetes of Amazon, Google and Azure. */
export type ClusterKind = 'eks' | 'gke' | 'aks';

/** A registry that packages or images of the repository are published to. */
export interface Registry {
  readonly kind:
    | 'npm'
    | 'pypi'
    | 'crates'
    | 'maven'
    | 'nuget'
    | 'rubygems'
    | 'packagist'
    | 'vscode-marketplace'
    | 'ghcr'
    | 'docker-hub'
    | 'ecr'
    | 'artifact-registry'
    | 'acr'
    | 'quay'
    | 'other';
  readonly holds: 'packages' | 'images';
  /** The registry's address as a file has it: `https://npm.pkg.github.com`, `ghcr.io`; null for the public one of its kind. */
  readonly address: string | null;
  /** The package or image there, without version; null where no file names it. */
  readonly name: string | null;
  /** The folder of the manifest of what is published; null for an image that no manifest is beside. */
  readonly folder: string | null;
  /** The command of the repository's own that makes the package, in `folder`; left out where none is known. */
  readonly packCommand?: string;
}

/** How versions are given. */
export interface Versioning {
  readonly scheme: 'semantic' | 'calendar' | 'other';
  /** What sets the next version; null: a person does, in a manifest or by a tag. */
  readonly tool: VersioningTool | null;
  /** What release tags begin with, mostly `v`; null where no tag and no setting shows it. */
  readonly tagPrefix: string | null;
}

export type VersioningTool =
  | 'changesets'
  | 'release-please'
  | 'semantic-release'
  | 'python-semantic-release'
  | 'lerna'
  | 'nx'
  | 'release-it'
  | 'standard-version'
  | 'cargo-release'
  | 'release-plz'
  | 'setuptools-scm'
  | 'hatch-vcs'
  | 'poetry-dynamic-versioning'
  | 'bump2version'
  | 'commitizen'
  | 'goreleaser'
  | 'gitversion'
  | 'minver'
  | 'nerdbank-gitversioning'
  | 'jreleaser'
  | 'axion-release';

/** Packages that are kept and worked on together. */
export interface Workspace {
  readonly tool:
    | 'npm'
    | 'pnpm'
    | 'yarn'
    | 'bun'
    | 'nx'
    | 'turbo'
    | 'lerna'
    | 'rush'
    | 'go'
    | 'uv'
    | 'cargo'
    | 'maven'
    | 'gradle'
    | 'dotnet';
  /** The folder of its root; '' for the root itself. */
  readonly folder: string;
  /** Folders of its members, sorted; none where only the tool itself can list them. */
  readonly members: readonly string[];
}

/** What one workflow of the repository does, from its actions and commands. */
export interface WorkflowUse {
  readonly path: string;
  readonly name: string | null;
  /** Names of the events that start it. */
  readonly triggers: readonly string[];
  /** What its jobs do (`unit`, `deploy` …), each with the steps that show it. */
  readonly does: readonly Fact<string>[];
  readonly environments: readonly string[];
}

/** A value that a parameter of a platform has in one environment, or in the one that nothing names. */
export interface PlatformValue {
  readonly parameter: string;
  readonly value: string;
  readonly environment: string | null;
}

/** Something that runs containers, as its manifest names it. */
export interface Workload {
  /** As the manifest has it: `Deployment`, `StatefulSet`, `DaemonSet`; `Service` for Cloud Run; the Helm release. */
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | null;
  readonly container: string | null;
  /** Without tag and digest; null where the manifest leaves it to a template. */
  readonly image: string | null;
}

/** Migrations of one tool. */
export interface MigrationsInUse {
  readonly tool: MigrationToolId;
  readonly folder: string;
  /** Whether files that only go back stand beside them, where the tool has such files. */
  readonly hasUndoFiles: boolean;
}

export interface Environment {
  readonly name: string;
  readonly isProduction: boolean;
}

/** A link or query that a file of the repository gives: a dashboard, a log query, an alert, a health endpoint. */
export interface OperationsLink {
  readonly kind: 'dashboard' | 'logs' | 'alert' | 'health' | 'metric';
  readonly name: string;
  /** A URL, a path such as `/healthz`, or a query, as the file has it. */
  readonly target: string;
}

/** What a repository is, read from its files and history: the ground for plan, pipeline, runbook and postmortem. */
export interface RepositoryProfile {
  readonly service: Known<string>;
  readonly remote: Known<{ readonly host: string; readonly owner: string; readonly name: string }>;
  readonly defaultBranch: Known<string>;
  readonly stacks: readonly Stack[];
  /** Dockerfiles that build an image of the service. */
  readonly dockerfiles: readonly Fact<string>[];
  /** The image's name without tag, where a workflow or manifest names it. */
  readonly image: Known<string>;
  readonly deployTargets: readonly DeployTarget[];
  /** What might be one and is evidenced too thinly (a Procfile alone): shown and asked for, never deployed to. */
  readonly possibleTargets: readonly DeployTarget[];
  /** Whether something here is deployed and run; false only where the configuration says that nothing is. */
  readonly isDeployed: Known<boolean>;
  /** Where packages and images go. A repository without deployment target and with one of packages is a library. */
  readonly registries: readonly Fact<Registry>[];
  readonly versioning: Known<Versioning>;
  readonly workspaces: readonly Fact<Workspace>[];
  /** From workflows (`environment:`), manifests and overlays, in order of promotion, production last. */
  readonly environments: readonly Fact<Environment>[];
  readonly deployScript: Fact<string> | null;
  readonly rollbackScript: Fact<string> | null;
  /** A script or command that asks the deployed system. */
  readonly smokeTest: Fact<string> | null;
  readonly operations: readonly Fact<OperationsLink>[];
  /** People and teams of CODEOWNERS, most general pattern first. */
  readonly owners: readonly Fact<string>[];
  readonly migrationFolders: readonly Fact<string>[];
  /** The tools that run them. */
  readonly migrationTools?: readonly Fact<MigrationsInUse>[];
  readonly infrastructure: readonly Fact<string>[];
  /** Paths under `.github/workflows`. */
  readonly workflows: readonly string[];
  /** What those of them do that can be read; left out where nobody understood them (`readProfile` does). */
  readonly workflowUses?: readonly WorkflowUse[];
  /** Cloud providers that workflows log in to, that the deploy script calls, or that run what the Terraform files make. */
  readonly clouds: readonly Fact<'aws' | 'azure' | 'google'>[];
  /** Files of which the profile knows less than they hold: broken, unreadable, or with a name that is refused. */
  readonly problems?: readonly ProfileProblem[];
}

/** The command that goes back, from the script or platform of the repository; null where no target knows one. */
export function rollbackCommandOf(profile: Pick<RepositoryProfile, 'deployTargets'>): Fact<string> | null {
  const known = profile.deployTargets
    .map((target) => target.rollbackCommand)
    .find((command) => isKnown(command));
  return known && isKnown(known) ? known : null;
}
