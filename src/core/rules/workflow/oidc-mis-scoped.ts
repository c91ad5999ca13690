import type { TextEdit } from '../../text/edit';
import { CommentedScalar, removeEntry, setEntry } from '../../workflow/edit';
import type { Workflow } from '../../workflow/model';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { valueOf } from '../../workflow/yaml-tree';
import type { Fix, RuleFinding, WorkflowRule } from '../rule';
import { needsOfToken } from './action-permissions';
import { asksForNoOidcToken, oidcUsesOf, type OidcUse } from './oidc-uses';
import { listed, productionPathOf, quoted, severityAt, type ProductionPath } from './production-path';
import { accessIn, inheritingJobs, lostIdTokenOf, scopesIn, type LostGrant } from './token-permissions';

/**
 * `id-token: write` is missing where a job logs in by OIDC, so that the login cannot work, or is granted to the whole
 * workflow though only some of its jobs use it.
 * https://docs.github.com/actions/reference/security/oidc#workflow-permissions-for-the-requesting-the-oidc-token
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'oidc-mis-scoped',
  title: 'The permission to ask for an OIDC token is missing or too wide',
  severity: 'block',
  why: 'Without `id-token: write` the login fails and the deployment with it; granted to a whole workflow, every job of it may ask for the roles of the one that deploys.',
  check(set) {
    const path = productionPathOf(set);
    const missed = new Map<JobFacts, RuleFinding>();
    for (const facts of set.jobs) {
      // Several jobs of a called workflow miss what one caller leaves out: the edit is one.
      for (const { at, finding } of missing(set, path, facts)) {
        if (!missed.has(at)) missed.set(at, finding);
      }
    }
    return [...missed.values(), ...set.workflows.flatMap((workflow) => tooWide(set, workflow))];
  },
};

const PLACE = { after: ['name', 'needs', 'if', 'runs-on', 'uses'] };

function missing(
  set: WorkflowSet,
  path: ProductionPath,
  facts: JobFacts,
): readonly { readonly at: JobFacts; readonly finding: RuleFinding }[] {
  const use = oidcUsesOf(set, facts).find((each) => each.isSure);
  if (!use) return [];
  return lostIdTokenOf(set, facts).map((lost) => {
    const { at } = lost;
    const isOwn = at === facts;
    const fix = grantFix(lost);
    const says = isOwn
      ? `${quoted(facts.job)} ${use.message}, which needs an OIDC token, and its token may not ask for one`
      : `${quoted(at.job)} calls "${facts.workflow.path}", whose job ${quoted(facts.job)} ${use.message} and needs an OIDC token, and leaves it no right to ask for one`;
    const finding: RuleFinding = {
      path: at.workflow.path,
      span: isOwn ? use.span : (at.job.uses?.span ?? at.job.id.span),
      status: 'fail' as const,
      severity: severityAt(path, at),
      message: `${says}: grant ${quoted(at.job)} \`id-token: write\``,
      evidence: [
        ...(isOwn ? [] : [{ message: `here it ${use.message}`, path: facts.workflow.path, span: use.span }]),
        ...(lost.block
          ? [
              {
                message: 'these permissions leave `id-token` out',
                path: at.workflow.path,
                span: lost.block.span,
              },
            ]
          : []),
      ],
      ...(fix ? { fix } : {}),
    };
    return { at, finding };
  });
}

/** Gives one job the scope and leaves it all that it has. */
function grantFix({ at, block }: LostGrant): Fix | null {
  const { job, workflow } = at;
  const title = `Grant ${quoted(job)} \`id-token: write\``;
  const done = (result: ReturnType<typeof setEntry>, kind: Fix['kind']): Fix | null =>
    result.ok ? { kind, title, edits: [{ path: workflow.path, edits: result.edits }] } : null;
  const own = valueOf(job.body, 'permissions');
  if (own?.kind === 'map') return done(setEntry(workflow.text, own, 'id-token', 'write'), 'safe');
  const inherited = block && scopesIn(block);
  if (inherited) {
    const scopes = { ...inherited, 'id-token': 'write' };
    return done(setEntry(workflow.text, job.body, 'permissions', scopes, PLACE), 'safe');
  }
  // What a called workflow needs besides is not for its caller's steps to tell.
  if (block || job.uses) return null;
  const { needed, isSure } = needsOfToken(at);
  const scopes = { contents: 'read', ...Object.fromEntries(needed), 'id-token': 'write' };
  return done(setEntry(workflow.text, job.body, 'permissions', scopes, PLACE), isSure ? 'safe' : 'proposed');
}

type Need = 'uses' | 'none' | 'unknown';

