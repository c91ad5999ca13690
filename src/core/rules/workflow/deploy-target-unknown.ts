import type { GateFacts, WorkflowRule } from '../rule';
import { enumerated } from '../../text/words';
import type { JobFacts } from '../../workflow/understanding';
import { isCalledLikeProduction, kindOfEnvironment } from './environment-names';
import { listEnvironments } from './list-environments';
import { evidenceOf, productionPathOf, quoted } from './production-path';
import { isMistypedProduction } from './unknown-environment';

/**
 * A job deploys and nothing says whether its target is production: the verdict is unknown, not pass.
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'deploy-target-unknown',
  title: 'Nothing says whether a deployment goes to production',
  severity: 'block',
  why: 'What production needs can only be asked of a deployment that is known to reach it; taking an unknown target for harmless would be a guess.',
  check(set, gate) {
    return productionPathOf(set).unknownTarget.flatMap((facts) => {
      const { job, target, workflow } = facts;
      // A name of production's, mistyped, is one fault: what it should be is said where it is written.
      if (!target || isMistypedProduction(set, gate, facts)) return [];
      const [strong] = evidenceOf(facts, 'deploy', 'strong');
      const [any] = evidenceOf(facts, 'deploy');
      const because = strong ?? any;
      return [
        {
          path: workflow.path,
          span: job.environment?.name.span ?? job.id.span,
          status: 'unknown' as const,
          // A deployment that is itself only likely must not hold a release up.
          ...(strong ? {} : { severity: 'warn' as const }),
          message: `${quoted(job)} deploys${whereTo(facts, gate)}`,
          ...(because
            ? {
                evidence: [
                  {
                    message: `"${job.id.value}" deploys: ${because.message}`,
                    path: because.path,
                    span: because.span,
                  },
                ],
              }
            : {}),
          ...listEnvironments(set, gate, unknownNames(facts, gate)),
        },
      ];
    });
  },
};

/** More names than this are not listed one by one. */
const MAX_LISTED = 4;

/** The names of a job's environment that nothing tells anything of; none where no file bounds them. */
function unknownNames(facts: JobFacts, gate: GateFacts): readonly string[] {
  const names = facts.environmentNames ?? [];
  return names.length > MAX_LISTED
    ? []
    : names.filter((name) => kindOfEnvironment(name, gate) === 'unknown' && name.trim() !== '');
}

/** Whether the environment is an input of `type: environment`: one that exists, and no file says which those are. */
function isChosenFromAll({ job, workflow }: JobFacts): boolean {
  const input = /^\$\{\{\s*(?:github\.event\.)?inputs\.([\w-]+)\s*\}\}$/i.exec(
    job.environment?.name.value.trim() ?? '',
  )?.[1];
  const inputs = workflow.triggers.flatMap((trigger) => trigger.inputs);
  return inputs.some(
    (each) => each.name.value.toLowerCase() === input?.toLowerCase() && each.type === 'environment',
  );
}

/** Completes "<job> deploys", with what would tell. */
function whereTo(facts: JobFacts, gate: GateFacts): string {
  const environment = facts.job.environment?.name.value;
  const names = facts.environmentNames;
  if (environment === undefined) {
    return ', and nothing says whether its target is production: name its `environment`, or list the cluster, namespace or app that it names under `environments` in .github/release-gate.yml';
  }
  if (names === null && isChosenFromAll(facts)) {
    return `, and "${environment}" may be any environment that the repository has: make the input a choice between their names, so that it is known which of them are production`;
  }
  if (names === null) {
    return ` to whatever "${environment}" comes to, and nothing says whether that is production: make it a choice between names of environments`;
  }
  const listed =
    names.length > 0 && names.length <= MAX_LISTED
      ? enumerated(
          names.map((name) => `"${name}"`),
          'or',
        )
      : `"${environment}"`;
  if (names.some((name) => isCalledLikeProduction(name, gate))) {
    return ` to ${listed}, called like production though the configuration lists other environments as that: list ${names.length > 1 ? 'each' : 'it'} under \`environments\` in .github/release-gate.yml, as production or as other`;
  }
  return ` to ${listed}, and nothing says whether that is production: list ${names.length > 1 ? 'each' : 'it'} under \`environments\` in .github/release-gate.yml, as production or as other`;
}
