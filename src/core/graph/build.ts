import { runSentence, stepSentence } from '../gate/reports/counterexample';
import type { Finding } from '../gate/report';
import {
  asksConclusion,
  chainedFrom,
  chainTriggerOf,
  hasPurpose,
  onlyRollsBack,
  productionPathOf,
  startsByItself,
  type ProductionPath,
} from '../rules/workflow/production-path';
import type { Range, Span } from '../text/position';
import type { Trigger, Workflow } from '../workflow/model';
import { kindOfEnvironmentName } from '../workflow/targets';
import type {
  Counterexample,
  JobFacts,
  Purpose,
  ReachVerdict,
  UnderstandingOptions,
  WorkflowSet,
} from '../workflow/understanding';
import type {
  EdgeKind,
  GraphCounterexample,
  GraphEdge,
  GraphNode,
  GraphScope,
  GraphStep,
  JobNode,
  JobRole,
  NodeFinding,
  PathState,
  PathsGraph,
  ProductionState,
  TriggerNode,
  WorkflowCluster,
} from './graph';

/** What a picture is made from: the understood workflows of one repository and what the gate found in it. */
export interface GraphInput {
  /** Null where no workflow could be read. */
  readonly set: WorkflowSet | null;
  readonly findings: readonly Finding[];
  /** Names of environments that the configuration says something of. */
  readonly environments?: { readonly production: readonly string[]; readonly other: readonly string[] };
}

/** A picture of more jobs shows nothing to anybody; the rest is counted. */
const MAX_JOBS = 1_000;

/** GitHub allows ten levels of called workflows. */
const MAX_CALL_DEPTH = 10;

/** Questions to the proof for one picture; each is bounded in itself. */
const MAX_QUESTIONS = 3_000;

/** Edges that no rule objects to, but that production can start without: so many are shown as runs. */
const MAX_RUNS_WITHOUT_FINDING = 5;

/** Rules whose finding at a production job means that it can be reached past what must hold, or that nothing holds. */
const RULES_OF_THE_WAY: ReadonlySet<string> = new Set([
  'prod-without-tests',
  'prod-without-staging',
  'prod-without-environment',
  'gate-defeated-by-condition',
  'unsafe-trigger-reaches-prod',
]);

const PURPOSES: readonly Purpose[] = [
  'lint',
  'unit',
  'scan',
  'build',
  'package',
  'publish',
  'deploy',
  'verify',
  'smoke',
  'end-to-end',
  'rollback',
  'notify',
];
const CHECKS: readonly Purpose[] = ['lint', 'unit', 'scan', 'smoke', 'end-to-end'];

/** A workflow in one of its places: by itself, or inside a job that calls it. */
interface Place {
  readonly id: string;
  readonly workflow: Workflow;
  readonly caller: PlacedJob | null;
  readonly triggers: TriggerNode[];
  readonly jobs: PlacedJob[];
}

interface PlacedJob {
  readonly id: string;
  readonly facts: JobFacts;
  readonly place: Place;
  inner: Place | null;
  /** Every name that its environment can have here, as this caller binds the inputs; null: no file bounds it. */
  environmentNames: readonly string[] | null;
  /** One workflow deploys to many places: whether this one is production, as this caller binds the inputs. */
  isProduction: boolean;
}

/**
 * The picture of a repository's workflows. Equal input gives an equal picture; nothing in it is asked of GitHub.
 *
 * @param scope `production`: what leads to a production deployment, what checks it and what takes it back, and the
 *   deployments of which nothing says where they go; `all`: every job of every workflow.
 */
