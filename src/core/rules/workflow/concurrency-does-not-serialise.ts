import { setEntry, type EditResult } from '../../workflow/edit';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { valueOf, type YamlMap } from '../../workflow/yaml-tree';
import type { FindingEvidence, Fix, GateFacts, RuleFinding, WorkflowRule } from '../rule';
import { environmentIn, groupsOver, keyIn, mayRun, runsOf, type DeployRun } from './deploy-runs';
import { kindOfEnvironment } from './environment-names';
import { groupFor } from './no-deploy-concurrency';
import {
  callChainsOf,
  listed,
  onlyRollsBack,
  productionPathOf,
  quoted,
  type CallChain,
} from './production-path';

/**
 * The key of the concurrency group differs between the runs that it should keep apart.
 * https://docs.github.com/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'concurrency-does-not-serialise',
  title: 'A concurrency group does not keep deployments apart',
  severity: 'warn',
  why: 'A group holds back only what has the same key; with the ref, commit or run in the key two deployments of one environment still race.',
  check(set, gate) {
    const places = new Map<string, Place>();
    for (const facts of productionPathOf(set).deploying) {
      // A rollback beside a deployment that it does not wait for races with it, wherever it says that it goes.
      const kind = facts.target?.kind;
      if (onlyRollsBack(facts) ? kind === 'non-production' : kind !== 'production') continue;
      const place = judge(set, gate, facts);
      if (!place) continue;
      const key = `${place.group.facts.workflow.path}:${place.group.concurrency.span.start}`;
      const before = places.get(key);
      if (before) before.jobs.push(facts);
      else places.set(key, { ...place, jobs: [facts] });
    }
    return [...places.values()].map(finding);
  },
};

type Group = ReturnType<typeof groupsOver>[number];

interface Loose {
  readonly group: Group;
  /** Completes "its key …". */
  readonly reason: string;
}

interface Place extends Loose {
  readonly jobs: JobFacts[];
}

/** The innermost group of a way in which the job runs, where none of the groups on that way keeps deployments apart. */
function judge(set: WorkflowSet, gate: GateFacts, facts: JobFacts): Loose | null {
  for (const chain of callChainsOf(set, facts)) {
    const groups = groupsOver(chain);
    const [first] = groups;
    // Without any group it is another rule's finding.
    if (!first) continue;
    const reason = looseness(gate, groups, chain);
    if (reason !== null) return { group: first, reason };
  }
  return null;
}

/** Completes "its key …" where two runs that deploy one environment share no key; null where they do. */
function looseness(gate: GateFacts, groups: readonly Group[], chain: CallChain): string | null {
  const runs = runsOf(chain).filter(
    (run) =>
      mayRun(run, chain) &&
      kindOfEnvironment(environmentIn(chain[0].job, run, chain), gate) !== 'non-production',
  );
  const keysOf = (run: DeployRun, runNumber: number): readonly string[] =>
    groups.map(({ concurrency, index }) => keyIn(concurrency, run, runNumber, chain, index));
  const shareKey = (a: readonly string[], b: readonly string[]): boolean =>
    a.some((key, index) => key === b[index]);
  const known = runs.map((run) => ({
    run,
    environment: environmentIn(chain[0].job, run, chain),
    keys: keysOf(run, 1),
  }));
  const byItself = known.find(({ run, keys }) => !shareKey(keys, keysOf(run, 2)));
  if (byItself) return 'holds the run or the commit, which no other run shares';
  for (const [index, one] of known.entries()) {
    for (const other of known.slice(index + 1)) {
      if (one.environment !== other.environment || shareKey(one.keys, other.keys)) continue;
      if (one.run.event === other.run.event && one.run.ref !== other.run.ref) {
        return 'holds the ref, and several refs can deploy';
      }
      const differing = [...one.run.inputs.keys()].filter(
        (name) => one.run.inputs.get(name) !== other.run.inputs.get(name),
      );
      if (one.run.event === other.run.event && differing.length > 0) {
        return `holds ${listed(differing)}, in which two runs can differ`;
      }
      return `is ${keyShown(one)} and ${keyShown(other)}`;
    }
  }
  return null;
}

/** A key with how its run starts: `"deploy-" on push`. What is the same in every run is left out. */
function keyShown({ run, keys }: { readonly run: DeployRun; readonly keys: readonly string[] }): string {
  const inputs = [...run.inputs].map(([name, value]) => `${name} "${String(value)}"`);
  const key = (keys[0] ?? '').replace(/«[^»]*»/g, '…');
  return `"${key}" on ${run.event}${inputs.length > 0 ? ` with ${inputs.join(', ')}` : ''}`;
}

function finding({ group, reason, jobs }: Place): RuleFinding {
  const { concurrency, facts: owner } = group;
  const isOwn = jobs.every((facts) => facts === owner);
  const [first] = jobs;
  const fix = first && jobs.length === 1 ? fixOf(first) : null;
  return {
    path: owner.workflow.path,
    span: concurrency.group?.span ?? concurrency.span,
    status: 'fail',
    message: `The group "${concurrency.group?.value ?? ''}" does not keep ${whatMeets(jobs)} apart, since its key ${reason}: use one key for the environment, such as deploy-production`,
    ...(isOwn
      ? {}
      : {
          evidence: jobs.map((facts): FindingEvidence => ({
            message: `${quoted(facts.job)} ${onlyRollsBack(facts) ? 'rolls back' : 'deploys'} under this group`,
            path: facts.workflow.path,
            span: facts.job.id.span,
          })),
        }),
    ...(fix ? { fix } : {}),
  };
}

function whatMeets(jobs: readonly JobFacts[]): string {
  const names = listed(jobs.map(({ job }) => job.id.value));
  return jobs.every(onlyRollsBack)
    ? `the rollback in ${names} and a deployment`
    : `two deployments in ${names}`;
}

/** A group of the job with one key for its environment; the group of a whole workflow may serve its tests and stays. */
function fixOf(facts: JobFacts): Fix | null {
  const { job, workflow } = facts;
  const group = groupFor(facts);
  // Under one key for all legs, those that wait would replace one another.
  if (group === null || (job.matrix && !group.includes('matrix.'))) return null;
  const own = valueOf(job.body, 'concurrency');
  const edits =
    own?.kind === 'map'
      ? rekeyed(workflow.text, own, group)
      : setEntry(
          workflow.text,
          job.body,
          'concurrency',
          { group, 'cancel-in-progress': false, queue: 'max' },
          { after: ['name', 'needs', 'if', 'runs-on', 'environment'] },
        );
  return edits.ok
    ? {
        kind: 'proposed',
        title: `Let deployments wait for one another in the group ${group}`,
        edits: [{ path: workflow.path, edits: edits.edits }],
      }
    : null;
}

/** Another key, and a queue so that those that wait do not replace one another; a group that cancels has none. */
function rekeyed(text: string, group: YamlMap, key: string): EditResult {
  const renamed = setEntry(text, group, 'group', key);
  if (!renamed.ok || valueOf(group, 'queue')) return renamed;
  const cancel = valueOf(group, 'cancel-in-progress');
  if (cancel && !(cancel.kind === 'scalar' && cancel.value === false)) return renamed;
  const queued = setEntry(text, group, 'queue', 'max');
  return queued.ok ? { ok: true, edits: [...renamed.edits, ...queued.edits] } : renamed;
}
