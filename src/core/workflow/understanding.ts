import type { Confidence } from '../evidence/fact';
import type { ShellOutput } from '../shell/commands';
import type { Span } from '../text/position';
import type { CallChain } from './call-chains';
import type { Proof } from './conditions/prove';
import type { LocalActions } from './local-actions';
import type { Job, Step, Workflow } from './model';

/** What a job does. `deploy` is Definition 1 of a deployment, whatever its target. */
export type Purpose = (typeof PURPOSES)[number];

/** Everything that a job is known to do for. */
export const PURPOSES = [
  'lint',
  'unit',
  'smoke',
  'end-to-end',
  'scan',
  'build',
  'package',
  'publish',
  'deploy',
  'verify',
  'rollback',
  'notify',
] as const;

/** What a repository's configuration says that actions or command lines do, by name; none: it does nothing of it. */
export type KnownPurposes = ReadonlyMap<string, readonly Purpose[]>;

/** Why a job is thought to do something: the action, command or environment, where it stands. */
export interface PurposeEvidence {
  readonly purpose: Purpose;
  readonly confidence: Confidence;
  /** Completes "<job> deploys: …", quoting the file: `runs "kubectl apply -f k8s/"`. */
  readonly message: string;
  readonly path: string;
  readonly span: Span;
  /** Null where the evidence is not a step of this job (a called workflow, an environment). */
  readonly stepIndex: number | null;
  /** Inside a composite action its failure cannot fail the step: `|| true`, `continue-on-error`. */
  readonly isForgiven?: boolean;
}

/** One command of a `run:` script, as the shell parser reads it. */
export interface StepCommand {
  readonly step: Step;
  /** The words, quotes removed; `${{ … }}` and `$VAR` kept as written. The first is the program. */
  readonly words: readonly string[];
  readonly span: Span;
  /** Its failure cannot fail the step: `|| true`, `|| echo`, `; true` last, a pipe without pipefail, `set +e`. */
  readonly isSwallowed: boolean;
  /** It runs inside an `if`, `for`, `while`, `case`, function body or the right of `&&`/`||`. */
  readonly isConditional: boolean;
  /** The part of a pipe that it reads (`curl …` for the `bash` in `curl … | bash`); null where it reads none. */
  readonly input: Span | null;
  /** The innermost `for`, `while` or `until` that it stands in, condition included; null outside loops. */
  readonly loop: Span | null;
  /** Where what it prints goes: the log, a file, another command, a value of the script. */
  readonly output: ShellOutput;
  /** The here-documents and here-strings that it reads, as written; null where there is none. */
  readonly hereText: string | null;
  /** The variables that the shell puts into its words, assignments and here-documents, as written: `$TOKEN`, `${TOKEN:0:4}`. */
  readonly expansions: readonly string[];
}

/** Where a deploying job deploys to. */
export type DeployTargetKind = 'production' | 'non-production' | 'unknown';

/** One job of the repository with what the engine understood of it. */
export interface JobFacts {
  readonly workflow: Workflow;
  readonly job: Job;
  readonly purposes: readonly PurposeEvidence[];
  readonly commands: readonly StepCommand[];
  /** What its scripts test by the shell itself: `[ … ]`, `[[ … ]]`; the words with the brackets. */
  readonly tests: readonly StepCommand[];
  /** What its scripts set for the programs that they start: `export A=b`, `A=b program`; each word `NAME=value`. */
  readonly settings: readonly StepCommand[];
  /** Null for a job that does not deploy (or roll back) on strong or moderate evidence. */
  readonly target: { readonly kind: DeployTargetKind; readonly message: string; readonly span: Span } | null;
  /** Every name that its environment can have; null: no file bounds it (Definition 10); none: it has no environment. */
  readonly environmentNames: readonly string[] | null;
  /** The called workflow's facts for a local `uses: ./.github/workflows/…`; null for others. */
  readonly calls: Workflow | null;
}

/** What must hold before production and whether it does, for one production job. */
export type ReachVerdict =
  | { readonly kind: 'holds' }
  | { readonly kind: 'fails'; readonly counterexample: Counterexample }
  | {
      readonly kind: 'unknown';
      readonly because: string;
      readonly span: Span;
      /** It could only fail by a job that runs into its time limit, of which no source says what it ends as. */
      readonly isOnlyByTimeLimit?: boolean;
    };

/** One job of a counterexample: what became of it and why. */
export interface CounterexampleStep {
  readonly path: string;
  readonly job: string;
  readonly result: 'success' | 'failure' | 'cancelled' | 'skipped' | 'starts';
  /** Completes "<job>: <result>, …". */
  readonly why: string;
  readonly span: Span;
}

/** How production is reached though it should not be: a run that GitHub could really make. */
export interface Counterexample {
  readonly trigger: string;
  readonly ref: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly isCancelled: boolean;
  readonly steps: readonly CounterexampleStep[];
}

/** All workflows of one repository, understood together. */
export interface WorkflowSet {
  readonly workflows: readonly Workflow[];
  readonly jobs: readonly JobFacts[];
  /** The repository's composite actions that its workflows use. */
  readonly localActions: LocalActions;
  /** The jobs of one workflow, in the order of its file. */
  jobsOf(workflow: Workflow): readonly JobFacts[];
  factsOf(workflow: Workflow, jobId: string): JobFacts | null;
  /** Direct needs, as jobs; a name that does not exist is left out. */
  needsOf(facts: JobFacts): readonly JobFacts[];
  /** Every ancestor over `needs`, nearest first, each once; a cycle ends. */
  ancestorsOf(facts: JobFacts): readonly JobFacts[];
  /**
   * Every text that a value of the job with expressions in it can become, inputs bound as all callers bind them; null
   * where no file bounds it (Definition 10).
   */
  possibleTexts(facts: JobFacts, text: string): readonly string[] | null;
  /** The jobs that call a workflow of the repository. */
  callersOf(workflow: Workflow): readonly JobFacts[];
  /** Every way in which a job comes to run, through the workflows that call its own. */
  chainsOf(facts: JobFacts): readonly CallChain[];
  /** Where a job deploys to as that chain calls it; null for a job that does not deploy. */
  targetKindIn(chain: CallChain): DeployTargetKind | null;
  /** What is proved of a job as that chain comes to run it. Semantics: docs/semantics.md. */
  proofOf(chain: CallChain): Proof;
  /**
   * Whether `production` can start in a run in which the real result of `guard` is not success, in whatever way it
   * comes to run. Semantics: docs/semantics.md.
   */
  canStartWithout(production: JobFacts, guard: JobFacts): ReachVerdict;
}

/** What the configuration and the parsers bring to understanding. */
export interface UnderstandingOptions {
  /** Names of environments that are production, compared without case; empty: Definition 2 decides. */
  readonly productionEnvironments: readonly string[];
  /** Names that the configuration says are not production. */
  readonly otherEnvironments: readonly string[];
  /** The repository's composite actions, to be looked into; without them their steps do nothing that is known. */
  readonly localActions?: LocalActions;
  /** By action without its version, in lower case; it overrides what the engine knows. */
  readonly knownActions?: KnownPurposes;
  /** By the first words of the command line; the longest that fits overrides what the engine knows. */
  readonly knownCommands?: KnownPurposes;
}
