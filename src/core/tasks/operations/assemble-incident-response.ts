import type {
  EscalationCondition,
  IncidentResponse,
} from '../../documents/incident-response/incident-response';
import type { RunbookStep } from '../../documents/markdown/steps';
import { placeholder, textOf } from '../../evidence/fact';
import { shellWord } from '../../evidence/detect/shell-text';
import { platforms } from '../../evidence/platforms';
import { WATCH_MINUTES } from '../../risk/rollback-triggers';
import { enumerated } from '../../text/words';
import { triggersOf } from './assemble-deployment-plan';
import { contactsOf, type Assembled } from './assemble-rollback';
import type { OperationsFacts } from './facts';
import { parametersIn } from './parameters';
import { askHealth, byHand, checkOf, healthTargets, step, stepOfAct, untimed } from './steps';
import { wayBackOf, type WayBack } from './way-back';
import { deployingWorkflows } from './workflow-calls';

const ESCALATE = 'Go to Escalation';

/** What is done when a deployment has failed, from the repository's means. */
export function assembleIncidentResponse(
  facts: OperationsFacts,
  claims: IncidentResponse['claims'],
): Assembled<IncidentResponse> {
  const { profile, folders } = facts;
  const way = wayBackOf(facts);
  const respond = respondSteps(facts, way);
  const recover = recoverSteps(facts, way);
  const failedRollback = failedRollbackSteps(facts, way);
  const after = afterSteps(facts);
  const communication = [
    [
      'As soon as users are hit',
      'What users notice, since when, that it is looked into, and when the next word comes',
    ],
    ['At each time that was promised', 'What was done since, what is done now, when the next word comes'],
    ['When it is over', 'From when to when, what users noticed, that the cause is looked for'],
  ].map(([stage = '', message = '']) => ({
    stage,
    audience: placeholder('who is told'),
    channel: placeholder('channel'),
    message,
  }));
  const texts = [...respond, ...recover, ...failedRollback, ...after].flatMap(
    ({ title, command, action, expected, onFailure }) => [title, command, action, expected, onFailure],
  );
  return {
    data: {
      service: textOf(profile.service),
      summary: [
        `What is done when a deployment of ${textOf(profile.service)} has failed: see it, bring users back, tell them, find the cause afterwards.`,
        way.target
          ? `It runs on ${platforms[way.target.kind].title} (${way.target.path.value}).`
          : `What it runs on: ${placeholder('what this service is deployed to')}.`,
        `The way back stands in ${folders.operations}/ROLLBACK.md.`,
      ].join(' '),
      triggers: triggersOf(facts),
      parameters: parametersIn(texts, {
        profile,
        target: way.target,
        found: Object.fromEntries(
          [
            'REVISION',
            'HISTORY_ID',
            'TASK_DEFINITION',
            'FUNCTION_VERSION',
            'RELEASE',
            'DEPLOYMENT',
            'DEPLOY_ID',
            'VERSION_ID',
            'IMAGE',
            'DIGEST',
            'SLOT',
            'PACKAGE',
            'PREVIOUS_VERSION',
          ].map((name) => [name, `as ${folders.operations}/ROLLBACK.md says`]),
        ),
      }),
      roles: [
        {
          role: 'Incident lead',
          does: 'Decides between going back and mending, and nothing else; says when it is over',
          who: placeholder('who leads, or how it is decided'),
        },
        {
          role: 'Hands',
          does: 'Runs the commands, one at a time, and says what each printed',
          who: 'who deployed',
        },
        {
          role: 'Voice',
          does: 'Tells those named under Communication, and keeps questions from the hands',
          who: placeholder('who tells'),
        },
      ],
      respond: untimed(respond),
      recover: untimed(recover),
      failedRollback: untimed(failedRollback),
      communication,
      evidence: [
        'The output of every command, with its time: copy the terminal',
        'Logs and events of the failed version, which go with its instances',
        'Dashboards from before the deployment until the end, as links with fixed times or pictures',
        'The run of the pipeline, and the commit and artifact that it deployed',
        'Who decided what, when, and on what grounds',
      ],
      signals: signalsOf(facts),
      conditions: conditionsOf(facts),
      escalation: contactsOf(profile),
      after: untimed(after),
      claims,
    },
    sources: [
      ...way.sources,
      ...profile.operations.flatMap(({ sources }) => sources),
      ...profile.owners.flatMap(({ sources }) => sources),
    ],
  };
}

