import { shellWord } from '../../../evidence/detect/shell-text';
import { placeholder } from '../../../evidence/fact';
import type { StepSpec, Text } from '../workflow-text';

/** A variable of a GitHub environment that the pipeline reads, and what it holds. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly purpose: string;
}

/** A step's script with the environment that it reads. */
export interface Script {
  readonly env: Readonly<Record<string, Text>>;
  readonly run: string;
}

/** How the target is reached, changed and taken back. */
export interface DeployMeans {
  /** Logs in to the cloud or cluster; runs before everything else. */
  readonly login: readonly StepSpec[];
  /** Permissions that the login needs besides reading the repository. */
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>;
  /** Notes what runs now; null where the target cannot be asked. Writes `PREVIOUS` names to `GITHUB_OUTPUT`. */
  readonly record: Script | null;
  /** Names of the outputs of `record`. */
  readonly recorded: readonly string[];
  readonly deploy: Script;
  /** Goes back to what `record` noted, or to `VERSION`; each `previous…` output is in its upper-case variable. */
  readonly restore: Script;
  /** Deploys an earlier image, or rolls back to `VERSION`, from the rollback workflow. */
  readonly redeploy: Script;
  readonly variables: readonly EnvironmentVariable[];
  readonly unknowns: readonly string[];
}

/** The scripts of a means: how it is changed and taken back, without how it is reached. */
export type ScriptsOfMeans = Pick<DeployMeans, 'record' | 'recorded' | 'deploy' | 'restore' | 'redeploy'>;

/** Means that fail with a message: what would have to be known. */
export function unknownMeans(needed: readonly string[]): DeployMeans {
  const script = fails(needed.map((what) => placeholder(what)).join('; '));
  return {
    login: [],
    permissions: {},
    record: null,
    recorded: [],
    deploy: script,
    restore: script,
    redeploy: script,
    variables: [],
    unknowns: needed,
  };
}

/** Whether a script asks for the namespace of the environment. */
export function readsNamespace(means: DeployMeans): boolean {
  return means.deploy.run.includes('$NAMESPACE');
}

/** Ends the script with a clear message where a variable of the environment is empty. */
export function required(variable: string): string {
  return `: "\${${variable}:?set the variable ${variable} in this environment}"`;
}

/** Ends the script where nothing ran before: there is nothing to go back to. */
export function recordedBefore(variable: string): string {
  return `: "\${${variable}:?nothing ran here before, so there is nothing to go back to}"`;
}

/** A script that fails and says what is needed. */
export function fails(message: string): Script {
  return { env: {}, run: `echo ${shellWord(`::error::${message}`)}\nexit 1` };
}