export function graphOf(input: GraphInput, scope: GraphScope): PathsGraph {
  const { set, findings } = input;
  const broken = brokenClusters(input);
  if (!set) {
    return { scope, workflows: broken, nodes: [], edges: [], counterexamples: [], leftOut: 0 };
  }
  const path = productionPathOf(set);
  const kept = scope === 'all' ? new Set(set.jobs) : jobsOfTheWay(set, path, findings);
  const drawing = place(set, kept);
  bindInputs(set, drawing.jobs, path, input.environments);
  const proofs = prove(set, drawing.jobs);
  const links = linksOf(set, drawing, proofs);
  const byPath = new Map<string, Finding[]>();
  for (const finding of findings) byPath.set(finding.path, [...(byPath.get(finding.path) ?? []), finding]);
  const counterexamples = counterexamplesOf(set, drawing, proofs, links, findings);
  const nodes = [...drawing.places.values()].flatMap((each): GraphNode[] => [
    ...each.triggers,
    ...each.jobs.map((job) =>
      jobNode(
        job,
        path,
        byPath.get(job.facts.workflow.path) ?? [],
        proofs.get(job) ?? null,
        counterexamples,
        set,
      ),
    ),
  ]);
  return {
    scope,
    workflows: [
      ...[...drawing.places.values()].map((each) => ({ root: rootOf(each), cluster: clusterOf(each) })),
    ]
      .sort((one, other) => compare(one.root, other.root))
      .map(({ cluster }) => cluster)
      .concat(broken),
    nodes,
    edges: links,
    counterexamples,
    leftOut: drawing.leftOut,
  };
}

/** The path of the workflow in which a called one is drawn; its own for one by itself. */
function rootOf(each: Place): string {
  let outer = each;
  while (outer.caller) outer = outer.caller.place;
  return outer.workflow.path;
}

/** What deploys to production or may, what takes it back, all that these wait for, and what checks them afterwards. */
function jobsOfTheWay(
  set: WorkflowSet,
  path: ProductionPath,
  findings: readonly Finding[],
): ReadonlySet<JobFacts> {
  const kept = new Set<JobFacts>();
  const inside = new Map<Workflow, JobFacts[]>();
  for (const facts of set.jobs) {
    const jobs = inside.get(facts.workflow) ?? [];
    inside.set(facts.workflow, jobs);
    jobs.push(facts);
  }
  const callers = new Map<Workflow, JobFacts[]>();
  for (const facts of set.jobs) {
    if (facts.calls) callers.set(facts.calls, [...(callers.get(facts.calls) ?? []), facts]);
  }
  const rollbacks = path.deploying.filter(
    (facts) => onlyRollsBack(facts) && facts.target?.kind !== 'non-production',
  );
  const pending = [...path.production, ...path.unknownTarget, ...rollbacks];
  for (const { counterexample } of findings) {
    for (const step of counterexample?.steps ?? []) {
      const workflow = set.workflows.find((each) => each.path === step.path);
      const facts = workflow ? set.factsOf(workflow, step.job) : null;
      if (facts) pending.push(facts);
    }
  }
  for (let facts = pending.pop(); facts; facts = pending.pop()) {
    if (kept.has(facts)) continue;
    kept.add(facts);
    pending.push(...set.needsOf(facts), ...(callers.get(facts.workflow) ?? []));
    // A job that calls a workflow is over when every job inside is.
    if (facts.calls) pending.push(...(inside.get(facts.calls) ?? []));
    for (const before of chainedFrom(set, facts.workflow)) pending.push(...(inside.get(before) ?? []));
  }
  const production = new Set([...path.production, ...path.unknownTarget]);
  const leads = (facts: JobFacts): boolean =>
    set.ancestorsOf(facts).some((ancestor) => production.has(ancestor) || calls(ancestor, production));
  for (const workflow of new Set([...kept].map((facts) => facts.workflow))) {
    for (const facts of inside.get(workflow) ?? []) {
      if (!kept.has(facts) && leads(facts)) {
        kept.add(facts);
        for (const need of set.ancestorsOf(facts)) kept.add(need);
      }
    }
  }
  return kept;
}

function calls(facts: JobFacts, production: ReadonlySet<JobFacts>): boolean {
  return facts.calls !== null && [...production].some((other) => other.workflow === facts.calls);
}

interface Drawing {
  readonly places: ReadonlyMap<string, Place>;
  readonly jobs: readonly PlacedJob[];
  readonly leftOut: number;
}

