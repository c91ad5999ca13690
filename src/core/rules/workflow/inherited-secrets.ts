import { secretsIn } from '../../workflow/credential-uses';
import { removeEntry, setEntry, type EditResult } from '../../workflow/edit';
import type { Workflow } from '../../workflow/model';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { entryOf, valueOf, type YamlMap, type YamlValue } from '../../workflow/yaml-tree';
import type { Fix, RuleFinding, WorkflowRule } from '../rule';
import { evidenceOf, quoted } from './production-path';

/** Calls within calls are followed so far; GitHub allows ten levels. */
const MAX_CALL_DEPTH = 10;

/** The token of the run, which a called workflow has without being given it. */
const RUN_TOKEN = 'github_token';

/**
 * A called workflow that deploys is given every secret that its caller has.
 * https://docs.github.com/actions/how-tos/reuse-automations/reuse-workflows#passing-inputs-and-secrets-to-a-reusable-workflow
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'inherited-secrets',
  title: 'A called deployment inherits every secret',
  severity: 'warn',
  why: 'With `secrets: inherit` every action and script of the called workflow can read every secret of the repository and the organisation, and nothing shows which of them the deployment needs.',
  check(set) {
    return set.jobs.flatMap((facts) => judge(set, facts));
  },
};

function judge(set: WorkflowSet, facts: JobFacts): RuleFinding[] {
  const { job, workflow, target } = facts;
  const { secrets, uses } = job;
  if (!secrets?.isInherited || !uses || target === null) return [];
  const [because] = evidenceOf(facts, 'deploy');
  const used = facts.calls ? secretsUsedBy(set, facts.calls) : null;
  const fix = facts.calls && used ? fixOf(facts, facts.calls, used) : null;
  const remedy =
    used === null
      ? 'pass it the secrets that it needs by name'
      : used.size === 0
        ? 'it uses none, so take the line out'
        : `pass it the ones that it uses: ${[...used.values()].sort().join(', ')}`;
  return [
    {
      path: workflow.path,
      span: secrets.span,
      status: 'fail',
      message: `\`secrets: inherit\` gives "${uses.value}", which ${facts.calls ? 'deploys' : 'deploys by its name'}, every secret that ${quoted(job)} could read: ${remedy}`,
      ...(facts.calls && because
        ? {
            evidence: [
              {
                message: `the called workflow deploys: ${because.message}`,
                path: because.path,
                span: because.span,
              },
            ],
          }
        : {}),
      ...(fix ? { fix } : {}),
    },
  ];
}

/**
 * The secrets that a workflow and the ones that it hands everything on to use, by lower-case name as they are written;
 * null where that cannot be told: all of them at once, a computed name, a workflow of another repository.
 */
function secretsUsedBy(
  set: WorkflowSet,
  called: Workflow,
  around: readonly Workflow[] = [],
): ReadonlyMap<string, string> | null {
  const used = new Map<string, string>();
  if (around.includes(called) || around.length > MAX_CALL_DEPTH) return used;
  const { root } = called.tree;
  for (const text of [...textsIn(valueOf(root, 'env')), ...textsIn(valueOf(root, 'jobs'))]) {
    if (isOpenEnded(text)) return null;
    for (const name of secretsIn(text)) used.set(name.toLowerCase(), name);
  }
  for (const facts of set.jobs) {
    if (facts.workflow !== called || !facts.job.secrets?.isInherited) continue;
    const inner = facts.calls ? secretsUsedBy(set, facts.calls, [...around, called]) : null;
    if (!inner) return null;
    for (const [key, name] of inner) used.set(key, name);
  }
  used.delete(RUN_TOKEN);
  return used;
}

/** Whether an expression takes the secrets as a whole or by a name that is not written there. */
function isOpenEnded(text: string): boolean {
  return [...text.matchAll(/\$\{\{([\s\S]*?)\}\}/g)].some(([, expression = '']) =>
    /\bsecrets\b(?!\s*(?:\.\s*[\w-]|\[\s*'))/i.test(expression.replace(/'[^']*'(?!\s*\])/g, "''")),
  );
}

/** Every scalar below a value. */
function textsIn(value: YamlValue | null): readonly string[] {
  switch (value?.kind) {
    case undefined:
      return [];
    case 'scalar':
      return [value.text];
    case 'list':
      return value.items.flatMap(textsIn);
    case 'map':
      return value.entries.flatMap((entry) => textsIn(entry.value));
  }
}

/** Names the secrets in the call, and declares those in the called workflow that it does not declare yet. */
function fixOf(facts: JobFacts, called: Workflow, used: ReadonlyMap<string, string>): Fix | null {
  const { job, workflow } = facts;
  const names = [...used.values()].sort();
  const given = Object.fromEntries(names.map((name) => [name, `\${{ secrets.${name} }}`]));
  const own =
    names.length === 0
      ? removeEntry(workflow.text, job.body, 'secrets')
      : setEntry(workflow.text, job.body, 'secrets', given);
  if (!own.ok) return null;
  const title =
    names.length === 0 ? 'Hand on no secrets' : 'Hand on only the secrets that the called workflow uses';
  const edits = [{ path: workflow.path, edits: own.edits }];
  if (names.length > 0) {
    const declared = declare(called, names);
    if (!declared?.ok) return null;
    if (declared.edits.length > 0) edits.push({ path: called.path, edits: declared.edits });
  }
  return { kind: 'proposed', title, edits };
}

/** A secret that is passed must be declared: GitHub refuses the call otherwise. Null where the file leaves no place for it. */
function declare(called: Workflow, names: readonly string[]): EditResult | null {
  const { root } = called.tree;
  const on = valueOf(root, 'on') ?? valueOf(root, 'true');
  const entry = entryOf(on, 'workflow_call');
  if (on?.kind !== 'map' || !entry) return null;
  const trigger = entry.value;
  const secrets = valueOf(trigger, 'secrets');
  const known = (secrets?.kind === 'map' ? secrets.entries : []).map(({ key }) => key.text.toLowerCase());
  const missing = names.filter((name) => !known.includes(name.toLowerCase()));
  if (missing.length === 0) return { ok: true, edits: [] };
  // Not required: an environment of the called job may hold the value, and the caller then passes an empty one.
  const declarations = Object.fromEntries(missing.map((name) => [name, { required: false }]));
  if (secrets?.kind === 'map' && secrets.entries.length > 0) return declareIn(called, secrets, missing);
  if (trigger.kind === 'map' && trigger.entries.length > 0) {
    return setEntry(called.text, trigger, 'secrets', declarations, { after: ['inputs'] });
  }
  return setEntry(called.text, on, 'workflow_call', { secrets: declarations });
}

function declareIn(called: Workflow, secrets: YamlMap, missing: readonly string[]): EditResult {
  const edits: EditResult[] = missing.map((name) =>
    setEntry(called.text, secrets, name, { required: false }),
  );
  const refused = edits.find((edit) => !edit.ok);
  return refused ?? { ok: true, edits: edits.flatMap((edit) => (edit.ok ? edit.edits : [])) };
}
