import type { Change } from '../../change/change';
import { minutesOf } from '../../documents/markdown/parts';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import type {
  CanaryStep,
  PlannedStep,
  RollbackPlan,
  RollbackTrigger,
} from '../../documents/release-plan/release-plan';
import { isKnown, placeholder } from '../../evidence/fact';
import { rollbackCommandOf, type RepositoryProfile } from '../../evidence/profile';
import { SCHEMA_UNTOUCHED } from '../../documents/release-plan/keep-plan';
import { DEFAULT_TRIGGERS, WATCH_MINUTES } from '../../risk/rollback-triggers';
import type { RolloutAdvice } from '../../risk/rollout';
import { counted } from '../../text/words';

/** What the steps of a release are made from. */
export interface StepFacts {
  readonly change: Change | null;
  readonly profile: RepositoryProfile;
  readonly rollout: RolloutAdvice;
  /** The shares of a canary; none where the rollout has none. */
  readonly canary: readonly CanaryStep[];
  /** In the order of promotion, production last. */
  readonly environments: readonly PlannedEnvironment[];
  /** Who leads the release, or UNKNOWN(...). */
  readonly owner: string;
  readonly isOwnerTold: boolean;
  /** When the runbooks of the service say to go back; none where there are none. */
  readonly triggers: readonly RollbackTrigger[];
}

/** An environment that the release passes. */
export interface PlannedEnvironment {
  readonly name: string;
  readonly isProduction: boolean;
}

/** The titles that this file writes, whatever the environment, share or version in them is called. */
const OWN_TITLES =
  /^(?:Check that the build may be released|Settle what cannot be undone|Back up the data that the release deletes, and restore it elsewhere|Run the migrations in .+, unless its deployment does|Deploy to .+|Check .+|Give .+ the new version(?: \(canary\))?|Give a small share of .+|Compare the canary with the rest|Start the new version in .+ \(blue-green\)|Send the traffic of .+ to the new version|Approve the release to production|Watch .+|Tell that the release is done|Decide to go back|Put .+ back in .+|Undo the effects on data and schema)$/;

/** Whether a step is one that the engine writes: without its reason it goes; a step of a person stays. */
export function isOwnStep(title: string): boolean {
  return OWN_TITLES.test(title);
}

/** The steps in their order: settle, promote through the environments, approve, deploy, check, watch, tell. */
export function releaseSteps(facts: StepFacts): readonly PlannedStep[] {
  const { change, owner } = facts;
  const steps: PlannedStep[] = [];
  const head = change ? change.range.commits.head.slice(0, 12) : placeholder('commit');
  steps.push(
    byHand(
      'Check that the build may be released',
      owner,
      `Look up the required checks of commit ${head} and the artifact that was built from it`,
      'Every required check passed on this commit, and the artifact names it',
    ),
  );
  steps.push(...settlingSteps(facts));
  const others = facts.environments.filter((environment) => !environment.isProduction);
  const production = facts.environments.filter((environment) => environment.isProduction);
  for (const environment of others) steps.push(...environmentSteps(facts, environment));
  steps.push(
    byHand(
      'Approve the release to production',
      placeholder('approver'),
      'Somebody other than the authors reads this plan and the results so far, and approves or declines in the deployment tool',
      'The approval is recorded with name and time',
    ),
  );
  const targets = production.length > 0 ? production : [{ name: 'production', isProduction: true }];
  for (const environment of targets) {
    steps.push(...environmentSteps(facts, environment));
    steps.push({
      ...byHand(
        `Watch ${environment.name}`,
        owner,
        `Compare the metrics under “Rollback plan” with their thresholds for ${WATCH_MINUTES.production} minutes; where one is met, go back at once`,
        'No trigger was met until the end of the window',
      ),
      durationMinutes: WATCH_MINUTES.production,
    });
  }
  steps.push(
    byHand(
      'Tell that the release is done',
      owner,
      'Tell those named under “Communication” which version runs and what changed',
      'The message is sent, and the record of the release is complete',
    ),
  );
  return steps;
}

