import { setEntry } from '../../workflow/edit';
import type { Concurrency } from '../../workflow/model';
import { nameWords } from '../../workflow/purposes/names';
import { matrixValues } from '../../workflow/targets';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { valueOf } from '../../workflow/yaml-tree';
import type { GateFacts, RuleFinding, WorkflowRule } from '../rule';
import { environmentNamesFor, kindOfEnvironment } from './environment-names';
import { evidenceOf, listed, onlyRollsBack, quoted } from './production-path';

/** Words of a matrix key, an input or a variable whose values are places that a release goes to. */
const PLACE_WORDS = [
  ...['region', 'regions', 'zone', 'location', 'country', 'market', 'datacenter', 'dc', 'pop', 'edge'],
  ...['environment', 'env', 'stage', 'target', 'targets', 'site', 'sites', 'ring', 'cell', 'shard'],
  ...['cluster', 'clusters', 'host', 'hosts', 'server', 'servers', 'account', 'subscription'],
  ...['tenant', 'tenants', 'customer', 'customers'],
];

/** Platforms that something is built for are called targets too. */
const PLATFORM =
  /^(ubuntu|windows|macos|linux|darwin|android|ios|x86|x64|amd64|arm|aarch|i[36]86|wasm)|linux|-(gnu|musl|msvc)/i;

/** How many names a message lists. */
const MAX_LISTED = 4;

/**
 * A matrix deploys to every production target at the same time.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstrategymax-parallel
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'all-targets-at-once',
  title: 'A release goes to every production target at once',
  severity: 'warn',
  why: 'One target after the other limits a bad release to the first of them; a matrix without a limit reaches all of them before anybody, or any check, can stop it.',
  check(set, gate) {
    return set.jobs.flatMap((facts) => judge(set, facts, gate));
  },
};

/** A part of the matrix that is the place of the deployment: its name in expressions and its values, each once. */
interface Places {
  readonly key: string;
  readonly values: readonly string[];
}

function judge(set: WorkflowSet, facts: JobFacts, gate: GateFacts): RuleFinding[] {
  const { job, workflow, target } = facts;
  if (target?.kind !== 'production' || onlyRollsBack(facts) || job.matrix?.kind !== 'map') return [];
  const places = placesOf(set, facts);
  if (!places || places.values.length < 2) return [];
  if (places.values.some((value) => kindOfEnvironment(value, gate) === 'non-production')) return [];
  if (!allProduction(set, facts, gate) || legsWaitForOneAnother(set, facts)) return [];
  const limit = valueOf(job.strategy, 'max-parallel');
  if (limit) {
    const atOnce = limit.kind === 'scalar' ? Number(limit.text) : NaN;
    if (!(atOnce >= places.values.length)) return [];
  }
  const { strategy } = job;
  const edits =
    strategy?.kind === 'map'
      ? setEntry(workflow.text, strategy, 'max-parallel', 1, { after: ['fail-fast'], before: ['matrix'] })
      : null;
  const [because] = evidenceOf(facts, 'deploy');
  const shown = places.values.slice(0, MAX_LISTED);
  const more = places.values.length - shown.length;
  return [
    {
      path: workflow.path,
      span: limit?.span ?? job.matrix.span,
      status: 'fail',
      message: `${quoted(job)} deploys to ${more > 0 ? `${shown.map((value) => `"${value}"`).join(', ')} and ${more} more` : listed(shown)} at the same time, so a bad release is everywhere before it is noticed: add \`max-parallel: 1\` to its strategy`,
      ...(because
        ? {
            evidence: [
              {
                message: `each leg of the matrix deploys: ${because.message}`,
                path: because.path,
                span: because.span,
              },
            ],
          }
        : {}),
      ...(edits?.ok
        ? {
            fix: {
              kind: 'proposed' as const,
              title: 'Deploy to one target after the other',
              edits: [{ path: workflow.path, edits: edits.edits }],
            },
          }
        : {}),
    },
  ];
}

