import type { SourceWorkflow } from '../../pipeline/extract/candidate';
import type { Extraction } from '../../pipeline/extract/extract';
import { placeholder } from '../../evidence/fact';
import { counted } from '../../text/words';
import { quoted } from '../../shell/fill-variables';
import type { ManualStep } from '../task';
import { commitNeeded, type ExtractedRepository } from './repositories';

/** What was found, in two sentences. */
export function summaryOf(extractions: readonly Extraction[]): string {
  const jobs = extractions.reduce(
    (sum, { callers, jobs: inside }) => sum + inside.length * callers.length,
    0,
  );
  const steps = extractions.reduce(
    (sum, extraction) => sum + extraction.steps * (extraction.callers.length - 1),
    0,
  );
  const what =
    extractions.length === 1
      ? `one workflow that they call, \`${extractions[0]?.path ?? ''}\``
      : `${extractions.length} workflows that they call`;
  return `${jobs} jobs repeat and become ${what}; ${counted(steps, 'step')} ${steps === 1 ? 'is' : 'are'} no longer written twice. Inlined back, every job is what it was, and the gate's verdict is no worse.`;
}

/** What is not the same afterwards, though every job does the same. */
export function changesOf(
  extractions: readonly Extraction[],
  workflows: readonly SourceWorkflow[],
): readonly string[] {
  return extractions.flatMap(({ path, callers, jobs, plan, repository }) => {
    const notes = [
      `${path}: the checks of ${namesOf(callers)} are called ${jobs.map((job) => `"<caller> / ${job}"`).join(', ')} from now on; outputs and results keep their names for the jobs that need them.`,
    ];
    if (plan.secrets.some((secret) => !secret.isRequired)) {
      notes.push(
        `${path}: a job in it names an environment, whose secrets win over those that the caller passes; these secrets are therefore optional in the call.`,
      );
    }
    if (plan.inputs.some((input) => input.values.some((value) => value.includes('${{')))) {
      notes.push(`${path}: values that only the caller knows are handed in as inputs.`);
    }
    if (plan.variables.size > 0) {
      notes.push(
        `${path}: what differs in scripts comes in as variables (\`INPUT_…\`) of their steps, so that no value can become a command.`,
      );
    }
    const filtered = callers.filter((caller) => hasPathFilter(caller, workflows));
    if (filtered.length > 0 && filtered.some((caller) => caller.repository === repository)) {
      notes.push(
        `${path}: ${counted(filtered.length, 'caller')} ${filtered.length === 1 ? 'starts' : 'start'} on changes of certain paths only, and this file is none of them: add it to their \`paths\` where a change of it should start them.`,
      );
    }
    return notes;
  });
}

/** What a person has to do beside it. */
export function manualStepsOf(
  extractions: readonly Extraction[],
  repositories: readonly ExtractedRepository[],
  ref: string | null,
): readonly ManualStep[] {
  return [
    ...repositories.flatMap((home) => {
      const called = extractions.filter(({ repository }) => repository === home.name);
      const elsewhere = [
        ...new Set(
          called
            .flatMap(({ callers }) => callers.map((caller) => caller.repository))
            .filter((name) => name !== home.name),
        ),
      ];
      return elsewhere.length === 0 ? [] : stepsElsewhere(home, called, elsewhere, ref);
    }),
    {
      title: 'Adjust required checks',
      why: `A job that calls a workflow reports its checks as "caller / job". Where a ruleset or branch protection requires ${namesOf(extractions.flatMap((extraction) => extraction.callers))}, it would wait for ever: require the new names in the same change.`,
      command: null,
    },
  ];
}

/** How workflows of one repository come to be called from others. */
function stepsElsewhere(
  home: ExtractedRepository,
  called: readonly Extraction[],
  callers: readonly string[],
  ref: string | null,
): readonly ManualStep[] {
  const paths = called.map(({ path }) => path).join(', ');
  const name = home.slug ?? home.name;
  const mark = placeholder(commitNeeded(home));
  return [
    {
      title: `Merge the new ${called.length === 1 ? 'workflow' : 'workflows'} in ${name} first`,
      why: `${callers.join(', ')} call ${paths} there: until it is merged their runs fail. Nothing but the push tells its commit.`,
      command: null,
    },
    ...(ref === null
      ? [
          {
            title: `Put the commit of ${name} in the place of UNKNOWN`,
            why: 'GitHub takes no workflow with a call that names no commit; a full commit, and not a branch, so that nobody can change afterwards what is called.',
            command: [
              `COMMIT="$(git -C ${quoted(home.name)} rev-parse HEAD)" # on the branch that was merged`,
              ...callers.map(
                (caller) =>
                  `grep -rl ${quoted(mark)} ${quoted(`${caller}/.github/workflows`)} | xargs sed -i "s|${mark}|$COMMIT|"`,
              ),
            ].join('\n'),
          },
        ]
      : []),
    {
      title: `Let the other repositories call workflows of ${name}, where it is private`,
      why: 'A private or internal repository lets nobody call its workflows unless its Actions settings say so; a public one is called by everybody. Its secrets and variables are not used: those of the callers are.',
      command: `gh api --method PUT repos/${home.slug ?? placeholder(`owner and name of the repository ${home.name}`)}/actions/permissions/access -f access_level=organization`,
    },
  ];
}

function hasPathFilter(caller: Extraction['callers'][number], workflows: readonly SourceWorkflow[]): boolean {
  const source = workflows.find(
    ({ repository, workflow }) => repository === caller.repository && workflow.path === caller.path,
  );
  return source?.workflow.triggers.some((trigger) => trigger.paths !== null) ?? false;
}

function namesOf(callers: Extraction['callers']): string {
  const names = [...new Set(callers.flatMap(({ jobs }) => jobs.map((job) => `"${job}"`)))];
  return names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ');
}