/** Puts every job that is kept into its places: once for a workflow by itself, once for each caller of a called one. */
function place(set: WorkflowSet, kept: ReadonlySet<JobFacts>): Drawing {
  const places = new Map<string, Place>();
  const jobs: PlacedJob[] = [];
  const ids = new Set<string>();
  const drawn = new Set<JobFacts>();
  const inside = new Map<Workflow, JobFacts[]>();
  for (const facts of set.jobs) {
    if (!kept.has(facts)) continue;
    const list = inside.get(facts.workflow) ?? [];
    inside.set(facts.workflow, list);
    list.push(facts);
  }
  const called = new Set([...kept].flatMap((facts) => (facts.calls ? [facts.calls] : [])));

  const add = (workflow: Workflow, caller: PlacedJob | null, above: readonly Workflow[]): Place => {
    const id = caller ? `${caller.id}/${workflow.path}` : workflow.path;
    const isAlone = startsByItself(workflow);
    const own: Place = { id, workflow, caller, triggers: [], jobs: [] };
    places.set(id, own);
    if (!caller) {
      const seen = new Map<string, number>();
      for (const trigger of workflow.triggers) {
        if (isAlone && trigger.event === 'workflow_call') continue;
        const count = (seen.get(trigger.event) ?? 0) + 1;
        seen.set(trigger.event, count);
        own.triggers.push({
          kind: 'trigger',
          id: `${id}@${trigger.event}${count > 1 ? `~${count}` : ''}`,
          cluster: id,
          label: trigger.event,
          detail: triggerDetail(trigger),
          path: workflow.path,
          range: workflow.lines.rangeOf(trigger.span),
        });
      }
    }
    for (const facts of inside.get(workflow) ?? []) {
      if (jobs.length >= MAX_JOBS) break;
      let jobId = `${id}#${facts.job.id.value}`;
      for (let copy = 2; ids.has(jobId); copy++) jobId = `${id}#${facts.job.id.value}~${copy}`;
      ids.add(jobId);
      const job: PlacedJob = {
        id: jobId,
        facts,
        place: own,
        inner: null,
        environmentNames: facts.environmentNames,
        isProduction: false,
      };
      own.jobs.push(job);
      jobs.push(job);
      drawn.add(facts);
    }
    for (const job of own.jobs) {
      const inner = job.facts.calls;
      if (!inner || above.includes(inner) || inner === workflow || above.length >= MAX_CALL_DEPTH) continue;
      const size = inside.get(inner)?.length ?? 0;
      if (size === 0 || jobs.length + size > MAX_JOBS) continue;
      job.inner = add(inner, job, [...above, workflow]);
    }
    return own;
  };
  const ordered = [...inside.keys()].sort((one, other) => compare(one.path, other.path));
  for (const workflow of ordered) {
    if (jobs.length < MAX_JOBS && (startsByItself(workflow) || !called.has(workflow)))
      add(workflow, null, []);
  }
  // Workflows that only call one another in a circle have no beginning; each still has its place.
  for (const workflow of ordered) {
    if (jobs.length < MAX_JOBS && !inside.get(workflow)?.some((facts) => drawn.has(facts)))
      add(workflow, null, []);
  }
  return { places, jobs, leftOut: [...kept].filter((facts) => !drawn.has(facts)).length };
}

/** Tells of each job in its place what the caller there makes of its environment. */
function bindInputs(
  set: WorkflowSet,
  jobs: readonly PlacedJob[],
  path: ProductionPath,
  environments: GraphInput['environments'],
): void {
  const production = new Set(path.production);
  const options: UnderstandingOptions = {
    productionEnvironments: environments?.production ?? [],
    otherEnvironments: environments?.other ?? [],
  };
  for (const job of jobs) {
    const { environment } = job.facts.job;
    const input = /^\$\{\{\s*inputs\.([\w-]+)\s*\}\}$/.exec(environment?.name.value.trim() ?? '')?.[1];
    if (input !== undefined) job.environmentNames = boundTexts(set, job, input) ?? job.environmentNames;
    const kinds = (job.environmentNames ?? []).map((name) => kindOfEnvironmentName(name, options));
    const isElsewhere = kinds.length > 0 && kinds.every((kind) => kind === 'non-production');
    job.isProduction = production.has(job.facts) && !(input !== undefined && isElsewhere);
  }
}

