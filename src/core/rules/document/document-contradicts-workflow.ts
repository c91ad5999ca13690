import type { ReadDocument } from '../../documents/document';
import type { Span } from '../../text/position';
import { enumerated } from '../../text/words';
import type { Workflow, WorkflowInput } from '../../workflow/model';
import type { WorkflowSet } from '../../workflow/understanding';
import { nearMiss } from '../near-miss';
import type { DocumentRule, Fix, GateFacts, RuleFinding } from '../rule';
import { quoted, severityIn } from './document-severity';
import { workflowReferences, type NamedWorkflow, type WorkflowReference } from './workflow-references';

/** A document names a workflow, job or input that is not there, or another environment than the job has. */
export const rule: DocumentRule = {
  id: 'document-contradicts-workflow',
  title: 'A document names a workflow, job, input or environment that is not there',
  severity: 'block',
  why: 'Whoever follows the document in the night starts something that does not exist, or something else than is written.',
  subject: 'document',
  kinds: [
    ...['release-plan', 'runbook', 'rollback-runbook', 'deployment-plan', 'incident-response'],
    ...['environment-matrix', 'secrets-rotation-plan', 'pipeline-review', 'developer-handoff'],
  ],
  check: (document, facts): readonly RuleFinding[] => {
    if (facts.workflows === undefined || facts.isEveryPathListed !== true) return [];
    const known = knownWorkflows(facts.workflows, facts);
    const seen = new Set<string>();
    return workflowReferences(document, facts.shell)
      .flatMap((reference) => judge(reference, document, known))
      .filter(({ span, message }) => {
        const key = `${span?.start} ${message}`;
        return !seen.has(key) && seen.add(key);
      });
  },
};

/** What is known of the workflows of the repository. */
interface KnownWorkflows {
  readonly set: WorkflowSet | null;
  /** File names of all workflows, unreadable ones included. */
  readonly files: readonly string[];
  readonly titles: readonly string[];
  /** `unread`: it is there, or may be, and that is all. */
  find(name: string): Workflow | 'unread' | null;
}

function knownWorkflows(set: WorkflowSet | null, { paths, unreadWorkflows = [] }: GateFacts): KnownWorkflows {
  const files = [...paths].flatMap((path) => /^\.github\/workflows\/([^/]+\.ya?ml)$/.exec(path)?.[1] ?? []);
  const workflows = set?.workflows ?? [];
  return {
    set,
    files,
    titles: workflows.flatMap(({ name }) => name?.value.trim() ?? []),
    find: (name) => {
      const workflow = workflows.find(({ path }) => fileOf(path) === name);
      if (workflow) return workflow;
      if (isFile(name)) return files.includes(name) ? 'unread' : null;
      const title = name.trim().toLowerCase();
      const titled = workflows.find((each) => each.name?.value.trim().toLowerCase() === title);
      // A workflow that cannot be read may be called so.
      return titled ?? (unreadWorkflows.length > 0 ? 'unread' : null);
    },
  };
}

function judge(
  reference: WorkflowReference,
  document: ReadDocument,
  known: KnownWorkflows,
): readonly RuleFinding[] {
  const workflow = known.find(reference.workflow.name);
  if (workflow === 'unread') return [];
  if (workflow === null) return [missingWorkflow(reference.workflow, document, known)];
  switch (reference.kind) {
    case 'workflow':
      return [];
    case 'job':
      return missingJob(reference, workflow, document);
    case 'environments':
      return otherEnvironment(reference, workflow, document, known);
    case 'dispatch':
      return dispatchFaults(reference, workflow, document);
  }
}

function missingWorkflow(
  { name, span }: NamedWorkflow,
  document: ReadDocument,
  { files, titles }: KnownWorkflows,
): RuleFinding {
  const near = isFile(name) ? nearMiss(name, files) : nearMiss(name, [...titles, ...files]);
  return {
    message: `The repository has no workflow ${quoted(name)}: ${near === null ? 'name one that it has' : `${quoted(near)} may be meant`}`,
    path: document.path,
    span,
    status: 'fail',
    // Where the repository has no workflow at all, the document is likely to speak of another repository.
    severity: files.length === 0 ? 'warn' : severityIn(document, 'block'),
    ...replacing(document, span, name, near),
  };
}

