import { unwrapCommand } from '../../shell/wrappers';
import type { Span } from '../../text/position';
import { secretsOfKnownShape } from '../../text/secret-shapes';
import type { NamedScalar, Workflow } from '../../workflow/model';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import type { RuleFinding, WorkflowRule } from '../rule';
import { productionPathOf, quoted, severityAt } from './production-path';

/** Names of variables and inputs whose value is a secret, where it is a value at all. */
const SECRET_NAME =
  /(^|[-_])(passw(or)?d|passphrase|secret|token|api[-_]?key|access[-_]?key|secret[-_]?key|private[-_]?key|auth[-_]?key|credentials?)$/i;

/** Names that end alike and say where a secret is, or who may have it. */
const NOT_A_SECRET = /(^|[-_])(id|name|key[-_]?id|public[-_]?key|cache[-_]?key|restore[-_]?keys?)$/i;

/** Options with which commands take a password, by program; `-p` means something else to most. */
const SECRET_OPTIONS: Readonly<Record<string, RegExp>> = {
  docker: /^(-p|--password)$/,
  podman: /^(-p|--password)$/,
  helm: /^--password$/,
  az: /^(-p|--password|--docker-registry-server-password|--registry-password)$/,
  heroku: /^--api-key$/,
  vercel: /^(-t|--token)$/,
  netlify: /^--auth$/,
  flyctl: /^(-t|--access-token)$/,
  sshpass: /^-p$/,
  mysql: /^--password$/,
};

/** Words that stand where a secret would. */
const PLACEHOLDER =
  /example|placeholder|dummy|fake|mock|change-?me|sample|redacted|insert|replace|your|x{3,}|\*{3,}|<|12345|abcd/i;

/** Shorter texts are words, versions or names of secrets. */
const MIN_LENGTH = 12;

/**
 * A secret stands in a workflow in clear text.
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'committed-secret',
  title: 'A workflow holds a secret in clear text',
  severity: 'block',
  why: 'Everybody who can read the repository, or any copy of it, can use the secret, and it stays in the history after it is taken out.',
  check(set) {
    return set.workflows.flatMap((workflow) => {
      const known = ofKnownShape(set, workflow);
      return [...known, ...byName(set, workflow, known)].sort(
        (a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0),
      );
    });
  },
};

function ofKnownShape(set: WorkflowSet, workflow: Workflow): RuleFinding[] {
  const path = productionPathOf(set);
  const jobs = set.jobsOf(workflow);
  return secretsOfKnownShape(workflow.text).map(({ name, isVendorIssued, span }): RuleFinding => {
    const owner = jobs.find(({ job }) => job.span.start <= span.start && span.end <= job.span.end);
    // What stands outside every job is handed to all of them.
    const near = owner ?? jobs.find((facts) => path.isOnTheWay(facts));
    const where = owner ? quoted(owner.job) : 'This workflow';
    return {
      path: workflow.path,
      span: firstLine(workflow, span),
      status: 'fail',
      // A vendor's token is as public in a workflow that deploys nothing, and opens as much.
      severity: isVendorIssued ? 'block' : near ? severityAt(path, near) : 'warn',
      message: `${where} holds what has the shape of ${name} in clear text: revoke it, keep the new one as a secret of the environment and take it from there with \`\${{ secrets.NAME }}\``,
    };
  });
}

/** A key of many lines is pointed at by its first, which is none of its secret. */
function firstLine(workflow: Workflow, span: Span): Span {
  const end = workflow.text.slice(span.start, span.end).search(/[\r\n]/);
  return end < 0 ? span : { start: span.start, end: span.start + end };
}

/**
 * Values without a shape of their own: only in jobs that deploy, where nothing has a reason to make one up, and never
 * more than a warning, since the name is all there is.
 */
function byName(set: WorkflowSet, workflow: Workflow, known: readonly RuleFinding[]): RuleFinding[] {
  const jobs = productionPathOf(set).deploying.filter(
    (facts) => facts.workflow === workflow && facts.target?.kind !== 'non-production',
  );
  if (jobs.length === 0) return [];
  const held: { readonly holder: string; readonly span: Span; readonly what: string }[] = [];
  const look = (holder: string, entries: readonly NamedScalar[]): void => {
    for (const { name, value } of entries) {
      if (!SECRET_NAME.test(name.value) || NOT_A_SECRET.test(name.value)) continue;
      if (looksMadeByChance(value.text)) held.push({ holder, span: value.span, what: `\`${name.value}\`` });
    }
  };
  look('This workflow', workflow.env);
  for (const { job, commands } of jobs) {
    const holder = quoted(job);
    look(holder, job.env);
    for (const step of job.steps) {
      look(holder, step.env);
      look(holder, step.with);
    }
    for (const command of commands) {
      const option = secretOption(command);
      if (option) held.push({ holder, span: command.span, what: `\`${option}\`` });
    }
  }
  return held
    .filter(({ span }) => !known.some((other) => other.span && overlaps(other.span, span)))
    .map(({ holder, span, what }) => ({
      path: workflow.path,
      span,
      status: 'fail',
      severity: 'warn',
      message: `${holder} gives ${what} a value in clear text that looks like a secret: if it is one, change it and take it from \`\${{ secrets.NAME }}\``,
    }));
}

function secretOption({ words }: JobFacts['commands'][number]): string | null {
  const command = unwrapCommand(words);
  const options = SECRET_OPTIONS[command[0] ?? ''];
  for (const [index, word] of command.entries()) {
    const [name = '', joined] = word.split('=', 2);
    const value = joined ?? command[index + 1];
    if (options?.test(name) && value !== undefined && looksMadeByChance(value)) return name;
    const bearer = /^Authorization:\s*(?:Bearer|Basic|token)\s+(\S+)$/i.exec(word)?.[1];
    if (bearer !== undefined && looksMadeByChance(bearer)) return 'Authorization';
  }
  return null;
}

/** Long, of mixed kinds of characters, and neither an expression nor a word, path, address or placeholder. */
function looksMadeByChance(value: string): boolean {
  const text = value.trim();
  if (text.length < MIN_LENGTH || text.length > 500 || /[\s${}()]/.test(text)) return false;
  if (PLACEHOLDER.test(text) || /:\/\/|^[./~]|\.(json|pem|key|txt|ya?ml|env)$/i.test(text)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(text)).length;
  // Words joined by dashes or underscores are a name: `prod-registry-credentials-2`.
  const isName = /^[A-Za-z]+([-_.][A-Za-z]+)*([-_.]?\d{1,4})?$/.test(text);
  return /\d/.test(text) && kinds >= 2 && !isName && new Set(text).size >= 8;
}

function overlaps(a: Span, b: Span): boolean {
  return a.start < b.end && b.start < a.end;
}