/** What the caller of this place gives an input; null where no file bounds it. */
function boundTexts(set: WorkflowSet, job: PlacedJob, input: string): readonly string[] | null {
  const { caller, workflow } = job.place;
  if (!caller) return null;
  const name = input.toLowerCase();
  const given = caller.facts.job.with.find((entry) => entry.name.value.toLowerCase() === name)?.value.text;
  const fallback = workflow.triggers
    .find((trigger) => trigger.event === 'workflow_call')
    ?.inputs.find((each) => each.name.value.toLowerCase() === name)?.defaultValue?.value;
  const text = given ?? fallback;
  if (text === undefined) return null;
  const outer = /^\$\{\{\s*inputs\.([\w-]+)\s*\}\}$/.exec(text.trim())?.[1];
  const handedOn = outer === undefined ? null : boundTexts(set, caller, outer);
  return handedOn ?? set.possibleTexts(caller.facts, text);
}

/** Filters of an event in a few words. */
function triggerDetail(trigger: Trigger): string {
  const list = (name: string, items: readonly { readonly value: string }[] | null): readonly string[] =>
    items ? [`${name} ${items.map((item) => item.value).join(', ')}`] : [];
  const crons =
    trigger.event === 'schedule' && trigger.raw?.kind === 'list'
      ? trigger.raw.items.flatMap((item) =>
          item.kind === 'map'
            ? item.entries.flatMap(({ key, value }) =>
                key.text === 'cron' && value.kind === 'scalar' ? [value.text] : [],
              )
            : [],
        )
      : [];
  return [
    ...list('after', trigger.workflows),
    ...list('branches', trigger.branches),
    ...list('not branches', trigger.branchesIgnore),
    ...list('tags', trigger.tags),
    ...list('not tags', trigger.tagsIgnore),
    ...list('paths', trigger.paths),
    ...list('types', trigger.types),
    ...(crons.length > 0 ? [crons.join(', ')] : []),
    ...(trigger.inputs.length > 0 && trigger.event === 'workflow_dispatch'
      ? [`inputs ${trigger.inputs.map((input) => input.name.value).join(', ')}`]
      : []),
  ].join('; ');
}

/** What was asked for one production job: what it can start without, by the job that it might start without. */
interface Proof {
  readonly verdicts: ReadonlyMap<PlacedJob, ReachVerdict>;
  /** The jobs that start it: itself, the job that calls its workflow, that one's caller. */
  readonly links: readonly PlacedJob[];
}

function prove(set: WorkflowSet, jobs: readonly PlacedJob[]): ReadonlyMap<PlacedJob, Proof> {
  const proofs = new Map<PlacedJob, Proof>();
  let questions = 0;
  const ask = (link: PlacedJob, guard: PlacedJob): ReachVerdict => {
    if (++questions > MAX_QUESTIONS) {
      return {
        kind: 'unknown',
        because: 'there are too many jobs to ask about each',
        span: link.facts.job.id.span,
      };
    }
    return set.canStartWithout(link.facts, guard.facts);
  };
  for (const job of jobs) {
    if (!job.isProduction) continue;
    const verdicts = new Map<PlacedJob, ReachVerdict>();
    const links: PlacedJob[] = [];
    for (let link: PlacedJob | null = job; link; link = link.place.caller) {
      links.push(link);
      for (const guard of ancestorsAt(set, link)) {
        verdicts.set(guard, ask(link, guard));
        for (const within of guard.inner?.jobs ?? []) verdicts.set(within, ask(link, within));
      }
    }
    proofs.set(job, { verdicts, links });
  }
  return proofs;
}

/** The drawn jobs that one waits for, in its own place. */
function ancestorsAt(set: WorkflowSet, job: PlacedJob): readonly PlacedJob[] {
  const ancestors = new Set(set.ancestorsOf(job.facts));
  return job.place.jobs.filter((other) => ancestors.has(other.facts));
}

