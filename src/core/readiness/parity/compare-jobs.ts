import { fileSource, type Source } from '../../evidence/fact';
import type { CallChain } from '../../rules/workflow/production-path';
import { onlyRollsBack, productionPathOf } from '../../rules/workflow/production-path';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import type { Span } from '../../text/position';
import type { ParityComparison, ParityDifference } from './compare-files';
import type { EnvironmentWords, ParitySide } from './environments';
import { mayDiffer } from './may-differ';

/** One line of what a job does, with the names of environments, values and addresses taken out. */
interface JobLine {
  readonly text: string;
  /** As it is shown: without anything that might be a value. */
  readonly shown: string;
  readonly span: Span;
}

/** A job that deploys to one side, in one way in which it comes to run. */
interface Deployment {
  readonly facts: JobFacts;
  readonly chain: CallChain;
}

/** More lines than this are not compared: the comparison takes their product. */
const MAX_LINES = 400;

/** The jobs that deploy to each side; those whose side nothing tells are left out. */
export function deploymentsOf(
  set: WorkflowSet,
  words: EnvironmentWords,
): Readonly<Record<ParitySide, readonly Deployment[]>> {
  const staging: Deployment[] = [];
  const production: Deployment[] = [];
  const others: Deployment[] = [];
  for (const facts of productionPathOf(set).deploying) {
    if (onlyRollsBack(facts)) continue;
    for (const chain of set.chainsOf(facts)) {
      const kind = set.targetKindIn(chain);
      const isStaging = namesIn(chain).some((name) => words.sideOf(name) === 'staging');
      if (kind === 'production') {
        production.push({ facts, chain });
        // A matrix of environments: the same job deploys both.
        if (isStaging) staging.push({ facts, chain });
      }
      if (kind !== 'non-production') continue;
      (isStaging ? staging : others).push({ facts, chain });
    }
  }
  // Where nothing is called staging, the one place before production stands for it.
  const places = new Set(others.flatMap(({ chain }) => namesIn(chain)));
  return { staging: staging.length > 0 || places.size !== 1 ? staging : others, production };
}

/** What the jobs of a chain say of the environment: its names, or the inputs that callers give. */
function namesIn(chain: CallChain): readonly string[] {
  return chain.flatMap(({ job, environmentNames }, index) => [
    ...(index === 0 && chain.length > 1 ? [] : (environmentNames ?? [])),
    ...job.with.filter(() => index > 0).map(({ value }) => value.text),
  ]);
}

/**
 * Compares each job that deploys to production with the one that deploys to staging and is most like it, line by line:
 * the actions and commands of its steps, the names of what it is given, and those of the variables and secrets it uses.
 */
export function compareJobs(
  set: WorkflowSet,
  words: EnvironmentWords,
  ignored: readonly string[],
): readonly ParityComparison[] {
  const { staging, production } = deploymentsOf(set, words);
  const found = new Map<string, ParityComparison>();
  for (const one of production) {
    const other = mostAlike(one, staging, words);
    if (!other) continue;
    const key = `${titleOf(other)}\n${titleOf(one)}`;
    if (!found.has(key)) found.set(key, comparePair(other, one, words, ignored));
  }
  return [...found.values()];
}

function titleOf({ chain }: Deployment): string {
  const outer = chain.at(-1) ?? chain[0];
  return `${outer.workflow.path}: ${outer.job.id.value}`;
}

function mostAlike(
  one: Deployment,
  others: readonly Deployment[],
  words: EnvironmentWords,
): Deployment | null {
  let best: { readonly deployment: Deployment; readonly score: number } | null = null;
  for (const deployment of others) {
    const isTwin = words.neutral(titleOf(deployment)) === words.neutral(titleOf(one));
    const isSame = deployment.facts === one.facts;
    const common = isSame
      ? 0
      : commonLines(linesOf(deployment.facts, words), linesOf(one.facts, words)).length;
    const score = (isSame ? 10_000 : 0) + (isTwin ? 1_000 : 0) + common;
    if (!best || score > best.score) best = { deployment, score };
  }
  return best?.deployment ?? null;
}

