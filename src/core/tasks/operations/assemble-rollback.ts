import type { RunbookStep } from '../../documents/markdown/steps';
import type { Announcement } from '../../documents/release-plan/release-plan';
import type {
  DatabaseAnswer,
  RollbackRunbook,
  RollbackTest,
  RollbackTime,
} from '../../documents/rollback-runbook/rollback-runbook';
import { SCHEMA_UNTOUCHED } from '../../documents/release-plan/keep-plan';
import type { EscalationContact } from '../../documents/runbook/runbook';
import { minutesOf } from '../../documents/markdown/parts';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import { roundedMinutes, totalDuration } from '../../documents/runbook/runbook-kind';
import { shellWord } from '../../evidence/detect/shell-text';
import { isKnown, placeholder, textOf, type Source } from '../../evidence/fact';
import { migrationToolOf, type MigrationTool } from '../../evidence/migration-tools';
import { platforms, ROLLBACK_STRATEGIES } from '../../evidence/platforms';
import type { RepositoryProfile } from '../../evidence/profile';
import { dayAt } from '../../text/iso-day';
import { counted, enumerated } from '../../text/words';
import { durationText, readDuration } from '../../records/duration';
import { dayOf, drillOf } from '../../risk/rollback/drilled';
import { DEFAULT_TRIGGERS } from '../../risk/rollback-triggers';
import { cacheInvalidations, type CacheInvalidation } from './caches';
import type { OperationsFacts } from './facts';
import { parametersIn } from './parameters';
import { askHealth, byHand, checkOf, chooseTag, healthTargets, step, stepOfAct, untimed } from './steps';
import { PARTS, wayBackOf, type WayBack } from './way-back';
import { deployingWorkflows } from './workflow-calls';

/** A document with what it was read from. */
export interface Assembled<T> {
  readonly data: T;
  readonly sources: readonly Source[];
}

const NEXT_WORD = 'Go on; nobody has to answer first';
const ESCALATE = 'Stop here and go to Escalation';

/** The rollback runbook as far as the repository shows it; everything else is UNKNOWN(...). */
export function assembleRollback(
  facts: OperationsFacts,
  claims: RollbackRunbook['claims'],
): Assembled<RollbackRunbook> {
  const { profile, plan } = facts;
  const way = wayBackOf(facts);
  const preparation = preparationSteps(facts, way);
  const execution = executionSteps(facts, way, preparation);
  const verification = verificationSteps(facts);
  const caches = facts.set ? cacheInvalidations(facts.set) : [];
  const configuration = configurationSteps(facts, way, caches);
  const after = afterSteps(facts, way);
  const strategy = {
    name: strategyOf(facts, way),
    rationale: way.target === null && !way.isOwn ? placeholder('why it is that one') : way.rationale,
    notRestored: way.procedure.notRestored,
    others: way.others.length > 0 ? way.others.join('; ') : 'none that the repository shows',
  };
  const communication = announcements();
  const steps = [...preparation, ...execution, ...verification, ...configuration, ...after];
  const texts = [
    ...steps.flatMap(({ title, command, action, expected, onFailure }) => [
      title,
      command,
      action,
      expected,
      onFailure,
    ]),
    ...Object.values(strategy),
    ...communication.map(({ message }) => message),
  ];
  const target = plan && !holdsPlaceholder(plan.data.rollback.target) ? plan.data.rollback.target : null;
  return {
    data: {
      service: textOf(profile.service),
      summary: summaryOf(profile, way),
      triggers:
        plan && plan.data.rollback.triggers.length > 0
          ? plan.data.rollback.triggers
          : DEFAULT_TRIGGERS.map(({ metric, comparison, threshold, window, lasting }) => ({
              metric,
              comparison,
              threshold,
              window,
              lasting,
            })),
      strategy,
      parameters: parametersIn(texts, {
        profile,
        target: way.target,
        found: foundByPreparation(preparation, way),
        told: {
          ...Object.fromEntries(caches.flatMap(({ kept }) => Object.entries(kept))),
          ...(target === null ? {} : { PREVIOUS_VERSION: `${target} (${plan?.path ?? ''})` }),
        },
      }),
      preparation,
      execution,
      database: databaseAnswers(facts),
      verification,
      configuration: untimed(configuration),
      communication,
      after: untimed(after),
      time: timeOf(facts, [...preparation, ...execution]),
      tests: testsOf(facts),
      escalation: contactsOf(profile),
      documentation: [...way.documentation, ...toolsOf(profile).map(({ documentation }) => documentation)],
      claims,
    },
    sources: [
      ...way.sources,
      ...(profile.migrationTools ?? []).flatMap(({ sources }) => sources),
      ...profile.operations.flatMap(({ sources }) => sources),
      ...profile.owners.flatMap(({ sources }) => sources),
    ],
  };
}