function linksOf(set: WorkflowSet, drawing: Drawing, proofs: ReadonlyMap<PlacedJob, Proof>): GraphEdge[] {
  const edges: GraphEdge[] = [];
  const ids = new Set<string>();
  const add = (edge: Omit<GraphEdge, 'id'>): void => {
    const id = `${edge.from} -> ${edge.to}`;
    if (ids.has(id)) return;
    ids.add(id);
    edges.push({ id, ...edge });
  };
  // By edge, what each production job behind it says of the job where it begins.
  const said = new Map<PlacedJob, Map<PlacedJob, { state: PathState; openFor: string[] }>>();
  for (const [production, proof] of proofs) {
    const cone = new Set<PlacedJob>([...proof.links, ...proof.verdicts.keys()]);
    for (const target of cone) {
      const needs = new Set(set.needsOf(target.facts));
      for (const source of target.place.jobs) {
        const verdict = needs.has(source.facts) ? proof.verdicts.get(source) : undefined;
        if (!verdict) continue;
        const byTarget = said.get(source) ?? new Map<PlacedJob, { state: PathState; openFor: string[] }>();
        said.set(source, byTarget);
        const entry = byTarget.get(target) ?? { state: 'none', openFor: [] };
        byTarget.set(target, entry);
        const state = stateOf(verdict);
        if (state === 'open') entry.openFor.push(production.id);
        if (rank(state) > rank(entry.state)) entry.state = state;
      }
    }
  }
  for (const { workflow, triggers, jobs, caller } of drawing.places.values()) {
    const range = (span: Span): Range => workflow.lines.rangeOf(span);
    for (const job of jobs) {
      const { facts } = job;
      const needs = new Map(set.needsOf(facts).map((need) => [need, need.job.id.value.toLowerCase()]));
      if (needs.size === 0) {
        const { path } = workflow;
        for (const trigger of triggers) {
          const kind: EdgeKind = 'starts';
          add({ kind, from: trigger.id, to: job.id, state: 'none', openFor: [], path, range: trigger.range });
        }
        if (caller) {
          add({
            kind: 'calls',
            from: caller.id,
            to: job.id,
            state: 'none',
            openFor: [],
            path: caller.facts.workflow.path,
            range: caller.facts.workflow.lines.rangeOf(
              caller.facts.job.uses?.span ?? caller.facts.job.id.span,
            ),
          });
        }
      }
      for (const source of jobs) {
        const name = needs.get(source.facts);
        if (name === undefined) continue;
        const entry = said.get(source)?.get(job);
        const written = facts.job.needs.find((need) => need.value.toLowerCase() === name);
        add({
          kind: 'needs',
          from: source.id,
          to: job.id,
          state: entry?.state ?? 'none',
          openFor: entry?.openFor ?? [],
          path: workflow.path,
          range: range(written?.span ?? facts.job.id.span),
        });
      }
    }
    const chain = caller ? null : chainTriggerOf(workflow);
    const node = triggers.find((trigger) => trigger.label === 'workflow_run');
    if (!chain || !node) continue;
    const behind = [...proofs].filter(([, proof]) =>
      proof.links.some((link) => link.place.id === workflow.path),
    );
    const asked = behind.map(([production, proof]) => ({ production, state: chainState(set, proof) }));
    const worst = asked.reduce<PathState>(
      (state, each) => (rank(each.state) > rank(state) ? each.state : state),
      'none',
    );
    for (const before of chainedFrom(set, workflow)) {
      if (!drawing.places.has(before.path)) continue;
      const written = chain.workflows?.find((name) => name.value === (before.name?.value ?? before.path));
      add({
        kind: 'chained',
        from: before.path,
        to: node.id,
        state: worst,
        openFor: asked.filter((each) => each.state === 'open').map((each) => each.production.id),
        path: workflow.path,
        range: range(written?.span ?? chain.span),
      });
    }
  }
  return edges;
}

function stateOf(verdict: ReachVerdict): Exclude<PathState, 'none'> {
  switch (verdict.kind) {
    case 'holds':
      return 'holds';
    case 'fails':
      return 'open';
    case 'unknown':
      return 'unknown';
  }
}

function rank(state: PathState): number {
  return ['none', 'holds', 'unknown', 'open'].indexOf(state);
}

