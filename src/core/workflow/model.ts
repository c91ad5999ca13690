import type { LineIndex, Located, Span } from '../text/position';
import type { YamlMap, YamlProblem, YamlScalar, YamlTree, YamlValue } from './yaml-tree';

/** One `on:` event with its filters. `raw` is its whole value, for keys that the model does not name. */
export interface Trigger {
  readonly event: string;
  readonly span: Span;
  readonly branches: readonly Located<string>[] | null;
  readonly branchesIgnore: readonly Located<string>[] | null;
  readonly tags: readonly Located<string>[] | null;
  readonly tagsIgnore: readonly Located<string>[] | null;
  readonly paths: readonly Located<string>[] | null;
  readonly types: readonly Located<string>[] | null;
  /** Names of workflows, for `workflow_run`. */
  readonly workflows: readonly Located<string>[] | null;
  /** For `workflow_dispatch` and `workflow_call`. */
  readonly inputs: readonly WorkflowInput[];
  readonly raw: YamlValue | null;
}

export interface WorkflowInput {
  readonly name: Located<string>;
  /** string, boolean, number, choice or environment; string where the file says nothing. */
  readonly type: string;
  readonly isRequired: boolean;
  readonly defaultValue: Located<string> | null;
  readonly options: readonly Located<string>[];
}

export interface PermissionEntry {
  readonly scope: Located<string>;
  readonly access: Located<string>;
}

/** `all`: `read-all` or `write-all`; an empty map is `scopes` with no entry: nothing is granted. */
export type Permissions =
  | { readonly kind: 'all'; readonly access: string; readonly span: Span }
  | { readonly kind: 'scopes'; readonly entries: readonly PermissionEntry[]; readonly span: Span };

export interface Concurrency {
  readonly group: Located<string> | null;
  /** As written: `true`, `false` or an expression. */
  readonly cancelInProgress: Located<string> | null;
  /** `single` (GitHub's default: one waits, a newer one replaces it) or `max`; as written. */
  readonly queue: Located<string> | null;
  readonly span: Span;
}

export interface EnvironmentUse {
  readonly name: Located<string>;
  readonly url: Located<string> | null;
  /** `deployment: false`: no deployment record is made. As written. */
  readonly deployment: Located<string> | null;
  readonly span: Span;
}

/** A `key: value` whose value is a scalar. */
export interface NamedScalar {
  readonly name: Located<string>;
  readonly value: YamlScalar;
}

export interface Step {
  /** From 0. */
  readonly index: number;
  readonly id: Located<string> | null;
  readonly name: Located<string> | null;
  readonly uses: Located<string> | null;
  readonly with: readonly NamedScalar[];
  readonly run: YamlScalar | null;
  readonly shell: Located<string> | null;
  readonly workingDirectory: Located<string> | null;
  readonly env: readonly NamedScalar[];
  readonly condition: Located<string> | null;
  readonly continueOnError: Located<string> | null;
  readonly timeoutMinutes: Located<string> | null;
  readonly span: Span;
  readonly body: YamlMap;
}

export interface Job {
  readonly id: Located<string>;
  readonly name: Located<string> | null;
  readonly needs: readonly Located<string>[];
  /** As written, with or without `${{ }}`. */
  readonly condition: Located<string> | null;
  readonly environment: EnvironmentUse | null;
  readonly concurrency: Concurrency | null;
  readonly permissions: Permissions | null;
  readonly timeoutMinutes: Located<string> | null;
  readonly continueOnError: Located<string> | null;
  readonly runsOn: YamlValue | null;
  /** The value of `strategy.matrix`: a map, or an expression as a scalar. */
  readonly matrix: YamlValue | null;
  readonly strategy: YamlValue | null;
  readonly env: readonly NamedScalar[];
  readonly outputs: readonly NamedScalar[];
  readonly defaultShell: Located<string> | null;
  /** The called workflow, for a job that calls one. */
  readonly uses: Located<string> | null;
  readonly with: readonly NamedScalar[];
  readonly secrets: {
    readonly isInherited: boolean;
    readonly entries: readonly NamedScalar[];
    readonly span: Span;
  } | null;
  readonly steps: readonly Step[];
  /** From the id to the end of the body. */
  readonly span: Span;
  readonly body: YamlMap;
}

/** A workflow file, read. Unknown keys are kept in `tree` and are never an error. */
export interface Workflow {
  readonly path: string;
  readonly text: string;
  readonly lines: LineIndex;
  readonly tree: YamlTree;
  /** What makes judging impossible: syntax errors, no `jobs`, not a map. A workflow with a problem is not judged. */
  readonly problems: readonly YamlProblem[];
  readonly name: Located<string> | null;
  readonly triggers: readonly Trigger[];
  readonly permissions: Permissions | null;
  readonly concurrency: Concurrency | null;
  readonly env: readonly NamedScalar[];
  readonly defaultShell: Located<string> | null;
  readonly jobs: readonly Job[];
}