function comparePair(
  staging: Deployment,
  production: Deployment,
  words: EnvironmentWords,
  ignored: readonly string[],
): ParityComparison {
  const differences: ParityDifference[] = [];
  const sources = { staging: jobSource(staging), production: jobSource(production) };
  const add = (key: string, side: ParitySide, where: Source, what: string): void => {
    if (mayDiffer(key, ignored) !== null) return;
    differences.push({ key, what, ...sources, [side]: where });
  };
  if (staging.facts !== production.facts) {
    const [before, after] = [linesOf(staging.facts, words), linesOf(production.facts, words)];
    const common = commonLines(before, after);
    const kept = new Set(common.flat());
    for (const [side, lines, facts, lacks] of [
      ['staging', before, staging.facts, production],
      ['production', after, production.facts, staging],
    ] as const) {
      for (const line of lines) {
        if (kept.has(line)) continue;
        const where = fileSource(facts.workflow.path, facts.workflow.lines.rangeOf(line.span));
        add(
          `step.${line.shown}`,
          side,
          where,
          `the job ${titleOf(lacks)} has no step \`${line.shown}\`, which ${placeOf(where)} runs for ${side}`,
        );
      }
    }
  }
  for (const [what, namesOf] of [
    ['input', inputsOf],
    ['secret', (deployment: Deployment) => usedNames(deployment, 'secrets')],
    ['variable', (deployment: Deployment) => usedNames(deployment, 'vars')],
    ['environment variable', environmentVariables],
  ] as const) {
    const neutral = (deployment: Deployment): ReadonlyMap<string, readonly [string, Span, JobFacts]> =>
      new Map(
        [...namesOf(deployment)].map(([name, [span, facts]]) => [words.neutral(name), [name, span, facts]]),
      );
    const [one, other] = [neutral(staging), neutral(production)];
    for (const [side, has, lacks, deployment] of [
      ['staging', one, other, production],
      ['production', other, one, staging],
    ] as const) {
      for (const [key, [name, span, facts]] of has) {
        if (lacks.has(key)) continue;
        const where = fileSource(facts.workflow.path, facts.workflow.lines.rangeOf(span));
        add(
          `${what.replace(' ', '-')}.${name}`,
          side,
          where,
          `the job ${titleOf(deployment)} uses no ${what} ${name}, which ${placeOf(where)} uses for ${side}`,
        );
      }
    }
  }
  return {
    of: 'jobs that deploy',
    staging: titleOf(staging),
    production: titleOf(production),
    differences,
    unread: null,
  };
}

function jobSource({ chain }: Deployment): Source {
  const { workflow, job } = chain.at(-1) ?? chain[0];
  return fileSource(workflow.path, workflow.lines.rangeOf(job.id.span));
}

function placeOf(source: Source): string {
  if (source.kind !== 'file') return '';
  return `${source.path}${source.range ? `:${source.range.start.line}` : ''}`;
}

