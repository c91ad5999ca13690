import { shellWord } from '../../../evidence/detect/shell-text';
import { placeholder } from '../../../evidence/fact';
import { expression, type JobSpec, type StepSpec, type Text } from '../workflow-text';
import type { DeployTarget, RepositoryProfile } from '../../../evidence/profile';
import type { PipelinePlan } from '../plan';
import type { Verification } from '../verification';

/** A variable of a GitHub environment that the pipeline reads, and what it holds. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly purpose: string;
  /** The parameter of the target's platform that holds the same: where a file says its value, nobody is asked for it. */
  readonly parameter?: string;
}

/** A credential that lives until somebody changes it, as a secret of an environment: for platforms without OIDC. */
export interface EnvironmentSecret {
  readonly name: string;
  readonly purpose: string;
}

/** A step's script with the environment that it reads. */
export interface Script {
  readonly env: Readonly<Record<string, Text>>;
  readonly run: string;
}

/** One environment on the way to production. */
export interface Place {
  readonly name: string;
  readonly isProduction: boolean;
  /** No environment comes before it: what only the first one does (a build of the platform's own) is done there. */
  readonly isFirst: boolean;
}

/** What the means of a target are made from. */
export interface DeployContext {
  readonly plan: PipelinePlan;
  readonly target: DeployTarget;
  readonly profile: RepositoryProfile;
  /** Every file of the repository. */
  readonly paths: ReadonlySet<string>;
}

/** One step by which a version gets to its users. */
export interface DeployStep {
  /** `Send a tenth of the traffic to it`; null for the deployment itself, which is named after its environment. */
  readonly title: string | null;
  readonly script: Script;
  /** What is asked after it. */
  readonly check: DeployCheck;
  /** Minutes after which it is ended; 20 by default. */
  readonly minutes?: number;
}

/** `once`: the environment; `watch`: the environment, again and again; `address`: the version at an address of its own. */
export type DeployCheck = 'none' | 'once' | 'watch' | 'address';

/** How the target is reached, changed and taken back. */
export interface DeployMeans {
  /** Makes ready and logs in to the cloud or cluster; runs before everything else. */
  readonly login: readonly StepSpec[];
  /** What an environment needs before its deployment besides: a language with its dependencies, say. */
  prepare?(place: Place): readonly StepSpec[];
  /** Permissions that the login needs besides reading the repository. */
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>;
  /** Notes what runs now; null where the target cannot be asked. Writes the names of `recorded` to `GITHUB_OUTPUT`. */
  readonly record: Script | null;
  /** Names of the outputs of `record`. */
  readonly recorded: readonly string[];
  /**
   * How a version gets to the users of an environment; at least one step, and the last one is checked `once`. A step that
   * is checked at its own `address` writes that to `GITHUB_OUTPUT`.
   */
  steps(place: Place): readonly DeployStep[];
  /**
   * Whether an environment runs anything of its own; left out where all do. Where one does not, nothing is noted before,
   * taken back or deployed again: it would be another environment's.
   */
  runsIn?(place: Pick<Place, 'isProduction'>): boolean;
  /** Names that the first environment's deployment writes to `GITHUB_OUTPUT` and that all later ones are given. */
  readonly handedOn: readonly string[];
  /**
   * Scripts that deploy the kept package of an earlier version again, with that version's own files around it: where the
   * platform keeps nothing to go back to.
   */
  readonly fromPackage?: readonly ('restore' | 'redeploy')[];
  /** Says before the approval what will change, and saves it for the deployment: Terraform's plan. */
  readonly planned?: Script;
  /** Checks of what is deployed, beside those of the code: in every run, and in pull requests only. */
  readonly checks?: { readonly always: readonly JobSpec[]; readonly proposed: readonly JobSpec[] };
  /** Variables of the repository that these checks need. */
  readonly repositoryVariables?: readonly EnvironmentVariable[];
  /** What is asked after a deployment in the place of the service's health. */
  readonly check?: Verification;
  /** Goes back to what `record` noted, or to `VERSION`; each `previous…` output is in its upper-case variable. */
  readonly restore: Script;
  /** Deploys an earlier image, or rolls back to `VERSION`, from the rollback workflow. */
  readonly redeploy: Script;
  readonly variables: readonly EnvironmentVariable[];
  readonly secrets: readonly EnvironmentSecret[];
  /** What has to be known of these means, in sentences. */
  readonly notes: readonly string[];
  readonly unknowns: readonly string[];
}

