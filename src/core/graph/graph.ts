import type { Severity } from '../rules/rule';
import type { Range } from '../text/position';
import type { DeployTargetKind, Purpose } from '../workflow/understanding';

/**
 * The workflows of a repository as a picture shows them: what starts a run, which jobs it goes through, what holds
 * before production and what does not. Plain data; `docs/paths.md` documents it as `release-gate graph --format json`.
 */
export interface PathsGraph {
  readonly scope: GraphScope;
  /** In the order of their paths; a workflow that others call stands inside each caller. */
  readonly workflows: readonly WorkflowCluster[];
  /** Sources before what they lead to, as far as the files allow. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly counterexamples: readonly GraphCounterexample[];
  /** Jobs that were left out since a picture of so many shows nothing. */
  readonly leftOut: number;
}

/** Only the way to production and what takes it back, or every workflow. */
export type GraphScope = 'production' | 'all';

/** A workflow's frame, or that of a called one inside the job that calls it. */
export interface WorkflowCluster {
  readonly id: string;
  readonly path: string;
  /** The workflow's name, else its path. */
  readonly label: string;
  /** The node of the job that calls it; null for a workflow that stands by itself. */
  readonly calledBy: string | null;
  /** Why nothing is known of it; null for one that could be read. */
  readonly problem: string | null;
  readonly range: Range;
}

/** Whether production can be reached past something: `none` where it is not on the way or nothing is said of it. */
export type PathState = 'holds' | 'open' | 'unknown' | 'none';

interface NodeBase {
  /** Stable for as long as the path and the ids stay: `.github/workflows/deploy.yml#test`. */
  readonly id: string;
  readonly cluster: string;
  readonly label: string;
  readonly path: string;
  readonly range: Range;
}

/** An event that starts a workflow. */
export interface TriggerNode extends NodeBase {
  readonly kind: 'trigger';
  /** Its filters in a few words; '' for none. */
  readonly detail: string;
}

/** What a job is on the way to production. */
export type JobRole =
  'production' | 'deployment' | 'unknown-deployment' | 'rollback' | 'check' | 'build' | 'other';

/** A job, with what it does by evidence. */
export interface JobNode extends NodeBase {
  readonly kind: 'job';
  readonly role: JobRole;
  /** By strong or moderate evidence, each once, in the order of a release. */
  readonly does: readonly Purpose[];
  readonly target: DeployTargetKind | null;
  /**
   * The environment as written with every name that it can have (null: no file bounds it). An approval is possible there;
   * whether GitHub demands one no file shows.
   */
  readonly environment: { readonly name: string; readonly names: readonly string[] | null } | null;
  readonly condition: string | null;
  /** The called workflow as written, for a job that calls one. */
  readonly calls: string | null;
  /** The frame of the called workflow where it is drawn inside. */
  readonly inner: string | null;
  /** For a production job. */
  readonly production: ProductionState | null;
  readonly findings: readonly NodeFinding[];
}

/** What was proved of one production job. */
export interface ProductionState {
  /** `open`: a finding shows a way past what must hold, or that nothing holds. */
  readonly state: Exclude<PathState, 'none'>;
  /** Nodes whose success production cannot do without. */
  readonly holds: readonly string[];
  /** Nodes that it can start without. */
  readonly open: readonly string[];
  readonly unknown: readonly { readonly node: string; readonly because: string }[];
}

/** A finding whose place is in the job. */
export interface NodeFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly status: 'fail' | 'unknown' | 'waived';
  readonly message: string;
  readonly range: Range | null;
}

export type GraphNode = TriggerNode | JobNode;

/**
 * `starts`: from an event to the jobs that need no other; `needs`; `calls`: into the called workflow; `chained`: by
 * `workflow_run`, from the workflow's frame; `not-needed`: a guard that nothing on the way to production waits for.
 */
export type EdgeKind = 'starts' | 'needs' | 'calls' | 'chained' | 'not-needed';

export interface GraphEdge {
  readonly id: string;
  readonly kind: EdgeKind;
  /** A node; for `chained` the frame of the workflow that comes first. */
  readonly from: string;
  readonly to: string;
  /** `holds`: no production job behind it can start unless `from` succeeded; `open`: one can. */
  readonly state: PathState;
  /** The production jobs that can start without `from`. */
  readonly openFor: readonly string[];
  /** Where the edge is written: the entry of `needs`, the trigger, the call. */
  readonly path: string;
  readonly range: Range;
}

/** A run that reaches production though it should not, along the edges. */
export interface GraphCounterexample {
  readonly id: string;
  /** The production job; null where it is not drawn. */
  readonly production: string | null;
  /** The finding that it belongs to; null where no rule objects, though an edge is open. */
  readonly finding: (NodeFinding & { readonly path: string }) | null;
  readonly title: string;
  /** Trigger, ref and inputs in a sentence without a full stop. */
  readonly run: string;
  readonly trigger: string;
  readonly ref: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly isCancelled: boolean;
  /** The first is the start of the run; then job by job, in the order in which they are decided. */
  readonly steps: readonly GraphStep[];
}

export interface GraphStep {
  /** Null where the job is not drawn. */
  readonly node: string | null;
  /** The edges by which the run comes here. */
  readonly edges: readonly string[];
  readonly result: 'begins' | 'success' | 'failure' | 'cancelled' | 'skipped' | 'starts';
  readonly why: string;
  /** The whole step in a sentence without a full stop. */
  readonly sentence: string;
  readonly path: string;
  readonly range: Range;
}

/** The node of an id; null for none. */
export function nodeOf(graph: PathsGraph, id: string | null): GraphNode | null {
  return graph.nodes.find((node) => node.id === id) ?? null;
}

/** The production jobs of a picture. */
export function productionJobsOf(graph: PathsGraph): readonly (JobNode & {
  readonly production: ProductionState;
})[] {
  return graph.nodes.flatMap((node) =>
    node.kind === 'job' && node.production ? [{ ...node, production: node.production }] : [],
  );
}
