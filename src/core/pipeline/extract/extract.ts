import type { ShellParser } from '../../ports';
import { applyEdits, type TextEdit } from '../../text/edit';
import type { Workflow } from '../../workflow/model';
import { readWorkflow } from '../../workflow/read';
import { MIN_STEPS, type Candidate, type SourceWorkflow } from './candidate';
import { clustersOf, type Cluster, type Divided } from './clusters';
import { nearMisses } from './near-misses';
import { callerIdOf, freePath, jobNameOf, pipelineNameOf } from './names';
import type { ExtractionPlan } from './plan';
import { firstDifference, placeOf, type Caller } from './prove';
import { LEVELS, unitsOf, type LeftAlone, type Unit } from './units';
import { calledText } from './write-called';
import { callerEdits } from './write-callers';

/** A job that calls a new workflow, and the jobs that it took the place of. */
export interface ExtractedCaller {
  readonly repository: string;
  readonly path: string;
  /** The calling job. */
  readonly job: string;
  /** The jobs that were there, in the order of those inside. */
  readonly jobs: readonly string[];
}

/** One new workflow and the jobs that call it. */
export interface Extraction {
  /** The same for the same callers: by it a group can be left out of another run. */
  readonly key: string;
  /** The repository that it goes to. */
  readonly repository: string;
  readonly path: string;
  /** The ids of its jobs. */
  readonly jobs: readonly string[];
  readonly text: string;
  readonly callers: readonly ExtractedCaller[];
  readonly plan: ExtractionPlan;
  readonly steps: number;
}

/** A workflow that there was, as it would be. */
export interface ChangedWorkflow {
  readonly repository: string;
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** What was extracted, with the new texts of the callers, and what was left alone. */
export interface ExtractionResult {
  readonly extractions: readonly Extraction[];
  readonly changed: readonly ChangedWorkflow[];
  /** Whole sentences. */
  readonly notes: readonly string[];
}

/** How jobs are extracted. */
export interface ExtractionRequest {
  /** Readable ones only, of one repository or of several. */
  readonly workflows: readonly SourceWorkflow[];
  /** Every path of each repository, so that no file is written over. */
  readonly paths: ReadonlyMap<string, ReadonlySet<string>>;
  readonly shell: ShellParser;
  /** How a new workflow of one repository is called from another, at a commit or as the UNKNOWN of one. */
  readonly referTo: (repository: string, path: string) => string;
  /** The repository of workflows that several call; null: the one with the most callers. */
  readonly home: string | null;
  /** Keys of extractions that must not be made, each with the reason, which completes "… was left alone because …". */
  readonly refused?: ReadonlyMap<string, string>;
  /** Keys of the only extractions to be made; left out: all. */
  readonly only?: ReadonlySet<string>;
}

/** GitHub's limit on the workflows that one file calls, those that called ones call counted in. */
const MAX_CALLED = 50;

/**
 * Finds jobs that repeat, whole pipelines first, and makes each group one called workflow. Every result is checked by
 * inlining it back: a group whose callers would not do the same as before is left alone.
 */
export function extractRepeatedJobs(request: ExtractionRequest): ExtractionResult {
  const extraction = new Run(request);
  for (let level = 0; level < LEVELS; level++) extraction.takeLevel(level);
  return extraction.result();
}

class Run {
  private readonly notes: string[] = [];
  private readonly levels: readonly (readonly Unit[])[];
  private readonly taken: ReadonlyMap<string, Set<string>>;
  private readonly byPlace: ReadonlyMap<string, Workflow>;
  /** Edits of the workflows so far, and what they make of them. */
  private readonly edits = new Map<string, readonly TextEdit[]>();
  private readonly reached = new Map<string, Workflow>();
  private readonly extracted = new Set<string>();
  private readonly extractions: Extraction[] = [];

  constructor(private readonly request: ExtractionRequest) {
    const all = request.workflows.map(unitsOf);
    this.levels = Array.from({ length: LEVELS }, (_, level) =>
      all.flatMap((units) => units.levels[level] ?? []),
    );
    this.noteLeftAlone(all.flatMap((units) => units.leftAlone));
    this.taken = new Map([...request.paths].map(([repository, paths]) => [repository, new Set(paths)]));
    this.byPlace = new Map(
      request.workflows.map(({ repository, workflow }) => [placeOf(repository, workflow.path), workflow]),
    );
  }