/** Whether a job that runs after another workflow asks what became of it. */
function chainState(set: WorkflowSet, { links }: Proof): PathState {
  const asks = links
    .flatMap((link) => [link.facts, ...set.ancestorsOf(link.facts)])
    .flatMap(({ job }) => job.condition ?? [])
    .map(asksConclusion);
  if (asks.includes('only-success')) return 'holds';
  return asks.includes('beside-others') ? 'unknown' : 'open';
}

function counterexamplesOf(
  set: WorkflowSet,
  drawing: Drawing,
  proofs: ReadonlyMap<PlacedJob, Proof>,
  links: GraphEdge[],
  findings: readonly Finding[],
): readonly GraphCounterexample[] {
  const found: GraphCounterexample[] = [];
  const jobsOf = new Map<string, PlacedJob[]>();
  for (const job of drawing.jobs) {
    const key = `${job.facts.workflow.path}\n${job.facts.job.id.value}`;
    jobsOf.set(key, [...(jobsOf.get(key) ?? []), job]);
  }
  const called = (stepPath: string, job: string): readonly PlacedJob[] =>
    jobsOf.get(`${stepPath}\n${job}`) ?? [];
  const add = (
    run: NonNullable<Finding['counterexample']>,
    finding: Finding | null,
    title: string,
    at: PlacedJob | null,
    link: PlacedJob | null,
  ): void => {
    if (at && link) addNotNeeded(set, links, run, at, link, called);
    found.push({
      id: `run-${found.length + 1}`,
      production: at?.id ?? null,
      finding: finding ? { ...nodeFinding(finding), path: finding.path } : null,
      title,
      run: runSentence(run),
      trigger: run.trigger,
      ref: run.ref,
      inputs: run.inputs,
      isCancelled: run.isCancelled,
      steps: stepsOf(run, link ?? at, drawing, links, called),
    });
  };
  for (const finding of findings) {
    const run = finding.counterexample;
    if (!run) continue;
    const starts = run.steps.find((step) => step.result === 'starts');
    const candidates = starts ? called(starts.path, starts.job) : [];
    const here = drawing.jobs.filter(
      (job) => job.isProduction && finding.path === job.facts.workflow.path && isWithin(finding.range, job),
    );
    const pairs = candidates.flatMap((link) => {
      const reached = [...proofs].filter(([, proof]) => proof.links.includes(link)).map(([job]) => job);
      const best = reached.find((job) => here.includes(job)) ?? reached[0];
      return best ? [{ at: best, link }] : [];
    });
    const pair = pairs.find(({ at }) => here.includes(at)) ?? pairs[0];
    const at = pair?.at ?? candidates[0] ?? null;
    add(run, finding, `${finding.rule}: ${finding.message}`, at, pair?.link ?? at);
  }
  const shown = new Set(found.map((run) => run.production));
  let extra = 0;
  for (const [job, proof] of proofs) {
    if (shown.has(job.id)) continue;
    for (const [guard, verdict] of proof.verdicts) {
      if (verdict.kind !== 'fails' || extra >= MAX_RUNS_WITHOUT_FINDING) continue;
      extra++;
      const link = proof.links.find((each) => each.place === guard.place) ?? job;
      const name = guard.facts.job.id.value;
      const title = `no finding: "${job.facts.job.id.value}" can start though "${name}" did not succeed`;
      add(withRanges(verdict.counterexample, set), null, title, job, link);
    }
  }
  return found;
}

/** An edge for each guard of a counterexample that nothing on the way to production waits for. */
function addNotNeeded(
  set: WorkflowSet,
  links: GraphEdge[],
  run: NonNullable<Finding['counterexample']>,
  production: PlacedJob,
  link: PlacedJob,
  called: (path: string, job: string) => readonly PlacedJob[],
): void {
  const waitedFor = new Set([link, ...ancestorsAt(set, link)]);
  for (const step of run.steps) {
    if (step.result === 'starts') continue;
    const guard = called(step.path, step.job)
      .map((job) => outermostIn(job, link.place))
      .find((job) => job !== null);
    if (!guard || waitedFor.has(guard)) continue;
    const id = `${guard.id} -> ${link.id}`;
    const known = links.find((edge) => edge.id === id);
    if (known) continue;
    links.push({
      id,
      kind: 'not-needed',
      from: guard.id,
      to: link.id,
      state: 'open',
      openFor: [production.id],
      path: link.facts.workflow.path,
      range: link.facts.workflow.lines.rangeOf(link.facts.job.id.span),
    });
  }
}