function respondSteps({ profile, set }: OperationsFacts, way: WayBack): RunbookStep[] {
  const files = set ? deployingWorkflows(set).map(({ path }) => path.slice(path.lastIndexOf('/') + 1)) : [];
  const steps: RunbookStep[] = [
    byHand(
      'Say that you are on it',
      'Take the alert, write the time down, and name lead, hands and voice (Roles); alone, you are all three',
      'The alert is taken, and somebody leads',
      ESCALATE,
    ),
  ];
  if (files.length > 0) {
    steps.push(
      step(
        'See what was deployed last, and how it ended',
        files.map((file) => `gh run list --workflow ${shellWord(file)} --limit 5`).join('\n'),
        'The last run, its result, commit and time are known',
        'Ask who deployed last',
      ),
    );
  }
  steps.push(...way.procedure.show.map((act) => stepOfAct(act)));
  const health = healthTargets(profile);
  steps.push(
    ...(health.length > 0
      ? health.map((target) =>
          step(
            `Ask ${target}`,
            askHealth(target),
            'It answers with a status below 400 within 10 seconds: users may be fine, and the alert is about something else',
            'Users are hit: note the status or the error, and go on',
          ),
        )
      : [
          {
            ...checkOf(profile, 'Ask the service', 'Users are hit: note what failed, and go on'),
          },
        ]),
    byHand(
      'Hold it against the numbers',
      'Compare error rate, latency and health with When this applies',
      'It is known which trigger is met, since when, and whether that was after the deployment',
      'Not known: take it for a failed deployment',
    ),
  );
  if (files.length > 0) {
    const frozen = files.filter((file) => way.workflow === null || !way.workflow.endsWith(`/${file}`));
    if (frozen.length > 0) {
      steps.push(
        step(
          'Freeze deployments',
          frozen.map((file) => `gh workflow disable ${shellWord(file)}`).join('\n'),
          `gh workflow list --all shows ${enumerated(frozen, 'and')} as disabled_manually`,
          'Ask everybody to deploy nothing, and go on',
        ),
      );
    }
  }
  steps.push(
    ...way.procedure.preserve.map((act) => stepOfAct(act)),
    byHand(
      'Decide',
      'Go back where a trigger is met after a deployment and Database of the rollback runbook allows it. Mend forward only where going back would lose data that users need, or the fault was there before',
      'The decision is said aloud and written down, with time and reason',
      'Undecided: go back',
    ),
  );
  return steps;
}

function recoverSteps({ profile, paths, folders }: OperationsFacts, way: WayBack): RunbookStep[] {
  const page = `${folders.operations}/ROLLBACK.md`;
  const back: RunbookStep[] = paths.has(page)
    ? [
        byHand(
          `Go back as ${page} says`,
          `Follow ${page} from Preparation to Verification, one step at a time`,
          'Every step of it ended as it says',
          'Go to If the rollback fails',
        ),
      ]
    : [
        ...way.procedure.revisions.map((act) => stepOfAct(act)),
        ...way.deployPrevious.map((each) => ({ ...each, onFailure: 'Go to If the rollback fails' })),
        ...way.procedure.settle.map((act) => stepOfAct(act)),
      ];
  return [
    ...back,
    checkOf(profile, 'See that users are served again', 'Go to If the rollback fails'),
    byHand(
      'Watch',
      `Compare the metrics with When this applies for ${WATCH_MINUTES.other} minutes`,
      `No trigger was met for ${WATCH_MINUTES.other} minutes`,
      'Go to If the rollback fails',
    ),
  ];
}