function summaryOf(profile: RepositoryProfile, { target, deployPrevious }: WayBack): string {
  const where = target
    ? `It runs on ${platforms[target.kind].title} (${target.path.value}).`
    : `What it runs on: ${placeholder('what this service is deployed to')}.`;
  return [
    `How ${textOf(profile.service)} goes back to the version before, when a deployment has failed.`,
    where,
    `${counted(deployPrevious.length, 'step')} of Execution ${deployPrevious.length === 1 ? 'puts' : 'put'} the version before back; read Database before any of them.`,
  ].join(' ');
}

/** A strategy that a plan names wins over what the platform suggests: people decided it. */
function strategyOf({ plan }: OperationsFacts, way: WayBack): string {
  const planned = plan?.data.rollback.strategy.split(':')[0]?.trim() ?? '';
  if (planned !== '' && !holdsPlaceholder(planned)) return planned;
  return way.target === null && !way.isOwn
    ? placeholder(`which it is: ${enumerated(ROLLBACK_STRATEGIES, 'or')}`)
    : way.strategy;
}

/** Where the parameters that a step of Preparation finds are found. */
function foundByPreparation(
  preparation: readonly RunbookStep[],
  { procedure }: WayBack,
): Record<string, string> {
  const found: Record<string, string> = { MIGRATIONS: 'from the release plan of the failed version' };
  preparation.forEach(({ expected, action }, index) => {
    for (const match of `${expected} ${action}`.matchAll(/\bset ([A-Z][A-Z0-9_]+) to\b/g)) {
      found[match[1] ?? ''] ??= `found in step ${index + 1} of Preparation`;
    }
  });
  const listing = preparation.findIndex(({ title }) => title === procedure.revisions[0]?.title) + 1;
  if (listing > 0) found['PREVIOUS_VERSION'] ??= `as step ${listing} of Preparation shows it`;
  found['DIGEST'] ??= 'from the registry, for the version that is gone back to';
  found['SCHEMA_REVISION'] ??= 'found where Migration rollback lists what is applied';
  return found;
}

/** Tell, freeze, keep, find out: nothing here changes what users get. */
function preparationSteps({ profile, set }: OperationsFacts, way: WayBack): RunbookStep[] {
  const steps: RunbookStep[] = [
    byHand(
      'Say that it is rolled back',
      'Tell those named under Communication which trigger was met, and who is doing this',
      'The message is sent, with the time',
      NEXT_WORD,
    ),
  ];
  const workflows = set ? deployingWorkflows(set).filter(({ path }) => path !== way.workflow) : [];
  const files = workflows.map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
  if (files.length > 0) {
    steps.push(
      step(
        'Freeze deployments: switch off the workflows that deploy',
        files
          .flatMap((file) => [
            `gh workflow disable ${shellWord(file)}`,
            `gh run list --workflow ${shellWord(file)} --status in_progress`,
          ])
          .join('\n'),
        'Each is disabled, and no run is listed as in progress: gh run cancel ends one',
        'Ask everybody to deploy nothing until this page is done, and go on',
      ),
    );
  } else {
    steps.push(
      byHand(
        'Freeze deployments',
        'Ask everybody to deploy nothing until this page is done',
        'Nobody deploys, and no deployment is running',
        'Stop the one that is running first',
      ),
    );
  }
  steps.push(...way.procedure.preserve.map((act) => stepOfAct(act)));
  const dashboards = profile.operations.filter(({ value }) => value.kind === 'dashboard');
  steps.push(
    byHand(
      'Keep the metrics of the last hour',
      dashboards.length > 0
        ? `Save a link with fixed times, or a picture, of ${enumerated(
            dashboards.slice(0, 3).map(({ value }) => `${value.name} (${value.target})`),
            'and',
          )}`
        : `Save a link with fixed times, or a picture, of ${placeholder('dashboard of this service')}`,
      'The time before, at and after the deployment is kept',
      'Go on, and note which metrics were not kept',
    ),
  );
  steps.push(...way.procedure.show.map((act) => stepOfAct(act)));
  if (way.isOwn) steps.push(chooseTag(ESCALATE));
  // By the platform's own revisions, or where one of the other ways back needs them.
  if (!way.isOwn || way.others.some((other) => other.includes('${')))
    steps.push(
      ...way.procedure.revisions
        .map((act) => stepOfAct(act))
        .filter(({ title }) => !steps.some((other) => other.title === title)),
    );
  return steps;
}