  /** Extracts what repeats on one level, of what the levels before left. */
  takeLevel(level: number): void {
    const bySignature = new Map<string, Candidate[]>();
    for (const { candidate, signature } of this.levels[level] ?? []) {
      if (this.isTaken(candidate)) continue;
      const group = bySignature.get(signature);
      if (group) group.push(candidate);
      else bySignature.set(signature, [candidate]);
    }
    const clusters: Cluster[] = [];
    for (const group of bySignature.values()) {
      if (group.length < 2) continue;
      // The new workflow keeps the text of the first job, so the one that people explained most comes first.
      const ordered = group
        .map((candidate) => ({ candidate, comments: commentsIn(candidate) }))
        .sort((a, b) => b.comments - a.comments)
        .map(({ candidate }) => candidate);
      const found = clustersOf(ordered, this.request.shell);
      clusters.push(...found.clusters);
      this.noteAlone(found.alone);
    }
    const names = clusters.map((cluster) => nameOf(cluster.candidates));
    for (const [index, cluster] of clusters.entries()) {
      if (this.request.only && !this.request.only.has(keyOf(cluster.candidates))) continue;
      const name = names[index] ?? '';
      const isShared = names.filter((other) => other === name).length > 1;
      const problem = this.take(cluster, name, isShared);
      if (problem !== null) {
        this.note(`${describe(cluster.candidates)} repeat but were left alone because ${problem}.`);
      }
    }
  }

  result(): ExtractionResult {
    const single = (this.levels[LEVELS - 1] ?? []).map(({ candidate }) => candidate);
    for (const { candidate, other, difference } of nearMisses(single, (each) => this.isTaken(each))) {
      this.note(
        `${describe([candidate])} is like ${describe([other])} but for ${difference}, and was left alone.`,
      );
    }
    const changed = this.request.workflows.flatMap(({ repository, workflow }): ChangedWorkflow[] => {
      const edits = this.edits.get(placeOf(repository, workflow.path));
      if (!edits) return [];
      return [
        { repository, path: workflow.path, before: workflow.text, after: applyEdits(workflow.text, edits) },
      ];
    });
    return { extractions: this.extractions, changed, notes: [...new Set(this.notes)] };
  }

  /** What cannot be extracted is told where it repeats, or where a candidate is like it. */
  private noteLeftAlone(leftAlone: readonly LeftAlone[]): void {
    const counts = new Map<string, number>();
    const candidates = this.levels.flat().map(({ likeness }) => likeness);
    for (const likeness of [...leftAlone.map((each) => each.likeness), ...candidates]) {
      counts.set(likeness, (counts.get(likeness) ?? 0) + 1);
    }
    for (const { repository, jobs, path, reason, likeness } of leftAlone) {
      if ((counts.get(likeness) ?? 0) < 2) continue;
      const named = jobs.map((id) => `"${id}"`).join(', ');
      this.note(
        `${shownPlace(repository, path)}: ${jobs.length === 1 ? 'job' : 'jobs'} ${named} repeat${jobs.length === 1 ? 's' : ''} but ${jobs.length === 1 ? 'was' : 'were'} left alone because ${reason}.`,
      );
    }
  }

  /** Those of a group that became nothing, by what stood in the way; two steps that look alike are no news. */
  private noteAlone(alone: readonly Divided[]): void {
    const byReason = new Map<string, Candidate[]>();
    for (const { candidates, reason, isAboutScripts } of alone) {
      const steps = candidates[0]?.members.reduce((sum, { job }) => sum + job.steps.length, 0) ?? 0;
      if (isAboutScripts && steps <= MIN_STEPS) continue;
      byReason.set(reason, [...(byReason.get(reason) ?? []), ...candidates]);
    }
    for (const [reason, candidates] of byReason) {
      this.note(
        candidates.length === 1
          ? `${describe(candidates)} has the same kinds of steps as others but was left alone because ${reason}.`
          : `${describe(candidates)} have the same kinds of steps but were left alone because ${reason}.`,
      );
    }
  }