/** The job of `place` in which `job` stands, itself included; null where it stands elsewhere. */
function outermostIn(job: PlacedJob, at: Place): PlacedJob | null {
  for (let each: PlacedJob | null = job; each; each = each.place.caller) if (each.place === at) return each;
  return null;
}

function stepsOf(
  run: NonNullable<Finding['counterexample']>,
  link: PlacedJob | null,
  drawing: Drawing,
  links: readonly GraphEdge[],
  called: (path: string, job: string) => readonly PlacedJob[],
): readonly GraphStep[] {
  let root = link?.place ?? null;
  while (root?.caller) root = root.caller.place;
  const trigger = root?.triggers.find((each) => each.label === run.trigger) ?? root?.triggers[0] ?? null;
  const first = run.steps[0];
  const nowhere: Range = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };
  const steps: GraphStep[] = [
    {
      node: trigger?.id ?? null,
      edges: [],
      result: 'begins',
      why: '',
      sentence: `The run begins: ${runSentence(run)}`,
      path: trigger?.path ?? first?.path ?? '.',
      range: trigger?.range ?? first?.range ?? nowhere,
    },
  ];
  const visited = new Set<string>(trigger ? [trigger.id] : []);
  for (const step of run.steps) {
    const candidates = called(step.path, step.job);
    const job =
      candidates.find((each) => each.place === link?.place) ??
      candidates.find((each) => link !== null && outermostIn(each, link.place) !== null) ??
      candidates.find((each) => rootOf(each.place) === root?.workflow.path) ??
      candidates[0] ??
      null;
    const edges = job
      ? links.filter((edge) => edge.to === job.id && visited.has(edge.from)).map((edge) => edge.id)
      : [];
    // The call begins when the first job inside does.
    if (job) for (let each: PlacedJob | null = job; each; each = each.place.caller) visited.add(each.id);
    steps.push({
      node: job?.id ?? null,
      edges,
      result: resultOf(step.result),
      why: step.why,
      sentence: stepSentence(step),
      path: step.path,
      range: step.range,
    });
  }
  return steps;
}

function resultOf(result: string): GraphStep['result'] {
  switch (result) {
    case 'success':
    case 'failure':
    case 'cancelled':
    case 'skipped':
      return result;
    default:
      return 'starts';
  }
}

function withRanges(run: Counterexample, set: WorkflowSet): NonNullable<Finding['counterexample']> {
  const start: Range = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };
  return {
    ...run,
    steps: run.steps.map(({ path, job, result, why, span }) => ({
      path,
      job,
      result,
      why,
      range: set.workflows.find((workflow) => workflow.path === path)?.lines.rangeOf(span) ?? start,
    })),
  };
}

function jobNode(
  job: PlacedJob,
  path: ProductionPath,
  findings: readonly Finding[],
  proof: Proof | null,
  counterexamples: readonly GraphCounterexample[],
  set: WorkflowSet,
): JobNode {
  const { facts, place: at } = job;
  const { workflow } = facts;
  const own = findings.filter((finding) => isWithin(finding.range, job));
  const { environment } = facts.job;
  return {
    kind: 'job',
    id: job.id,
    cluster: at.id,
    label: facts.job.id.value,
    path: workflow.path,
    range: workflow.lines.rangeOf(facts.job.id.span),
    role: roleOf(job, path),
    does: PURPOSES.filter((purpose) => hasPurpose(facts, purpose)),
    target: targetOf(job),
    environment: environment ? { name: environment.name.value, names: job.environmentNames } : null,
    condition: facts.job.condition?.value ?? null,
    calls: facts.job.uses?.value ?? null,
    inner: job.inner?.id ?? null,
    production: proof ? productionState(job, proof, own, counterexamples, set) : null,
    findings: own.map(nodeFinding),
  };
}