function executionSteps(
  facts: OperationsFacts,
  way: WayBack,
  preparation: readonly RunbookStep[],
): RunbookStep[] {
  const { profile } = facts;
  const health = healthTargets(profile)[0];
  const asked =
    profile.smokeTest !== null
      ? `the smoke test (${profile.smokeTest.value})`
      : health === undefined
        ? placeholder('what asks the deployed service')
        : health;
  const showing = preparation.findIndex(({ title }) => title === way.procedure.show[0]?.title) + 1;
  const settled = way.procedure.settle.map((act) => stepOfAct(act, PARTS.verify));
  const check = checkOf(profile, `${PARTS.verify}: ask the service`, ESCALATE);
  const verified = (steps: readonly RunbookStep[], by: string): RunbookStep[] =>
    steps.map((each) => ({ ...each, verifiedBy: by }));
  const isUntouched = facts.profile.migrationFolders.length === 0 && toolsOf(profile).length === 0;
  return [
    ...verified(
      [stepOfAct(way.procedure.stopTraffic)],
      'The error rate no longer rises, or it is written down that traffic goes on',
    ),
    ...verified(way.deployPrevious, `Step ${showing} of Preparation, done again, shows the version before`),
    ...verified(
      migrationSteps(profile),
      isUntouched
        ? 'Nobody has run anything against a database'
        : 'What the tool lists as applied is what the version before knows',
    ),
    ...verified([...settled, check], `${asked} answers from a second place`),
    ...verified(
      [stepOfAct(way.procedure.restoreTraffic)],
      'Requests per minute are back at what they were before the deployment',
    ),
  ];
}

function toolsOf(profile: RepositoryProfile): MigrationTool[] {
  return (profile.migrationTools ?? []).map(({ value }) =>
    migrationToolOf(value.tool, shellWord(value.folder)),
  );
}

/** Schema last, and only where it has to be: data that was written since goes with what is taken back. */
function migrationSteps(profile: RepositoryProfile): RunbookStep[] {
  const tools = toolsOf(profile);
  if (tools.length === 0) {
    return [
      profile.migrationFolders.length === 0
        ? byHand(
            `${PARTS.migrate}: nothing to do`,
            'The repository holds no migrations: nothing of a schema is taken back',
            'Nothing is changed in any database',
            ESCALATE,
          )
        : byHand(
            `${PARTS.migrate}: only where the version before does not run on the schema as it is`,
            placeholder(
              `how the migrations in ${enumerated(
                profile.migrationFolders.map(({ value }) => value),
                'and',
              )} are taken back, or that they are not`,
            ),
            'The schema is one that the version before runs on',
            ESCALATE,
          ),
    ];
  }
  return tools.flatMap((tool) => {
    if (tool.down === null) {
      return [
        byHand(
          `${PARTS.migrate}: ${tool.title} has no command for it here`,
          `Leave the schema as it is where the version before runs on it (Database). Else: ${placeholder(`how the schema is taken back: ${tool.note}`)}`,
          'The version before runs on the schema as it is, or the schema was taken back',
          ESCALATE,
        ),
      ];
    }
    const look =
      tool.status === ''
        ? []
        : [
            step(
              `${PARTS.migrate}: see which migrations are applied`,
              tool.status,
              `Those of the failed version are known by name and number. Where Database says that the version before runs on the schema as it is, go on with Verify`,
              ESCALATE,
            ),
          ];
    return [
      ...look,
      {
        ...step(
          `${PARTS.migrate}: take them back, only where the version before does not run on the schema as it is`,
          tool.down,
          `The migrations of the failed version are no longer listed as applied (${tool.title}: ${tool.note})`,
          'Run nothing more against the database, keep what it printed, and go to Escalation',
        ),
        action:
          'Take a backup first: what was written since the deployment goes with the columns and tables that go',
      },
    ];
  });
}