  private note(sentence: string): void {
    this.notes.push(sentence);
  }

  private isTaken(candidate: Candidate): boolean {
    return candidate.members.some((member) => this.extracted.has(jobPlace(candidate, member.id)));
  }

  /** Makes one extraction; a reason where it is none. */
  private take({ candidates, plan }: Cluster, name: string, isShared: boolean): string | null {
    const [first] = candidates;
    if (!first) return 'there is no job';
    const key = keyOf(candidates);
    const refused = this.request.refused?.get(key);
    if (refused !== undefined) return refused;
    const home = this.homeOf(candidates);
    if (candidates.some(({ repository }) => repository !== home) && usesOwnRepository(candidates)) {
      return 'an action in it is taken from the repository that the workflow stands in (`$/`), which would be another one';
    }
    const ids = first.kind === 'pipeline' ? first.members.map((member) => member.id) : [name];
    const hint = hintOf(first);
    // Free in all of them: a workflow that many call should have one name, and each is judged as if it were there.
    const repositories = new Set([home, ...candidates.map(({ repository }) => repository)]);
    const taken = new Set([...repositories].flatMap((each) => [...(this.taken.get(each) ?? [])]));
    const path = freePath(isShared && hint !== null ? `${hint}-${name}` : name, hint, taken);
    const text = calledText(
      candidates,
      plan,
      path.slice(path.indexOf('reusable-') + 'reusable-'.length, -'.yml'.length),
      ids,
    );
    if (!text.ok) return text.reason;
    const called = readWorkflow(path, text.text);
    if (called.problems.length > 0) return 'the new workflow could not be read again';

    const callers: Caller[] = [];
    const added = new Map<string, readonly TextEdit[]>();
    const jobIds = new Map<string, Set<string>>();
    for (const [index, candidate] of candidates.entries()) {
      const place = placeOf(candidate.repository, candidate.workflow.path);
      const there = jobIds.get(place) ?? this.jobIdsAt(place);
      jobIds.set(place, there);
      const [member] = candidate.members;
      const job =
        candidate.kind === 'pipeline'
          ? callerIdOf(
              candidate.members.map(({ id }) => id),
              there,
            )
          : (member?.id ?? '');
      there.add(job);
      const uses = candidate.repository === home ? `./${path}` : this.request.referTo(home, path);
      const result = callerEdits(candidate, index, plan, uses, job);
      if (!result.ok) return `${describe([candidate])}: ${result.reason}`;
      added.set(place, [...(added.get(place) ?? []), ...result.edits]);
      callers.push({ candidate, call: { job, uses } });
    }
    const before = new Map<string, Workflow>();
    const after = new Map<string, Workflow>();
    for (const [place, edits] of added) {
      const workflow = this.byPlace.get(place);
      if (!workflow) return 'a workflow is not there any more';
      before.set(place, this.reached.get(place) ?? workflow);
      const now = edited(workflow, [...(this.edits.get(place) ?? []), ...edits]);
      after.set(place, now);
      if (this.calledBy(now, place).size > MAX_CALLED) {
        return `${workflow.path} would call more than ${MAX_CALLED} workflows, which is more than GitHub takes`;
      }
    }
    const difference = firstDifference(callers, after, before, called, ids);
    if (difference) return difference;
    for (const [place, edits] of added) this.edits.set(place, [...(this.edits.get(place) ?? []), ...edits]);
    for (const [place, workflow] of after) this.reached.set(place, workflow);
    for (const candidate of candidates) {
      for (const member of candidate.members) this.extracted.add(jobPlace(candidate, member.id));
    }
    for (const each of repositories) this.taken.get(each)?.add(path);
    this.extractions.push({
      key,
      repository: home,
      path,
      jobs: ids,
      text: text.text,
      callers: callers.map(({ candidate, call }) => ({
        repository: candidate.repository,
        path: candidate.workflow.path,
        job: call.job,
        jobs: candidate.members.map((member) => member.id),
      })),
      plan,
      steps: first.members.reduce((sum, member) => sum + member.job.steps.length, 0),
    });
    return null;
  }