/**
 * The part of the matrix that says where to: one that the environment's name holds, else one that the deployment is
 * given under a name, its own or that of an input or a variable, which is a word for a place. Services, packages and
 * applications are parts of one release, not places. Null where there is none, or its values are not literal.
 */
function placesOf(set: WorkflowSet, facts: JobFacts): Places | null {
  const { job } = facts;
  const deploying = new Set(evidenceOf(facts, 'deploy').map(({ stepIndex }) => stepIndex));
  const steps = job.steps.filter((step) => deploying.has(step.index));
  // A step that asks for its leg does not deploy in every one.
  if (steps.length > 0 && steps.every((step) => step.condition?.value.includes('matrix.'))) return null;
  const inside = set.jobs.filter((other) => other.workflow === facts.calls && other.target !== null);
  const named = (texts: readonly (readonly [string, string])[]): string[] =>
    texts.flatMap(([name, text]) =>
      keysIn(text).filter((key) => isPlace(name) || isPlace(key.split('.').pop() ?? '') || isPlace(key)),
    );
  const environmentInputs = inside.flatMap(({ job: { environment } }) =>
    [...(environment?.name.value ?? '').matchAll(/\binputs\.([\w-]+)/gi)].flatMap(([, name]) =>
      (name ?? '').toLowerCase(),
    ),
  );
  const keys = [
    ...keysIn(job.environment?.name.value ?? ''),
    ...job.with
      .filter((entry) => environmentInputs.includes(entry.name.value.toLowerCase()))
      .flatMap((entry) => keysIn(entry.value.text)),
    ...named([
      ...[...job.with, ...job.env, ...steps.flatMap((step) => [...step.with, ...step.env])].map(
        (entry) => [entry.name.value, entry.value.text] as const,
      ),
      ...facts.commands
        .filter((command) => deploying.has(command.step.index))
        .flatMap((command) => command.words.map((word) => ['', word] as const)),
    ]),
  ];
  for (const key of new Set(keys)) {
    const [outer = '', inner = null] = key.split('.', 2);
    const values = matrixValues(job, outer, inner);
    if (values && !values.some((value) => PLATFORM.test(value))) return { key, values: [...new Set(values)] };
  }
  return null;
}

/** The matrix keys that expressions of a text name: `region`, `target.cluster`. */
function keysIn(text: string): readonly string[] {
  return [...text.matchAll(/\$\{\{[^}]*\}\}/g)].flatMap(([expression]) =>
    [...expression.matchAll(/\bmatrix\.([\w-]+(?:\.[\w-]+)?)/g)].flatMap(([, key]) => key ?? []),
  );
}

function isPlace(name: string): boolean {
  return nameWords(name).some((word) => PLACE_WORDS.includes(word));
}

/** Whether every leg deploys to production: a matrix over staging and production is another question. */
function allProduction(set: WorkflowSet, facts: JobFacts, gate: GateFacts): boolean {
  const names = facts.calls
    ? set.jobs
        .filter((other) => other.workflow === facts.calls && other.target !== null)
        .map((other) => environmentNamesFor(set, other, facts))
    : [facts.environmentNames];
  return names.every(
    (each) => each !== null && each.every((name) => kindOfEnvironment(name, gate) !== 'non-production'),
  );
}

/** Whether a concurrency group that all legs share lets one of them run at a time. */
function legsWaitForOneAnother(set: WorkflowSet, facts: JobFacts): boolean {
  const isShared = (concurrency: Concurrency | null, perLeg: RegExp): boolean =>
    concurrency?.group ? !perLeg.test(concurrency.group.value) : false;
  if (isShared(facts.job.concurrency, /\b(matrix|strategy)\./)) return true;
  const { calls } = facts;
  if (!calls) return false;
  if (isShared(calls.concurrency, /\binputs\./)) return true;
  const inside = set.jobs.filter((other) => other.workflow === calls && other.target !== null);
  return inside.length > 0 && inside.every((other) => isShared(other.job.concurrency, /\b(inputs|matrix)\./));
}