/** What the plan declares, else what has to be answered. */
function databaseAnswers({ profile, plan }: OperationsFacts): DatabaseAnswer[] {
  const hasMigrations = profile.migrationFolders.length > 0 || (profile.migrationTools ?? []).length > 0;
  const declaration = plan?.data.rollback.declaration;
  const untouched = declaration !== undefined && declaration.runsOnNewSchemaEvidence === SCHEMA_UNTOUCHED;
  const lost = plan?.data.irreversible ?? [];
  const from = plan?.path ?? '';
  const questions = {
    reversible: 'Can its migrations be undone?',
    data: 'Is what was written since the deployment kept?',
    schema: 'Does the version before run on the schema as it is (no conflicts)?',
  };
  if (!hasMigrations) {
    const evidence = 'no migrations were found in this repository';
    return [
      { question: questions.reversible, answer: 'there are none: nothing is undone', evidence },
      { question: questions.data, answer: 'yes: going back runs nothing against a database', evidence },
      { question: questions.schema, answer: 'yes: nothing here changes a schema', evidence },
    ];
  }
  const tools = toolsOf(profile);
  const withoutWay = tools.filter(({ down }) => down === null);
  return [
    {
      question: questions.reversible,
      answer: untouched
        ? 'no migrations in this release: nothing is undone'
        : lost.length > 0
          ? `not all: ${counted(lost.length, 'action')} of this release cannot be undone or judged; each has its compensation in the plan, or lacks one`
          : tools.length > 0 && withoutWay.length === tools.length
            ? `not by a command: ${enumerated(
                withoutWay.map(({ note }) => note),
                'and',
              )}`
            : placeholder('yes or no, for the migrations of the version that failed'),
      evidence: untouched || lost.length > 0 ? from : placeholder('a run of the way down outside production'),
    },
    {
      question: questions.data,
      answer: untouched ? 'yes: the schema stays as it is' : placeholder('yes or no, and what is lost'),
      evidence: untouched ? from : placeholder('what shows that'),
    },
    {
      question: questions.schema,
      answer:
        declaration?.runsOnNewSchema ??
        placeholder('yes or no: does the version before run on the new schema'),
      evidence: declaration?.runsOnNewSchemaEvidence ?? placeholder('what shows that'),
    },
  ];
}

/** Health, errors, latency, business: each against a number. */
function verificationSteps({ profile, runbook }: OperationsFacts): RunbookStep[] {
  const baseline = (pattern: RegExp, unit: string): string => {
    const row = runbook?.data.baselines.find(({ metric }) => pattern.test(metric));
    return row && !holdsPlaceholder(row.good) ? row.good : placeholder(unit);
  };
  const where = (pattern: RegExp): string => {
    const link = profile.operations.find(
      ({ value }) =>
        ['dashboard', 'metric'].includes(value.kind) && pattern.test(`${value.name} ${value.target}`),
    );
    const any = link ?? profile.operations.find(({ value }) => value.kind === 'dashboard');
    return any ? `${any.value.name} (${any.value.target})` : placeholder('dashboard or query that shows it');
  };
  const health = healthTargets(profile);
  const back = 'Go to Escalation: the trouble is not, or not only, the version';
  return [
    ...(health.length > 0
      ? health.map((target) =>
          step(
            `Health: ask ${target}`,
            askHealth(target),
            'It answers with a status below 400 within 10 seconds',
            back,
          ),
        )
      : [checkOf(profile, 'Health: ask the service', back)]),
    byHand(
      'Error rate: compare with its baseline',
      `Read the error rate of the last 10 minutes in ${where(/error|5xx/i)}`,
      `It is at its baseline: ${baseline(/error/i, 'error rate of a healthy service, in %')}`,
      back,
    ),
    byHand(
      'Latency: compare with its baseline',
      `Read the p99 latency of the last 10 minutes in ${where(/latency|p9\d|duration/i)}`,
      `It is at its baseline: ${baseline(/latency|p9\d/i, 'p99 latency of a healthy service, in ms')}`,
      back,
    ),
    byHand(
      'Business metrics: compare with the same hour before',
      `Read ${placeholder('business metric that moves when this service fails, and where it is shown')} of the last 15 minutes`,
      `It is where it was: ${placeholder('its number for this hour')}`,
      back,
    ),
  ];
}

