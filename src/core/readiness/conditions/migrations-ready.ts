import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import { fileSource, type Source } from '../../evidence/fact';
import type { JobFacts } from '../../workflow/understanding';
import { counted } from '../../text/words';
import { migrationOf } from '../migration-commands';
import { notKnown, pass, type Condition } from '../condition';
import type { ReadinessFacts } from '../facts';

/** A file of migrations by its folder: what is changed there after a release has run it is not run again. */
const MIGRATION = /(?:^|\/)(?:migrations?|migrate|changelogs?|versions)\/(?:[^/]+\/)*[^/]+$/i;

const MAX_PATHS = 20;

/**
 * Whether it is known how the migrations reach production, and whether they are run anywhere before. Whether they can be
 * undone is asked of the rollback (`actions-compensated`, `runs-on-new-schema`), not here.
 */
export const condition: Condition = {
  id: 'migrations-ready',
  title: 'The migrations are run before production, and it is known how they get there',
  weight: 'block',
  criterion: 'execution',
  judge: (facts) => {
    const { change, asked } = facts;
    if (!change) return null;
    const paths = change.touches
      .filter(({ kind }) => kind === 'schema' || kind === 'data')
      .flatMap((touch) => touch.paths);
    if (paths.length === 0) return null;
    const edited = change.files.filter(
      ({ path, status }) => status === 'modified' && paths.includes(path) && MIGRATION.test(path),
    );
    const [first] = edited;
    if (first && change.range.baseName !== null) {
      return notKnown(
        `${edited.length === 1 ? `${first.path} was` : `${edited.length} migrations, first ${first.path}, were`} part of ${change.range.baseName} and ${edited.length === 1 ? 'is' : 'are'} changed now: a database that has run ${edited.length === 1 ? 'it' : 'them'} does not run ${edited.length === 1 ? 'it' : 'them'} again`,
        'put the change into a migration of its own, or override this with the reason why it is none',
        edited.slice(0, MAX_PATHS).map(({ path }) => fileSource(path)),
      );
    }
    const steps = stepsOf(facts);
    const jobs = (facts.workflows?.jobs ?? []).filter((job) => migrationOf(job) !== null);
    const production = jobs.filter(({ target }) => target?.kind === 'production');
    const before = jobs.filter(({ target }) => target?.kind !== 'production');
    const files = paths.slice(0, MAX_PATHS).map((path) => fileSource(path));
    const isIn = (title: string): boolean => title.toLowerCase().includes(asked.environment.toLowerCase());
    const applied = [
      ...production.map(sourceOf),
      ...steps.filter(({ title }) => isIn(title)).map(({ source }) => source),
    ];
    const rehearsed = [
      ...before.map(sourceOf),
      ...steps.filter(({ title }) => !isIn(title)).map(({ source }) => source),
    ];
    if (applied.length === 0) {
      return notKnown(
        `the change has ${counted(paths.length, 'file')} of the schema, and neither a job nor a step of the plan with its command says how they reach ${asked.environment}`,
        `write the command that runs the migrations in ${asked.environment} into the plan, or run them in the job that deploys`,
        files,
      );
    }
    if (rehearsed.length === 0) {
      return notKnown(
        `nothing shows that the migrations are run anywhere before ${asked.environment}`,
        'run them in a test job or in staging first, or write the step with its command into the plan',
        [...applied, ...files],
      );
    }
    return pass(
      `${counted(paths.length, 'file')} of the schema: run before by ${rehearsed.length === 1 ? 'one job or step' : `${rehearsed.length} jobs or steps`}, and in ${asked.environment} by a known one`,
      [...applied, ...rehearsed],
    );
  },
};

/** Steps of the plan that run migrations by a command that is known. */
function stepsOf({ plan }: ReadinessFacts): readonly { readonly title: string; readonly source: Source }[] {
  if (!plan) return [];
  return plan.data.steps
    .filter(
      ({ title, command, action }) =>
        /\bmigrat/i.test(`${title} ${command}`) &&
        `${command}${action}`.trim() !== '' &&
        !holdsPlaceholder(`${command} ${action}`),
    )
    .map(({ title }) => ({ title, source: fileSource(plan.path) }));
}

function sourceOf(job: JobFacts): Source {
  const command = migrationOf(job);
  return fileSource(job.workflow.path, command ? job.workflow.lines.rangeOf(command.span) : null);
}