function settlingSteps(facts: StepFacts): readonly PlannedStep[] {
  const { change } = facts;
  if (!change || change.irreversible.length === 0) return [];
  const owner = ownerOfPaths(
    facts,
    change.irreversible.map((action) => action.path),
  );
  const steps: PlannedStep[] = [];
  const made = change.irreversible.filter((action) => action.compensatedBy != null);
  const unread = change.irreversible.filter((action) => action.kind === 'unjudgeable').length;
  const known = change.irreversible.length - unread - made.length;
  steps.push(
    byHand(
      'Settle what cannot be undone',
      owner,
      [
        made.length > 0
          ? `Check that the compensation of ${counted(made.length, 'irreversible action')} is done as the plan says`
          : null,
        known > 0
          ? `decide on and carry out the compensation of ${counted(known, 'irreversible action')}`
          : null,
        unread > 0
          ? `say what ${counted(unread, 'action')} that could not be judged ${unread === 1 ? 'does' : 'do'}`
          : null,
      ]
        .filter((part) => part !== null)
        .map((part, index) => (index === 0 ? `${part.charAt(0).toUpperCase()}${part.slice(1)}` : part))
        .join(', and '),
      'Each of them has its compensation with a name to it, or it is taken out of this release',
    ),
  );
  if (change.irreversible.some((action) => action.kind === 'data-delete')) {
    steps.push({
      title: 'Back up the data that the release deletes, and restore it elsewhere',
      owner,
      command: placeholder('command that takes the backup'),
      action: '',
      expected: 'The restored copy holds the rows that production holds',
      durationMinutes: null,
    });
  }
  return steps;
}

function environmentSteps(facts: StepFacts, environment: PlannedEnvironment): readonly PlannedStep[] {
  const { change, profile, owner } = facts;
  const steps: PlannedStep[] = [];
  const migrates = change?.touches.some((touch) => touch.kind === 'schema') ?? false;
  if (migrates) {
    steps.push({
      title: `Run the migrations in ${environment.name}, unless its deployment does`,
      owner: ownerOfPaths(facts, change?.touches.find((touch) => touch.kind === 'schema')?.paths ?? []),
      command: placeholder('command that runs the migrations'),
      action: '',
      expected: 'The migrations of this release are recorded as applied, none as failed',
      durationMinutes: null,
    });
  }
  const command =
    deployCommandTo(profile, environment.name) ?? placeholder(`command that deploys to ${environment.name}`);
  steps.push(...rolloutSteps(facts, environment, command));
  const health = profile.operations.find((link) => link.value.kind === 'health');
  steps.push({
    title: `Check ${environment.name}`,
    owner,
    command: profile.smokeTest
      ? inEnvironment(profile.smokeTest.value, environment.name)
      : placeholder(
          health
            ? `address of ${environment.name}, to ask ${health.value.target}`
            : `command that checks ${environment.name}`,
        ),
    action: '',
    expected: profile.smokeTest
      ? 'It ends with status 0'
      : 'It answers as healthy, with the version of this release',
    durationMinutes: null,
  });
  return steps;
}

/**
 * The deployment to one environment. The repository's command deploys to all of it, so what a canary or a switch needs
 * before that is not known unless somebody says it.
 */
function rolloutSteps(
  facts: StepFacts,
  environment: PlannedEnvironment,
  command: string,
): readonly PlannedStep[] {
  const { owner } = facts;
  const { name } = environment;
  const step = (title: string, text: string, expected: string): PlannedStep => ({
    title,
    owner,
    command: text,
    action: '',
    expected,
    durationMinutes: null,
  });
  const ready = `${name} runs the version of this release, and its instances are ready`;
  const { rollout } = facts.rollout;
  if (!environment.isProduction) return [step(`Deploy to ${name}`, command, ready)];
  switch (rollout) {
    case 'canary':
      return facts.canary.map(({ share, duration, check, abort, command: text }) => {
        const isAll = /^\s*100\s*%/.test(share);
        return {
          ...step(
            isAll
              ? `Give all of ${name} the new version`
              : `Give ${share} of ${name} the new version (canary)`,
            isAll && holdsPlaceholder(text) ? command : text,
            isAll ? ready : `No trigger was met in ${duration}. Compared: ${check}. Abort when ${abort}`,
          ),
          durationMinutes: isAll ? null : minutesOf(duration),
        };
      });
    case 'blue-green':
      return [
        step(
          `Start the new version in ${name} beside the one that serves (blue-green)`,
          placeholder(`command that starts the new version in ${name} without traffic`),
          'The new version is ready and gets no requests of users',
        ),
        step(
          `Send the traffic of ${name} to the new version`,
          placeholder(`command that switches the traffic of ${name}`),
          ready,
        ),
      ];
    case 'rolling':
    case 'all-at-once':
    case 'manual':
      return [step(`Deploy to ${name} (${rollout})`, command, ready)];
    default:
      return rollout satisfies never;
  }
}