function missingJob(
  { job }: Extract<WorkflowReference, { kind: 'job' }>,
  workflow: Workflow,
  document: ReadDocument,
): readonly RuleFinding[] {
  const wanted = job.value.toLowerCase();
  const ids = workflow.jobs.map(({ id }) => id.value);
  const names = workflow.jobs.flatMap(({ name }) => name?.value ?? []);
  if ([...ids, ...names].some((name) => name.toLowerCase() === wanted)) return [];
  // What a job is called may be put together when it runs.
  if (names.some((name) => name.includes('${{'))) return [];
  const near = nearMiss(job.value, ids);
  return [
    {
      ...contradiction(
        document,
        `${quoted(fileOf(workflow.path))} has no job ${quoted(job.value)}: ${near === null ? `its jobs are ${enumerated(ids.slice(0, 8).map(quoted), 'and')}` : `${quoted(near)} may be meant`}`,
        job.span,
      ),
      ...replacing(document, job.span, job.value, near),
    },
  ];
}

function otherEnvironment(
  { job, environments }: Extract<WorkflowReference, { kind: 'environments' }>,
  workflow: Workflow,
  document: ReadDocument,
  { set }: KnownWorkflows,
): readonly RuleFinding[] {
  const jobs = (set?.jobsOf(workflow) ?? []).filter(
    ({ job: { id, name } }) =>
      job === null || [id.value, name?.value].some((each) => each?.toLowerCase() === job.value.toLowerCase()),
  );
  if (jobs.length === 0) return [];
  const names: string[] = [];
  for (const { environmentNames, calls, job: called } of jobs) {
    // What a called workflow of elsewhere deploys to is not known here.
    if (environmentNames === null || (called.uses !== null && calls === null)) return [];
    names.push(...environmentNames);
    if (calls) {
      for (const inner of set?.jobsOf(calls) ?? []) {
        if (inner.environmentNames === null) return [];
        names.push(...inner.environmentNames);
      }
    }
  }
  const has = new Set(names.map((name) => name.toLowerCase()));
  const [only] = jobs;
  const place = job && only ? (only.job.environment?.span ?? only.job.id.span) : null;
  return environments
    .filter(({ value }) => !has.has(value.toLowerCase()))
    .map(({ value, span }): RuleFinding => {
      const distinct = [...new Set(names)];
      const [single] = distinct;
      const near = distinct.length === 1 && single !== undefined ? single : nearMiss(value, distinct);
      const what =
        job === null
          ? quoted(fileOf(workflow.path))
          : `The job ${quoted(job.value)} of ${quoted(fileOf(workflow.path))}`;
      return {
        ...contradiction(
          document,
          distinct.length === 0
            ? `${what} has no environment, and this document says ${quoted(value)}: correct the document, or give the job its environment`
            : `${what} has the environment ${enumerated(distinct.map(quoted), 'or')}, and this document says ${quoted(value)}: correct whichever is wrong`,
          span,
        ),
        evidence: [{ message: 'As the workflow has it', path: workflow.path, span: place }],
        ...replacing(document, span, value, near),
      };
    });
}