  /** What a workflow calls, each once, and what those of its own repository call. */
  private calledBy(workflow: Workflow, place: string): ReadonlySet<string> {
    const [repository = ''] = place.split('\n', 1);
    const found = new Set<string>();
    const follow = (from: Workflow): void => {
      for (const { uses } of from.jobs) {
        if (!uses || found.has(uses.value)) continue;
        found.add(uses.value);
        const path = uses.value.startsWith('./') ? uses.value.slice(2) : null;
        const called = path === null ? undefined : this.byPlace.get(placeOf(repository, path));
        if (called) follow(called);
      }
    };
    follow(workflow);
    return found;
  }

  /** Ids of jobs of a workflow, with those that new calls were given. */
  private jobIdsAt(place: string): Set<string> {
    const all = [this.byPlace.get(place), this.reached.get(place)];
    return new Set(all.flatMap((workflow) => workflow?.jobs ?? []).map((job) => job.id.value));
  }

  private homeOf(candidates: readonly Candidate[]): string {
    const counts = new Map<string, number>();
    for (const { repository } of candidates) counts.set(repository, (counts.get(repository) ?? 0) + 1);
    if (counts.size === 1) return candidates[0]?.repository ?? '';
    if (this.request.home !== null) return this.request.home;
    let home = '';
    for (const repository of this.request.paths.keys()) {
      if ((counts.get(repository) ?? 0) > (counts.get(home) ?? 0)) home = repository;
    }
    return home;
  }
}

function edited(workflow: Workflow, edits: readonly TextEdit[]): Workflow {
  return readWorkflow(workflow.path, applyEdits(workflow.text, edits));
}

function commentsIn(candidate: Candidate): number {
  return candidate.workflow.tree.comments.filter((comment) =>
    candidate.members.some(
      ({ job: { span } }) => span.start <= comment.span.start && comment.span.start < span.end,
    ),
  ).length;
}

/** Whether a step takes an action from the repository of its workflow file rather than from what was checked out. */
function usesOwnRepository(candidates: readonly Candidate[]): boolean {
  return candidates.some(({ members }) =>
    members.some(({ job }) => job.steps.some((step) => step.uses?.value.startsWith('$/') ?? false)),
  );
}

function jobPlace(candidate: Candidate, id: string): string {
  return `${placeOf(candidate.repository, candidate.workflow.path)}\n${id}`;
}

function keyOf(candidates: readonly Candidate[]): string {
  return candidates
    .flatMap((candidate) => candidate.members.map(({ id }) => jobPlace(candidate, id)))
    .join('\n\n');
}

function nameOf(candidates: readonly Candidate[]): string {
  const [first] = candidates;
  if (!first) return '';
  const inFile = [...first.members].sort((a, b) => a.job.span.start - b.job.span.start).map(({ id }) => id);
  return first.kind === 'pipeline'
    ? pipelineNameOf(inFile)
    : jobNameOf(candidates.flatMap((candidate) => candidate.members.map(({ id }) => id)));
}

/** What the first set-up action of a candidate sets up: `node`. */
function hintOf(candidate: Candidate): string | null {
  for (const { job } of candidate.members) {
    for (const step of job.steps) {
      const tool = /\/setup-([a-z]+)(?:[@/]|$)/.exec(step.uses?.value ?? '')?.[1];
      if (tool !== undefined) return tool;
    }
  }
  return null;
}

/** A path with its repository in front where there are several. */
function shownPlace(repository: string, path: string): string {
  return repository === '' ? path : `${repository}/${path}`;
}

/** Jobs with where they stand, a few of them where they are many. */
function describe(candidates: readonly Candidate[]): string {
  const named = candidates.slice(0, 5).map((candidate) => {
    const ids = candidate.members.map(({ id }) => `"${id}"`).join(', ');
    return `${candidate.members.length === 1 ? 'job' : 'jobs'} ${ids} in ${shownPlace(candidate.repository, candidate.workflow.path)}`;
  });
  const more = candidates.length - named.length;
  return named.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
