import type { Range } from '../text/position';
import { isKnown, type Fact, type Known } from './fact';
import type { MigrationToolId } from './migration-tools';

/** The languages that a pipeline is written for, told by a manifest, not by file endings alone. */
export type Language = 'node' | 'python' | 'go' | 'java';

/** One buildable thing: a manifest with the commands that the repository itself defines for it. */
export interface Stack {
  readonly language: Language;
  /** The folder of its manifest from the root; '' for the root itself. */
  readonly folder: string;
  readonly manifest: Fact<string>;
  readonly name: Known<string>;
  readonly version: Known<string>;
  /** npm, pnpm, yarn, bun, pip, poetry, uv, pipenv, go, maven, gradle: told by the lock file or manifest. */
  readonly packageManager: Fact<string>;
  readonly lockFile: Fact<string> | null;
  /** The language's version where a file pins it (`.nvmrc`, `engines`, `go.mod`, `.python-version`, `pom.xml`). */
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
}

/** The phases of a pipeline in their order, cheapest first, up to what is deployed. */
export type PipelinePhase =
  'format' | 'lint' | 'type-check' | 'unit' | 'smoke' | 'end-to-end' | 'scan' | 'build';

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
    | 'fly'
    | 'heroku'
    | 'vercel'
    | 'netlify'
    | 'cloudflare-workers'
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
  /** What an App Service is given: a swap of slots, an image, a package. */
  readonly form?: 'slot' | 'container' | 'package';
  /** What the parameters of the platform (`CLUSTER`, `REGION`, `APP`) are here, as files of the repository say it. */
  readonly values?: readonly Fact<PlatformValue>[];
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