function failedRollbackSteps({ profile }: OperationsFacts, way: WayBack): RunbookStep[] {
  return [
    byHand(
      'Stop changing things',
      'Run nothing more, write down which step failed and what it printed, and say that the state is not known',
      'Nobody runs anything, and the last output is kept',
      ESCALATE,
    ),
    byHand(
      'Call for help',
      'Call the primary and the owners under Escalation, and hand over: version wanted, version that runs, step that failed, its output, what users notice',
      'Somebody who can decide has answered',
      'Call the secondary',
    ),
    byHand(
      'Keep users from harm',
      placeholder('how ${ENV} is shown as under maintenance, or its traffic sent elsewhere'),
      'Users see that it is being worked on, and write nothing that is lost',
      'Say so under Communication, and go on',
    ),
    ...(way.others.length > 0
      ? [
          byHand(
            'Take another way back, when the lead says so',
            `Other ways that the repository has: ${way.others.join('; ')}`,
            'The version before serves, and the checks of Recover pass',
            'Try no third way without those who built the service',
          ),
        ]
      : []),
    byHand(
      'Restore data, only where it is damaged and the lead says so',
      profile.migrationFolders.length > 0 || (profile.migrationTools ?? []).length > 0
        ? placeholder('newest backup, how it is restored beside the live data, and what is lost')
        : 'The repository holds no migrations: data is restored by whoever keeps the database',
      'The restored data was compared with what users had, before anything is switched to it',
      'Leave the damaged data as it is: it is evidence',
    ),
  ];
}

function signalsOf({ profile }: OperationsFacts): IncidentResponse['signals'] {
  const found = profile.operations.slice(0, 40).map(({ value }) => ({ ...value }));
  return found.length > 0
    ? found
    : [
        {
          kind: 'alert',
          name: placeholder('alert that tells of a failed deployment'),
          target: placeholder('its query or page'),
        },
      ];
}

function conditionsOf({ objectiveMinutes, profile }: OperationsFacts): EscalationCondition[] {
  const alert = profile.operations.find(({ value }) => value.kind === 'alert')?.value.name;
  const [health] = healthTargets(profile);
  const minutes = placeholder('minutes');
  return [
    {
      condition: 'Users cannot use the service at all',
      shownBy: alert ?? (health === undefined ? placeholder('alert or probe') : `${health} fails`),
      to: 'Primary and owners',
      within: minutes,
    },
    {
      condition: 'The rollback fails, or does not help',
      shownBy: 'a step of Recover',
      to: 'Owners',
      within: 'at once',
    },
    {
      condition: 'Data is damaged or lost, or may be',
      shownBy: placeholder('check of the data, or a report'),
      to: placeholder('who answers for the data'),
      within: 'at once',
    },
    {
      condition: 'Somebody may have got in, or a secret was shown',
      shownBy: placeholder('alert or report of security'),
      to: placeholder('who answers for security'),
      within: 'at once',
    },
    {
      condition: 'The service is not back within its objective',
      shownBy: 'the time since the alert',
      to: 'Secondary',
      within:
        objectiveMinutes === null
          ? placeholder('recovery time objective')
          : `${objectiveMinutes} min (configuration)`,
    },
  ];
}

function afterSteps({ folders, profile }: OperationsFacts): RunbookStep[] {
  const owners = profile.owners.slice(0, 3).map(({ value }) => value);
  return [
    byHand(
      'Say that it is over',
      'Tell those named under Communication, with from when to when and what users noticed',
      'The message is sent',
      'Go on',
    ),
    byHand(
      'Write the postmortem',
      `release-gate postmortem begins one in ${folders.operations}/postmortems from the history; fill in what only people know while they know it`,
      'Timeline, cause and actions stand there, each action with owner, due date and how it is verified',
      'Name who writes it, and by when',
    ),
    byHand(
      'Give the fault to those who mend it',
      `Open an issue with what was kept, and assign it to ${owners.length > 0 ? enumerated(owners, 'or') : placeholder('who mends faults of this service')}`,
      'Somebody has taken it, by name',
      ESCALATE,
    ),
    byHand(
      'Let deployments begin again',
      'Switch the workflows on again (gh workflow enable) once the fault is mended and the rollback was practised anew',
      'The next deployment is planned, with what was learnt',
      'Leave them off, and say so',
    ),
  ];
}