/** The scripts of a means: how it is changed and taken back, without how it is reached. */
export type ScriptsOfMeans = Pick<
  DeployMeans,
  'record' | 'recorded' | 'steps' | 'handedOn' | 'restore' | 'redeploy'
>;

/** A deployment in one step, checked once. */
export function inOneStep(script: Script): () => readonly DeployStep[] {
  return () => [{ title: null, script, check: 'once' }];
}

/** Means that fail with a message: what would have to be known. */
export function unknownMeans(needed: readonly string[]): DeployMeans {
  const script = fails(needed.map((what) => placeholder(what)).join('; '));
  return {
    login: [],
    permissions: {},
    record: null,
    recorded: [],
    steps: inOneStep(script),
    handedOn: [],
    restore: script,
    redeploy: script,
    variables: [],
    secrets: [],
    notes: [],
    unknowns: needed,
  };
}

/** Every script of a means that runs in an environment. */
export function scriptsOf(means: DeployMeans, place: Place): readonly Script[] {
  return [
    ...means.steps(place).map((step) => step.script),
    ...(means.record ? [means.record] : []),
    means.restore,
  ];
}

/** Whether a script asks for the namespace of the environment. */
export function readsNamespace(means: DeployMeans): boolean {
  const place = { name: 'production', isProduction: true, isFirst: false };
  return [...scriptsOf(means, place), means.redeploy].some(({ run }) => run.includes('$NAMESPACE'));
}

/** Minutes for which an environment is asked again and again while few users have the new version. */
export function watchMinutes(place: Pick<Place, 'isProduction'>): number {
  return place.isProduction ? 10 : 2;
}

/** Per cent of the traffic that a canary takes. */
export const CANARY_PERCENT = 10;

/** Ends the script with a clear message where a variable of the environment is empty. */
export function required(variable: string): string {
  return `: "\${${variable}:?set the variable ${variable} in this environment}"`;
}

/** Ends the script with a clear message where a secret of the environment is empty. */
export function requiredSecret(secret: string): string {
  return `: "\${${secret}:?set the secret ${secret} in this environment}"`;
}

/** Ends the script where nothing ran before: there is nothing to go back to. */
export function recordedBefore(variable: string): string {
  return `: "\${${variable}:?nothing ran here before, so there is nothing to go back to}"`;
}

/** A script that fails and says what is needed. */
export function fails(message: string): Script {
  return { env: {}, run: `echo ${shellWord(`::error::${message}`)}\nexit 1` };
}

/** Variables of the environment under their own names, for a script's `env`. */
export function fromVariables(...names: readonly string[]): Readonly<Record<string, Text>> {
  return Object.fromEntries(names.map((name) => [name, expression(`\${{ vars.${name} }}`)]));
}

/** Secrets of the environment under their own names, for a script's `env`. */
export function fromSecrets(...names: readonly string[]): Readonly<Record<string, Text>> {
  return Object.fromEntries(names.map((name) => [name, expression(`\${{ secrets.${name} }}`)]));
}

/** What only the deploying step knows and a later step is given. */
export function fromDeployment(...names: readonly string[]): Readonly<Record<string, Text>> {
  return Object.fromEntries(
    names.map((name) => [name, expression(`\${{ steps.deploy.outputs.${name.toLowerCase()} }}`)]),
  );
}

/** Lines as one script. */
export function lines(...parts: readonly (string | readonly string[])[]): string {
  return parts.flat().join('\n');
}