function productionState(
  job: PlacedJob,
  proof: Proof,
  findings: readonly Finding[],
  counterexamples: readonly GraphCounterexample[],
  set: WorkflowSet,
): ProductionState {
  const of = (kind: ReachVerdict['kind']): readonly PlacedJob[] =>
    [...proof.verdicts].filter(([, verdict]) => verdict.kind === kind).map(([guard]) => guard);
  const isCheck = (guard: PlacedJob): boolean => CHECKS.some((purpose) => hasPurpose(guard.facts, purpose));
  const shown = counterexamples.filter((run) => run.production === job.id && run.finding);
  const about = findings.filter((finding) => RULES_OF_THE_WAY.has(finding.rule));
  const isOpen =
    shown.length > 0 || about.some((finding) => finding.status !== 'unknown' && finding.severity === 'block');
  const isChained = proof.links.some(
    (link) => !link.place.caller && chainTriggerOf(link.facts.workflow) !== null,
  );
  const isProved =
    of('holds').some(isCheck) ||
    CHECKS.some((purpose) => hasPurpose(job.facts, purpose)) ||
    (isChained && chainState(set, proof) === 'holds');
  const isDoubtful = about.length > 0 || of('unknown').some(isCheck) || !isProved;
  return {
    state: isOpen ? 'open' : isDoubtful ? 'unknown' : 'holds',
    holds: of('holds').map((guard) => guard.id),
    open: of('fails').map((guard) => guard.id),
    unknown: [...proof.verdicts].flatMap(([guard, verdict]) =>
      verdict.kind === 'unknown' ? [{ node: guard.id, because: verdict.because }] : [],
    ),
  };
}

function targetOf({ facts, isProduction, inner }: PlacedJob): JobNode['target'] {
  const kind = facts.target?.kind ?? null;
  if (inner)
    return inner.jobs.some((job) => job.isProduction)
      ? 'production'
      : kind === 'production'
        ? 'non-production'
        : kind;
  return kind === 'production' && !isProduction && !onlyRollsBack(facts) ? 'non-production' : kind;
}

function roleOf(job: PlacedJob, path: ProductionPath): JobRole {
  const { facts } = job;
  if (job.isProduction) return 'production';
  if (facts.calls) return 'other';
  if (path.unknownTarget.includes(facts)) return 'unknown-deployment';
  if (hasPurpose(facts, 'rollback') && !hasPurpose(facts, 'deploy')) return 'rollback';
  if (facts.target) return 'deployment';
  if (hasPurpose(facts, 'verify') || CHECKS.some((purpose) => hasPurpose(facts, purpose))) return 'check';
  if (hasPurpose(facts, 'build') || hasPurpose(facts, 'package') || hasPurpose(facts, 'publish'))
    return 'build';
  return 'other';
}

function nodeFinding(finding: Finding): NodeFinding {
  const { rule, severity, status, message, range } = finding;
  return { rule, severity, status, message, range };
}

function isWithin(range: Range | null, job: PlacedJob): boolean {
  if (!range) return false;
  const { start, end } = job.facts.workflow.lines.rangeOf(job.facts.job.span);
  return range.start.line >= start.line && range.start.line <= end.line;
}

function clusterOf({ id, workflow, caller }: Place): WorkflowCluster {
  return {
    id,
    path: workflow.path,
    label: workflow.name?.value ?? workflow.path,
    calledBy: caller?.id ?? null,
    problem: null,
    range: workflow.lines.rangeOf(workflow.name?.span ?? { start: 0, end: 0 }),
  };
}

/** Workflows that could not be read: nothing is known of them, so they may deploy anything. */
function brokenClusters({ set, findings }: GraphInput): readonly WorkflowCluster[] {
  const read = new Set((set?.workflows ?? []).map((workflow) => workflow.path));
  const start = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };
  const broken = new Map<string, WorkflowCluster>();
  for (const finding of findings) {
    const { path } = finding;
    if (finding.rule !== 'unreadable-file' || !/\.ya?ml$/i.test(path) || read.has(path)) continue;
    if (broken.has(path)) continue;
    broken.set(path, {
      id: path,
      path,
      label: path,
      calledBy: null,
      problem: finding.message,
      range: finding.range ?? start,
    });
  }
  return [...broken.values()];
}

/** By code unit, so that the order is the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