/** Settings and caches, as far as the repository shows them. */
function configurationSteps(
  { profile }: OperationsFacts,
  way: WayBack,
  caches: readonly CacheInvalidation[],
): RunbookStep[] {
  const steps: RunbookStep[] = [
    byHand(
      'Put settings back that the release changed outside its version',
      `Compare what is set in \${ENV} with the release plan. Going back does not put back: ${lowerFirst(way.procedure.notRestored)}`,
      'Every setting is one that the version before knows',
      ESCALATE,
    ),
  ];
  for (const { command, path } of caches) {
    steps.push(
      step(
        `Invalidate the cache, as ${path} does after a deployment`,
        command,
        'It ends with status 0, and what is asked for next is of the version before',
        'Wait until the cache expires, and say so under Communication',
      ),
    );
  }
  if (caches.length === 0) {
    steps.push(
      byHand(
        'Invalidate caches',
        placeholder(
          `which caches hold answers of ${isKnown(profile.service) ? profile.service.value : 'the service'}, and the command that empties them, or that there are none`,
        ),
        'What is asked for next is of the version before',
        'Wait until the cache expires, and say so under Communication',
      ),
    );
  }
  return steps;
}

function announcements(): Announcement[] {
  return [
    ['Before the rollback', '${ENV} is rolled back to ${PREVIOUS_VERSION} now, because of which trigger'],
    ['When traffic is back', '${ENV} runs ${PREVIOUS_VERSION}; what users noticed, from when to when'],
    [
      'When it is verified',
      'Health, error rate and latency are at their baselines; what follows, and who does it',
    ],
    ['When the rollback fails', '${ENV} is still failing; who is called, and when the next word comes'],
  ].map(([stage = '', message = '']) => ({
    stage,
    audience: placeholder('who is told'),
    channel: placeholder('channel'),
    message,
  }));
}

function afterSteps({ profile, set, folders }: OperationsFacts, way: WayBack): RunbookStep[] {
  const files = set
    ? deployingWorkflows(set)
        .filter(({ path }) => path !== way.workflow)
        .map(({ path }) => path.slice(path.lastIndexOf('/') + 1))
    : [];
  const owners = profile.owners.slice(0, 3).map(({ value }) => value);
  return [
    byHand(
      'Write the incident down',
      `Write the times, the trigger, what was run and what it printed into a postmortem, which release-gate postmortem begins in ${folders.operations}/postmortems, while it is fresh`,
      'The document holds the times with their zone and where each is seen',
      'Leave the notes where the next person finds them',
    ),
    byHand(
      'Keep the failed version',
      isKnown(profile.image)
        ? `Delete nothing of the failed version: keep its image in ${profile.image.value}, and the files that Preparation wrote, with the incident`
        : 'Delete nothing of the failed version: keep its artifact, and the files that Preparation wrote, with the incident',
      'Artifact, logs, events and metrics of the failed version can be opened by those who look for the cause',
      'Say which of them are lost',
    ),
    byHand(
      'Give the fault to those who mend it',
      `Open an issue with the trigger, the times and the kept files, and assign it to ${owners.length > 0 ? enumerated(owners, 'or') : placeholder('who mends faults of this service')}`,
      'Somebody has taken it, by name',
      'Go to Escalation',
    ),
    ...way.procedure.afterwards.map((act) => stepOfAct(act)),
    ...(files.length > 0
      ? [
          step(
            'Let deployments begin again, once the fault is mended',
            files.map((file) => `gh workflow enable ${shellWord(file)}`).join('\n'),
            `gh workflow list shows ${enumerated(files, 'and')} as active`,
            'Leave them off, and say so',
          ),
        ]
      : []),
    byHand(
      'Correct this page',
      'Write in what was otherwise than it says, and how long each step took',
      'The next person can follow it without asking',
      'Leave a note in the incident',
    ),
  ];
}

