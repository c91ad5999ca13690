import type { Fact } from '../../evidence/fact';
import type { Environment } from '../../evidence/profile';
import { onlyRollsBack, productionPathOf } from '../../rules/workflow/production-path';
import type { CallChain } from '../../workflow/call-chains';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { secretsIn } from '../../workflow/credential-uses';
import { startsInChain } from './how-it-starts';
import { shownValue, type SettingValue } from './setting-values';

/** A job that deploys to one environment, in one way in which it comes to run. */
export interface EnvironmentDeployment {
  readonly facts: JobFacts;
  readonly chain: CallChain;
}

/**
 * The jobs that deploy to an environment: those whose environment can have its name, and those in which the profile found
 * the name in a command. A called workflow that deploys several counts where its caller names this one.
 */
export function deploymentsTo(
  environment: Fact<Environment>,
  set: WorkflowSet,
): readonly EnvironmentDeployment[] {
  const name = environment.value.name.toLowerCase();
  const isNamed = (names: readonly string[] | null): boolean =>
    names?.some((each) => each.toLowerCase() === name) === true;
  const found: EnvironmentDeployment[] = [];
  for (const facts of productionPathOf(set).deploying) {
    if (onlyRollsBack(facts)) continue;
    const isByCommand = environment.sources.some(
      (source) =>
        source.kind === 'file' &&
        source.path === facts.workflow.path &&
        source.range !== null &&
        isWithin(facts, source.range.start.line),
    );
    if (!isByCommand && !isNamed(facts.environmentNames)) continue;
    for (const chain of set.chainsOf(facts)) {
      const given = chain.flatMap(({ job }, index) =>
        index === 0 ? [] : job.with.map(({ value }) => value.text.toLowerCase()),
      );
      const others = (facts.environmentNames ?? []).filter((each) => each.toLowerCase() !== name);
      const isOther = given.some((value) => others.some((each) => each.toLowerCase() === value));
      if (!isOther || given.includes(name)) found.push({ facts, chain });
    }
  }
  return found;
}

function isWithin({ workflow, job }: JobFacts, line: number): boolean {
  const { start, end } = workflow.lines.rangeOf(job.span);
  return start.line <= line && line <= end.line;
}

/** `deploy.yml: production`. */
export function jobTitle({ workflow, job }: JobFacts): string {
  return `${workflow.path.replace(/^\.github\/workflows\//, '')}: ${job.id.value}`;
}

/** What an environment runs and what puts it there; null where no job deploys to it. */
export function tracksOf(deployments: readonly EnvironmentDeployment[]): string | null {
  const sentences = deployments.map(
    ({ facts, chain }) => `job ${jobTitle(facts)}, started ${startsInChain(chain)}`,
  );
  return sentences.length === 0 ? null : [...new Set(sentences)].join('; ');
}

/** The address that a job gives its environment, or that a variable of it names; null where it is not written out. */
export function addressOf(deployments: readonly EnvironmentDeployment[], set: WorkflowSet): string | null {
  for (const { facts } of deployments) {
    const url = facts.job.environment?.url?.value;
    const texts = url === undefined ? null : set.possibleTexts(facts, url);
    if (texts?.length === 1 && texts[0] !== undefined && /^https?:\/\//.test(texts[0])) return texts[0];
    const variable = [
      ...facts.job.env,
      ...facts.job.steps.flatMap(({ env }) => env),
      ...facts.workflow.env,
    ].find(
      ({ name, value }) =>
        /^(?:BASE|APP|SITE|SERVICE|TARGET|PUBLIC|DEPLOY|HEALTH|SMOKE)?_?(?:URL|HOST)$/i.test(name.value) &&
        /^https?:\/\/[\w.-]+/.test(value.text) &&
        !value.text.includes('${{'),
    );
    if (variable) return variable.value.text.trim();
  }
  return null;
}

/** The variables that the deploying jobs of an environment are given, by name; a secret is named, never shown. */
export function variablesOf(
  deployments: readonly EnvironmentDeployment[],
): ReadonlyMap<string, SettingValue & { readonly path: string }> {
  const found = new Map<string, SettingValue & { readonly path: string }>();
  for (const { facts } of deployments) {
    const { workflow, job } = facts;
    for (const { name, value } of [...workflow.env, ...job.env, ...job.steps.flatMap(({ env }) => env)]) {
      const [secret] = secretsIn(value.text);
      const variable = /^\$\{\{\s*vars\.([\w-]+)\s*\}\}$/.exec(value.text.trim())?.[1];
      const shown = secret
        ? `from the secret ${secret}`
        : variable
          ? `from the variable ${variable}`
          : value.text.includes('${{')
            ? null
            : shownValue(name.value, value.text);
      found.set(name.value, {
        value: shown,
        line: workflow.lines.positionAt(name.span.start).line,
        path: workflow.path,
      });
    }
  }
  return found;
}