/** The owner that CODEOWNERS names for all of the paths; else who leads the release. */
function ownerOfPaths({ change, owner, isOwnerTold }: StepFacts, paths: readonly string[]): string {
  const owners = new Set(paths.flatMap((path) => change?.owners?.byPath.get(path) ?? []));
  const [only] = owners;
  return !isOwnerTold && owners.size === 1 && only !== undefined ? only : owner;
}

/** How to go back, with the default triggers; the target is the release before. */
export function rollbackPlan(facts: StepFacts): RollbackPlan {
  const { change, profile, owner } = facts;
  const target = change?.range.baseTag ?? placeholder('version to go back to');
  const command = rollbackCommandOf(profile);
  const production = facts.environments.find((environment) => environment.isProduction)?.name ?? 'production';
  const steps: PlannedStep[] = [
    byHand(
      'Decide to go back',
      owner,
      'Where a trigger of this plan is met, go back without waiting for its cause to be found; keep logs and metrics of the time',
      'The decision is written down with time and trigger',
    ),
    {
      title: `Put ${target} back in ${production}`,
      owner,
      command: command
        ? inEnvironment(toVersion(command.value, target), production)
        : placeholder(`command that rolls ${production} back`),
      action: '',
      expected: `${production} runs ${target}, and its instances are ready`,
      durationMinutes: null,
    },
  ];
  const migrates = change === null || change.touches.some((touch) => touch.kind === 'schema');
  const open = change?.irreversible.length ?? 0;
  if (open > 0) {
    steps.push(
      byHand(
        'Undo the effects on data and schema',
        ownerOfPaths(facts, change?.irreversible.map((action) => action.path) ?? []),
        `Carry out the compensation of ${counted(open, 'action')} under “Irreversible actions”: putting the version back does not do it`,
        'Each compensation is done and checked',
      ),
    );
  }
  steps.push({
    title: `Check ${production} after going back`,
    owner,
    command: profile.smokeTest
      ? inEnvironment(profile.smokeTest.value, production)
      : placeholder(`command that checks ${production}`),
    action: '',
    expected: profile.smokeTest
      ? 'It ends with status 0'
      : `It answers as healthy, with the version ${target}`,
    durationMinutes: null,
  });
  return {
    strategy: strategyOf(facts, command !== null),
    target,
    declaration: {
      runsOnNewSchema: migrates
        ? placeholder('yes or no: does the version before run on the new schema')
        : 'yes',
      runsOnNewSchemaEvidence: migrates ? placeholder('what shows that') : SCHEMA_UNTOUCHED,
      estimatedMinutes: placeholder('minutes that the rollback takes'),
      recoveryTimeObjective: placeholder('recovery time objective'),
    },
    steps,
    triggers: (facts.triggers.length > 0 ? facts.triggers : DEFAULT_TRIGGERS).map(
      ({ metric, comparison, threshold, window, lasting }) => ({
        metric,
        comparison,
        threshold,
        window,
        lasting,
      }),
    ),
  };
}

function strategyOf({ rollout }: StepFacts, hasCommand: boolean): string {
  switch (rollout.rollout) {
    case 'blue-green':
      return 'blue-green switch: send the traffic back to the version before';
    case 'canary':
      return 'canary revert: take the share away, then put the version before back';
    case 'rolling':
    case 'all-at-once':
      return 'artifact redeployment: deploy the version before again';
    case 'manual':
      return hasCommand
        ? 'artifact redeployment: deploy the version before again'
        : placeholder('how to put the version before back');
    default:
      return rollout.rollout satisfies never;
  }
}

/** The command that deploys to all of an environment, the first that the profile knows; null where it knows none. */
export function deployCommandTo(profile: RepositoryProfile, environment: string): string | null {
  const command = profile.deployTargets.map((target) => target.deployCommand).find(isKnown);
  return command ? inEnvironment(command.value, environment) : null;
}

/** Puts the environment's name where the command leaves it open; a name that a shell would read otherwise stays out. */
function inEnvironment(command: string, environment: string): string {
  return /^[\w.-]+$/.test(environment) ? command.replaceAll('${ENV}', environment) : command;
}

/** What a command of going back leaves open is the version that is gone back to, never the one that is released. */
function toVersion(command: string, target: string): string {
  return command.replaceAll('${VERSION}', /^[\w.-]+$/.test(target) ? target : '${PREVIOUS_VERSION}');
}

function byHand(title: string, owner: string, action: string, expected: string): PlannedStep {
  return { title, owner, command: '', action, expected, durationMinutes: null };
}