/** What a job does, a line for each action and command; telling people of it is no part of it. */
function linesOf(facts: JobFacts, words: EnvironmentWords): readonly JobLine[] {
  const tells = new Set(
    facts.purposes.filter(({ purpose }) => purpose === 'notify').map(({ stepIndex }) => stepIndex),
  );
  const lines: JobLine[] = [];
  for (const step of facts.job.steps) {
    if (tells.has(step.index)) continue;
    if (step.uses) {
      const given = step.with
        .map(({ name }) => words.neutral(name.value))
        .sort()
        .join(' ');
      const shown = step.uses.value;
      lines.push({ text: `${words.neutral(shown)} ${given}`, shown, span: step.uses.span });
    }
    for (const command of facts.commands) {
      if (command.step !== step) continue;
      const [program = '', ...rest] = command.words;
      if (/^(?:echo|printf|set|:|true|exit|sleep|cd|export|\[|\[\[|test)$/.test(program)) continue;
      const shape = [program, ...rest.flatMap((word) => shapeOf(word, words) ?? [])].join(' ');
      const shown = [program, ...rest.filter(isPlain)].slice(0, 4).join(' ');
      lines.push({ text: words.neutral(shape), shown: shown.slice(0, 80), span: command.span });
    }
  }
  return lines.slice(0, MAX_LINES);
}

/** A word of a command as far as it must be the same on both sides; null for a value. */
function shapeOf(word: string, words: EnvironmentWords): string | null {
  if (/^--?[A-Za-z]/.test(word)) return word.split('=', 1)[0] ?? word;
  if (/[$:/@=]|\d|\{\{/.test(word) || words.neutral(word) !== word) return null;
  return word;
}

/** A word that can be nothing but a subcommand or an option's name. */
function isPlain(word: string): boolean {
  return /^(?:[a-z][a-z-]{0,20}|--[a-z][a-z-]{0,30})$/.test(word);
}

/** Pairs of lines that both jobs have, in the order of both: the longest common subsequence. */
function commonLines(
  before: readonly JobLine[],
  after: readonly JobLine[],
): readonly (readonly [JobLine, JobLine])[] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const row = lengths[i];
      if (!row) continue;
      row[j] =
        before[i]?.text === after[j]?.text
          ? (lengths[i + 1]?.[j + 1] ?? 0) + 1
          : Math.max(lengths[i + 1]?.[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  const common: (readonly [JobLine, JobLine])[] = [];
  for (let i = 0, j = 0; i < before.length && j < after.length;) {
    const [one, other] = [before[i], after[j]];
    if (one && other && one.text === other.text) {
      common.push([one, other]);
      i++;
      j++;
    } else if ((lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0)) i++;
    else j++;
  }
  return common;
}

type UsedNames = ReadonlyMap<string, readonly [Span, JobFacts]>;

/** What the callers of a job give it, by name. */
function inputsOf({ chain }: Deployment): UsedNames {
  const found = new Map<string, readonly [Span, JobFacts]>();
  for (const facts of chain.slice(1)) {
    for (const { name } of [...facts.job.with, ...(facts.job.secrets?.entries ?? [])]) {
      found.set(name.value, [name.span, facts]);
    }
  }
  return found;
}

/** The names of secrets or variables that the jobs of a chain use: `secrets.NAME`, `vars['NAME']`. */
function usedNames({ chain }: Deployment, context: 'secrets' | 'vars'): UsedNames {
  const found = new Map<string, readonly [Span, JobFacts]>();
  const pattern = new RegExp(
    `\\b${context}\\s*(?:\\.\\s*([A-Za-z_][\\w-]*)|\\[\\s*'([\\w-]+)'\\s*\\])`,
    'gi',
  );
  for (const facts of chain) {
    const { workflow, job } = facts;
    const text = workflow.text.slice(job.span.start, job.span.end);
    for (const match of text.matchAll(pattern)) {
      const line = text.slice(text.lastIndexOf('\n', match.index) + 1, match.index);
      const name = match[1] ?? match[2];
      if (name === undefined || /^\s*#/.test(line)) continue;
      const start = job.span.start + match.index;
      if (!found.has(name)) found.set(name, [{ start, end: start + match[0].length }, facts]);
    }
  }
  return found;
}

/** Names that the job or one of its steps sets for its programs. */
function environmentVariables({ chain }: Deployment): UsedNames {
  const found = new Map<string, readonly [Span, JobFacts]>();
  for (const facts of chain) {
    for (const { name } of [...facts.job.env, ...facts.job.steps.flatMap((step) => step.env)]) {
      if (!found.has(name.value)) found.set(name.value, [name.span, facts]);
    }
  }
  return found;
}