function tooWide(set: WorkflowSet, workflow: Workflow): readonly RuleFinding[] {
  const block = workflow.permissions;
  if (block?.kind !== 'scopes' || accessIn(block, 'id-token') !== 'write') return [];
  const entry = block.entries.find(({ scope }) => scope.value === 'id-token');
  const jobs = inheritingJobs(set, workflow);
  if (!entry || jobs.length < 2) return [];
  const needs = jobs.map((facts) => ({ facts, ...needOf(set, facts) }));
  const using = needs.filter(({ need }) => need === 'uses');
  const idle = needs.filter(({ need }) => need === 'none').map(({ facts }) => facts);
  const [first] = using;
  if (!first || idle.length === 0) return [];
  const names = (all: readonly JobFacts[]): string => listed(all.slice(0, 4).map(({ job }) => job.id.value));
  const fix = narrowFix(
    workflow,
    needs.filter(({ need }) => need !== 'none').map(({ facts }) => facts),
    idle,
  );
  return [
    {
      path: workflow.path,
      span: { start: entry.scope.span.start, end: entry.access.span.end },
      status: 'fail',
      severity: 'warn',
      message: `\`id-token: write\` is granted to the whole workflow, so that ${names(idle)}, in which nothing is seen to use it, can ask for the roles of ${names(using.map(({ facts }) => facts))} too: grant it only to the jobs that log in`,
      evidence: using
        .slice(0, 3)
        .flatMap(({ facts, use }) =>
          use ? [{ message: `${quoted(facts.job)} ${use.message}`, path: use.path, span: use.span }] : [],
        ),
      ...(fix ? { fix } : {}),
    },
  ];
}

/** Whether a job, or the workflow that it calls, uses an OIDC token. */
function needOf(
  set: WorkflowSet,
  facts: JobFacts,
  seen: ReadonlySet<Workflow> = new Set(),
): { readonly need: Need; readonly use: (OidcUse & { readonly path: string }) | null } {
  const [use] = oidcUsesOf(set, facts);
  if (use) return { need: 'uses', use: { ...use, path: facts.workflow.path } };
  const { calls } = facts;
  if (!calls || seen.has(calls))
    return { need: asksForNoOidcToken(set, facts) ? 'none' : 'unknown', use: null };
  const inside = set.jobs
    .filter((other) => other.workflow === calls)
    .map((other) => {
      const found = needOf(set, other, new Set([...seen, calls]));
      // A block that asks for the scope does not start under a caller that leaves it out.
      const block = other.job.permissions ?? calls.permissions;
      const asks = block !== null && accessIn(block, 'id-token') === 'write';
      return asks && found.need === 'none' ? { ...found, need: 'unknown' as const } : found;
    });
  const using = inside.find(({ need }) => need === 'uses');
  if (using?.use)
    return { need: 'uses', use: { ...using.use, message: `calls a job that ${using.use.message}` } };
  return { need: inside.every(({ need }) => need === 'none') ? 'none' : 'unknown', use: null };
}

/** Takes the scope from the workflow and gives the jobs that keep it the whole block for themselves. */
function narrowFix(workflow: Workflow, keep: readonly JobFacts[], lose: readonly JobFacts[]): Fix | null {
  const { root } = workflow.tree;
  const block = valueOf(root, 'permissions');
  const scopes = workflow.permissions && scopesIn(workflow.permissions);
  if (block?.kind !== 'map' || !scopes) return null;
  const removed = removeEntry(workflow.text, block, 'id-token');
  if (!removed.ok) return null;
  const edits: TextEdit[] = [...removed.edits];
  // What was said of it goes with it.
  const entry = block.entries.find(({ key }) => key.text === 'id-token');
  const behind = entry && /^[ \t]+#[ \t]*([^\r\n]*)/.exec(workflow.text.slice(entry.value.span.end))?.[1];
  const moved = behind ? new CommentedScalar('write', behind.trimEnd()) : 'write';
  for (const { job } of keep) {
    const own = setEntry(workflow.text, job.body, 'permissions', { ...scopes, 'id-token': moved }, PLACE);
    if (!own.ok) return null;
    edits.push(...own.edits);
  }
  const needs = lose.map(needsOfToken);
  const isSure = needs.every((need) => need.isSure);
  // What only the jobs with a block of their own now write would be too much for those that are left.
  for (const [scope, access] of isSure ? Object.entries(scopes) : []) {
    if (access !== 'write' || scope === 'id-token') continue;
    if (needs.some(({ needed }) => needed.get(scope) === 'write')) continue;
    const lowered = setEntry(workflow.text, block, scope, 'read');
    if (!lowered.ok) return null;
    edits.push(...lowered.edits);
  }
  return {
    kind: isSure ? 'safe' : 'proposed',
    title: `Grant \`id-token: write\` to ${listed(keep.map(({ job }) => job.id.value))} only`,
    edits: [{ path: workflow.path, edits }],
  };
}