/** What the steps take together, what a drill has measured, and whether either is within the objective. */
function timeOf(facts: OperationsFacts, steps: readonly RunbookStep[]): RollbackTime {
  const { plan, objectiveMinutes } = facts;
  const total = totalDuration(steps);
  const declared = plan ? minutesIn(plan.data.rollback.declaration.estimatedMinutes) : null;
  const estimate =
    holdsPlaceholder(total) && declared !== null
      ? `${declared} min (estimate of ${plan?.path ?? ''})`
      : total;
  const planned = plan ? minutesIn(plan.data.rollback.declaration.recoveryTimeObjective) : null;
  const objective = objectiveMinutes ?? planned;
  const drill = drillOf(facts.drills);
  const measured = drill.kind === 'counts' ? roundedMinutes(drill.drill.seconds / 60) : null;
  const known = measured ?? minutesIn(estimate);
  return {
    estimate,
    measured:
      drill.kind === 'counts'
        ? `${durationText(drill.drill.seconds)} in ${drill.drill.environment} on ${dayOf(drill.drill)} (${drill.drill.path})`
        : placeholder(
            drill.kind === 'none'
              ? drill.why
              : `a drill that passed: the last one failed on ${dayOf(drill.drill)}`,
          ),
    objective:
      objective === null
        ? placeholder('within how many minutes the service has to be back')
        : `${objective} min (${objectiveMinutes !== null ? 'configuration' : (plan?.path ?? '')})`,
    meets:
      objective === null || known === null
        ? placeholder('whether it is within the objective, once both are known')
        : known <= objective
          ? `yes: ${known} min ${measured === null ? 'estimated' : 'measured'}`
          : `no: ${known} min ${measured === null ? 'estimated' : 'measured'}, ${objective} min allowed`,
  };
}

function minutesIn(text: string): number | null {
  const plain = text.replace(/\s*\(.*$/, '');
  if (plain.trim() === '' || holdsPlaceholder(text)) return null;
  const seconds = readDuration(plain);
  return seconds === null ? minutesOf(plain) : roundedMinutes(seconds / 60);
}

/** What is on record, newest first. */
function testsOf({ records, drills }: OperationsFacts): RollbackTest[] {
  const { service } = drills;
  return records.drills
    .filter(
      (drill) =>
        drill.drill === 'rollback' &&
        (drill.service === '' || service == null || drill.service.toLowerCase() === service.toLowerCase()),
    )
    .sort((one, other) => other.startedAtMs - one.startedAtMs)
    .slice(0, 10)
    .map((drill) => ({
      date: dayAt(drill.startedAtMs),
      environment: drill.environment,
      versions:
        drill.versionFrom === ''
          ? ''
          : `${drill.versionFrom}${drill.versionTo === '' ? '' : ` to ${drill.versionTo}`}`,
      took: durationText(drill.seconds),
      result: drill.hasPassed ? 'passed' : 'failed',
      record: drill.path,
    }));
}

/** Primary, owners, secondary. */
export function contactsOf(profile: RepositoryProfile): EscalationContact[] {
  return [
    {
      role: 'Primary',
      contact: placeholder('who is on call, and how they are reached'),
      when: 'At once, where a step says so',
    },
    ...profile.owners.slice(0, 5).map(({ value, sources }) => {
      const [source] = sources;
      return {
        role: `Owner (${source?.kind === 'file' ? source.path : 'CODEOWNERS'})`,
        contact: value,
        when: 'The steps of this page do not help',
      };
    }),
    {
      role: 'Secondary',
      contact: placeholder('who is called when the primary does not answer'),
      when: 'The primary does not answer',
    },
  ];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