function dispatchFaults(
  { workflow: named, inputs, isComplete, end }: Extract<WorkflowReference, { kind: 'dispatch' }>,
  workflow: Workflow,
  document: ReadDocument,
): readonly RuleFinding[] {
  const file = quoted(fileOf(workflow.path));
  const trigger = workflow.triggers.find(({ event }) => event === 'workflow_dispatch');
  if (!trigger) {
    return [
      contradiction(
        document,
        `${file} cannot be started by hand, since it has no trigger workflow_dispatch: add the trigger, or say how it is started`,
        named.span,
      ),
    ];
  }
  const known = new Map(trigger.inputs.map((input) => [input.name.value.toLowerCase(), input]));
  const evidence = [{ message: 'Its inputs', path: workflow.path, span: trigger.span }];
  const given = new Set<string>();
  const found: RuleFinding[] = [];
  for (const { name, value } of inputs) {
    const input = known.get(name.value.toLowerCase());
    if (!input) {
      const names = trigger.inputs.map((each) => each.name.value);
      const near = nearMiss(name.value, names);
      found.push({
        ...contradiction(
          document,
          `${file} takes no input ${quoted(name.value)}: ${near !== null ? `${quoted(near)} may be meant` : names.length === 0 ? 'it takes none' : `it takes ${enumerated(names.slice(0, 10).map(quoted), 'and')}`}`,
          name.span,
        ),
        evidence,
        ...replacing(document, name.span, name.value, near),
      });
      if (near !== null) given.add(near.toLowerCase());
      continue;
    }
    given.add(name.value.toLowerCase());
    found.push(...wrongChoice(input, value, file, document, evidence));
  }
  if (!isComplete) return found;
  const missing = trigger.inputs.filter(
    ({ name, isRequired, defaultValue, type }) =>
      isRequired && defaultValue === null && type !== 'boolean' && !given.has(name.value.toLowerCase()),
  );
  if (missing.length === 0) return found;
  const names = missing.map(({ name }) => name.value);
  return [
    ...found,
    {
      ...contradiction(
        document,
        `${file} is started without its required input ${enumerated(names.map(quoted), 'and')}: give it with -f`,
        named.span,
      ),
      evidence,
      fix: {
        kind: 'proposed',
        title: `Add -f ${names.join(', -f ')}`,
        edits: [
          {
            path: document.path,
            edits: [
              {
                span: { start: end, end },
                text: names.map((name) => ` -f ${name}="${valueFor(name, document)}"`).join(''),
              },
            ],
          },
        ],
      },
    },
  ];
}

function wrongChoice(
  { name, type, options }: WorkflowInput,
  value: { readonly value: string; readonly span: Span },
  file: string,
  document: ReadDocument,
  evidence: RuleFinding['evidence'],
): readonly RuleFinding[] {
  const allowed =
    type === 'boolean' ? ['true', 'false'] : type === 'choice' ? options.map((each) => each.value) : [];
  // What the shell or a person fills in is not known; an option may be put together too.
  if (allowed.length === 0 || allowed.includes(value.value)) return [];
  if (/[$`<>@]|UNKNOWN/.test(value.value) || value.value === '') return [];
  const near = nearMiss(value.value, allowed);
  return [
    {
      ...contradiction(
        document,
        `The input ${quoted(name.value)} of ${file} cannot be ${quoted(value.value)}: it is ${enumerated(allowed.slice(0, 10).map(quoted), 'or')}`,
        value.span,
      ),
      ...(evidence ? { evidence } : {}),
      ...replacing(document, value.span, value.value, near),
    },
  ];
}

/** The parameter that a document already has for such a value, else what is needed. */
function valueFor(input: string, document: ReadDocument): string {
  const parameter = `\${${input.toUpperCase().replace(/-/g, '_')}}`;
  return document.text.includes(parameter) ? parameter : `UNKNOWN(${input})`;
}

function contradiction(document: ReadDocument, message: string, span: Span): RuleFinding {
  return { message, path: document.path, span, status: 'fail', severity: severityIn(document, 'block') };
}

/** The other word in its place, where there is one and the word stands there literally. */
function replacing(
  document: ReadDocument,
  span: Span,
  word: string,
  other: string | null,
): { readonly fix?: Fix } {
  if (other === null || document.text.slice(span.start, span.end) !== word) return {};
  return {
    fix: {
      kind: 'proposed',
      title: `Write ${quoted(other)} in the place of ${quoted(word)}`,
      edits: [{ path: document.path, edits: [{ span, text: other }] }],
    },
  };
}

function fileOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function isFile(name: string): boolean {
  return /\.ya?ml$/.test(name);
}
