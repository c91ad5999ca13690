import type { RunbookStep } from '../../documents/markdown/steps';
import type {
  Baseline,
  EscalationContact,
  FailureMode,
  OperationsReference,
  Runbook,
  RunbookParameter,
  Symptom,
} from '../../documents/runbook/runbook';
import { isKnown, placeholder, textOf, type Fact, type Source } from '../../evidence/fact';
import type { DeployTarget, OperationsLink, RepositoryProfile, Workload } from '../../evidence/profile';
import { platforms } from '../../evidence/platforms';
import { DEFAULT_TRIGGERS } from '../../risk/rollback-triggers';
import { deployWayOf } from '../operations/deploy-steps';
import type { OperationsFacts } from '../operations/facts';
import { parametersIn } from '../operations/parameters';
import { chooseTag, stepOfAct } from '../operations/steps';
import { PARTS, wayBackOf, type WayBack } from '../operations/way-back';

/** What a runbook is made from. */
export interface RunbookFacts {
  readonly profile: RepositoryProfile;
  /** What the person told, by input. */
  readonly told: ReadonlyMap<string, string>;
  readonly questions: ReadonlyMap<string, string>;
  /** Prose from elsewhere instead of the deterministic summary. */
  readonly summary: string | null;
  /** Workflows, scripts, plan and records beside the profile; null where they were not read. */
  readonly operations: OperationsFacts | null;
}

/** The runbook as far as the repository shows it; everything else is UNKNOWN(...). */
export function assembleRunbook(facts: RunbookFacts): Runbook {
  const { told, questions, operations } = facts;
  const profile = operations?.profile ?? facts.profile;
  const target = mainTarget(profile);
  const way = operations ? wayBackOf(operations) : null;
  const steps = {
    diagnosis: diagnosisSteps(profile, target, way),
    mitigations: mitigationSteps(profile, target),
    rollback: rollbackSteps(profile, target, way),
    checksBefore: checksBefore(profile, target, operations),
    deployment: deploymentSteps(profile, target, operations),
  };
  return {
    service: textOf(profile.service),
    summary: facts.summary ?? runbookSummary(facts),
    parameters: parametersOf(profile, told, Object.values(steps).flat(), way),
    symptoms: symptomsOf(profile, target),
    ...steps,
    rollback: {
      reference: rollbackPageOf(operations) ?? profile.rollbackScript?.value ?? 'the steps below',
      triggers: DEFAULT_TRIGGERS.map(({ metric, comparison, threshold, window, lasting }) => ({
        metric,
        comparison,
        threshold,
        window,
        lasting,
      })),
      steps: steps.rollback,
    },
    checklistAfter: [
      '${ENV} runs ${VERSION}, and every instance is ready',
      profile.smokeTest
        ? 'The smoke test ended with status 0'
        : `The check after the deployment passed: ${placeholder('command that checks the deployed service')}`,
      'No rollback trigger was met until the end of the watch window',
      'The error rate and the p99 latency are within their baselines below',
      'Those named under Communication know that it is done',
      'What did not go as this page says is corrected in this page',
    ].map((text) => ({ text, isDone: false })),
    references: referencesOf(profile),
    baselines: baselinesOf(profile),
    failureModes: failureModesOf(target, profile),
    communication: ['Before the deployment', 'When it is done', 'When it is rolled back'].map((stage) => ({
      stage,
      audience: placeholder('who is told'),
      channel: placeholder('channel'),
      message:
        stage === 'Before the deployment'
          ? '${VERSION} is deployed to ${ENV} now'
          : stage === 'When it is done'
            ? '${VERSION} runs in ${ENV}, and the checks passed'
            : '${ENV} is back on the version before ${VERSION}, because of which trigger',
    })),
    escalation: escalationOf(profile),
    claims: [...told].map(([name, answer]) => ({ question: questions.get(name) ?? name, answer })),
  };
}

/** The deterministic first paragraph. */
export function runbookSummary({ profile }: Pick<RunbookFacts, 'profile'>): string {
  const target = mainTarget(profile);
  const names = profile.environments.map(({ value }) => value.name);
  return [
    `How to find out what is wrong with ${textOf(profile.service)}, make it better, deploy it and go back.`,
    `It is deployed ${target ? `through ${target.path.value} (${target.kind})` : `by ${placeholder('what deploys this service')}`}${names.length > 0 ? ` to ${names.join(', ')}` : ''}.`,
    `What it does for its users: ${placeholder('what the service does and who depends on it')}.`,
    'The rollback triggers are defaults until the service sets its own.',
  ].join(' ');
}

function mainTarget(profile: RepositoryProfile): DeployTarget | null {
  return (
    profile.deployTargets.find((target) => isKnown(target.deployCommand)) ?? profile.deployTargets[0] ?? null
  );
}

/** The workloads of every target: a script may deploy what a manifest beside it names. */
function workloadsOf(
  profile: RepositoryProfile,
): readonly { readonly workload: Workload; readonly kind: DeployTarget['kind'] }[] {
  const seen = new Set<string>();
  return profile.deployTargets.flatMap((target) =>
    (target.workloads ?? []).flatMap(({ value }) => {
      const key = `${value.kind}/${value.name}`;
      if (seen.has(key) || !isShellWord(value.name) || !isShellWord(value.kind)) return [];
      seen.add(key);
      return [{ workload: value, kind: target.kind }];
    }),
  );
}

const ON_KUBERNETES: readonly DeployTarget['kind'][] = ['kubernetes', 'kustomize', 'helm'];

/** Where a service on one of these is looked at with the platform's own command. */
const SHOWN_BY_PLATFORM: readonly DeployTarget['kind'][] = [
  'argo-cd',
  'helm',
  'lambda',
  'app-service',
  'azure-functions',
  'fly',
  'heroku',
  'vercel',
  'netlify',
  'cloudflare-workers',
  'cloudflare-pages',
];

/** The rollback runbook, where it stands; null where there is none. */
function rollbackPageOf(operations: OperationsFacts | null): string | null {
  const page = `${operations?.folders.operations ?? ''}/ROLLBACK.md`;
  return operations?.paths.has(page) === true ? page : null;
}

function kubernetesWorkloads(profile: RepositoryProfile): readonly Workload[] {
  return workloadsOf(profile)
    .filter(
      ({ kind, workload }) =>
        ON_KUBERNETES.includes(kind) && /^(?:Deployment|StatefulSet|DaemonSet)$/.test(workload.kind),
    )
    .map(({ workload }) => workload)
    .slice(0, 6);
}

/** Without the manifest's namespace, the one that the person sets. */
function namespaceOf(workload: Workload): string {
  return workload.namespace !== null && isShellWord(workload.namespace)
    ? workload.namespace
    : '"${NAMESPACE}"';
}

function isShellWord(text: string): boolean {
  return /^[A-Za-z0-9][\w.-]*$/.test(text);
}

function diagnosisSteps(
  profile: RepositoryProfile,
  target: DeployTarget | null,
  way: WayBack | null,
): RunbookStep[] {
  const steps: RunbookStep[] = [];
  // Platforms that the steps below say nothing of.
  if (way?.target && SHOWN_BY_PLATFORM.includes(way.target.kind)) {
    steps.push(...way.procedure.show.map((act) => stepOfAct(act)));
  }
  for (const workload of kubernetesWorkloads(profile)) {
    const name = `${workload.kind.toLowerCase()}/${workload.name}`;
    const at = `-n ${namespaceOf(workload)}`;
    steps.push(
      step(
        `See which version of ${name} runs`,
        `kubectl ${at} get ${name} -o wide`,
        'READY shows all replicas, and IMAGES the version that should run',
        'Go on with the next step',
      ),
      step(
        `Read the events around ${name}`,
        `kubectl ${at} describe ${name}\nkubectl ${at} get events --sort-by=.lastTimestamp | tail -n 30`,
        'No event says Failed, BackOff, Unhealthy or OOMKilled',
        'Note the event, and go to Mitigations',
      ),
      step(
        `Read the logs of ${name}`,
        `kubectl ${at} logs ${name} --all-containers --since=15m --tail=200`,
        placeholder('what the logs of a healthy service look like'),
        'Note the first error and its time, and go to Mitigations',
      ),
    );
  }
  if (target?.kind === 'compose' && isPath(target.path.value)) {
    const file = target.path.value;
    steps.push(
      step(
        'See which containers run',
        `docker compose -f ${file} ps --all`,
        'Every service is up, and healthy where it has a health check',
        'Go on with the next step',
      ),
      step(
        'Read the logs',
        `docker compose -f ${file} logs --since 15m --tail 200`,
        placeholder('what the logs of a healthy service look like'),
        'Note the first error and its time, and go to Mitigations',
      ),
    );
  }
  for (const { workload } of workloadsOf(profile)
    .filter(({ kind }) => kind === 'cloud-run')
    .slice(0, 3)) {
    steps.push(
      step(
        `See which revision of ${workload.name} serves`,
        `gcloud run services describe ${workload.name} --region "\${REGION}"`,
        'The latest revision is ready and has all the traffic',
        'Go on with the next step',
      ),
    );
  }
  for (const { workload } of workloadsOf(profile)
    .filter(({ kind }) => kind === 'ecs')
    .slice(0, 3)) {
    steps.push(
      step(
        `See what ${workload.name} runs`,
        `aws ecs describe-services --cluster "\${CLUSTER}" --services ${workload.name}`,
        'runningCount is desiredCount, and the only deployment is PRIMARY',
        'Go on with the next step',
      ),
    );
  }
  for (const health of healthPaths(profile)) {
    steps.push(
      step(
        `Ask ${health.value.target}`,
        askHealth(health.value.target),
        'It answers with a status below 400 within 10 seconds',
        'Note the status or the error, and go to Mitigations',
      ),
    );
  }
  if (profile.smokeTest) {
    steps.push(
      step(
        'Run the smoke test',
        profile.smokeTest.value,
        'It ends with status 0',
        'Note what failed, and go to Mitigations',
      ),
    );
  }
  steps.push(
    step(
      'See what changed last',
      'git fetch --tags && git log --oneline --decorate -n 20',
      'The tag that runs is listed, with the changes before it',
      'Without the tag, ask who deployed last',
    ),
  );
  if (profile.operations.every(({ value }) => value.kind !== 'dashboard' && value.kind !== 'logs')) {
    steps.push(
      byHand(
        'Compare metrics with their baselines',
        `Open ${placeholder('dashboard of this service')} for the time since the last deployment`,
        'Error rate and latency are within the baselines below',
        'Note what is off since when, and go to Mitigations',
      ),
    );
  } else {
    steps.push(
      byHand(
        'Compare metrics with their baselines',
        'Open the dashboards and logs listed below for the time since the last deployment',
        'Error rate and latency are within the baselines below',
        'Note what is off since when, and go to Mitigations',
      ),
    );
  }
  return steps;
}

function mitigationSteps(profile: RepositoryProfile, target: DeployTarget | null): RunbookStep[] {
  const steps: RunbookStep[] = [
    byHand(
      'Decide between mitigating and going back',
      'Where the trouble began with the last deployment, go to Rollback now and look for the cause afterwards',
      'It is decided, and written down with the time',
      'Undecided: go to Rollback',
    ),
  ];
  for (const workload of kubernetesWorkloads(profile)) {
    const name = `${workload.kind.toLowerCase()}/${workload.name}`;
    const at = `-n ${namespaceOf(workload)}`;
    steps.push(
      step(
        `Restart ${name}, where instances hang and the version is right`,
        `kubectl ${at} rollout restart ${name}\nkubectl ${at} rollout status ${name} --timeout=5m`,
        'The rollout is reported as complete, and the symptom is gone',
        'Go to Rollback',
      ),
    );
  }
  if (target?.kind === 'compose' && isPath(target.path.value)) {
    steps.push(
      step(
        'Restart the containers',
        `docker compose -f ${target.path.value} restart`,
        'Every service is up again, and the symptom is gone',
        'Go to Rollback',
      ),
    );
  }
  if (steps.length === 1) {
    steps.push(
      byHand(
        'Make it better for users',
        placeholder('what can be restarted, scaled, switched off or redirected, and how'),
        'The symptom is gone',
        'Go to Rollback',
      ),
    );
  }
  return steps;
}

function rollbackSteps(
  profile: RepositoryProfile,
  target: DeployTarget | null,
  way: WayBack | null,
): RunbookStep[] {
  const known = profile.deployTargets
    .map(({ rollbackCommand }) => rollbackCommand)
    .find((command) => isKnown(command));
  const putBack =
    way !== null && way.target !== null && (way.isOwn || !known)
      ? [
          ...(way.isOwn
            ? [chooseTag('Go to Escalation')]
            : way.procedure.revisions.map((act) => stepOfAct(act))),
          ...way.deployPrevious.map((each) => ({
            ...each,
            title: upperFirst(each.title.replace(`${PARTS.deploy}: `, '')),
            onFailure: 'Go to Escalation',
          })),
          ...way.procedure.settle.map((act) => stepOfAct(act)),
        ].map(({ verifiedBy: _, ...each }) => each)
      : [
          step(
            'Put the version before back',
            known && isKnown(known)
              ? known.value.replaceAll('${VERSION}', '${PREVIOUS_VERSION}')
              : placeholder(
                  target && !isKnown(target.rollbackCommand)
                    ? target.rollbackCommand.unknown
                    : 'command that rolls ${ENV} back',
                ),
            '${ENV} runs the version before ${VERSION}, and every instance is ready',
            'Go to Escalation',
          ),
        ];
  const steps = [
    byHand(
      'Say that it is rolled back',
      'Tell those named under Communication, with the trigger that was met',
      'The message is sent',
      'Go on; nobody has to answer first',
    ),
    ...putBack,
  ];
  if (profile.migrationFolders.length > 0) {
    steps.splice(
      1,
      0,
      byHand(
        'See whether the schema allows it',
        `Read the migrations of this version in ${profile.migrationFolders.map(({ value }) => value).join(', ')}: going back does not undo them`,
        'The version before runs on the schema as it is now',
        'Go to Escalation before anything is put back',
      ),
    );
  }
  return [...steps, checkStep(profile, 'Check after going back', 'Go to Escalation')];
}

function checksBefore(
  profile: RepositoryProfile,
  target: DeployTarget | null,
  operations: OperationsFacts | null,
): RunbookStep[] {
  const steps: RunbookStep[] = [
    profile.workflows.length > 0 && isKnown(profile.remote) && profile.remote.value.host === 'github.com'
      ? step(
          'See that the pipeline passed on this version',
          'gh run list --commit "$(git rev-list -n 1 "${VERSION}")" --limit 20',
          'Every run of the commit is completed with success',
          'Do not deploy; have the failed run looked at',
        )
      : byHand(
          'See that the pipeline passed on this version',
          `Look up the runs of the commit of \${VERSION} in ${placeholder('where the pipeline runs')}`,
          'Every run of the commit passed',
          'Do not deploy; have the failed run looked at',
        ),
  ];
  if (isKnown(profile.image) && /^[\w./:-]+$/.test(profile.image.value)) {
    steps.push(
      step(
        'See that the image is there',
        `docker manifest inspect ${profile.image.value}:\${VERSION}`,
        'The manifest is printed',
        'Do not deploy; build and push the image by the pipeline',
      ),
    );
  }
  if (profile.migrationFolders.length > 0) {
    steps.push(
      byHand(
        'See what the migrations do',
        `Read the migrations that are new in \${VERSION} in ${profile.migrationFolders.map(({ value }) => value).join(', ')}`,
        'Each is known to be reversible, or its compensation stands in the release plan',
        'Do not deploy; settle it in the release plan',
      ),
    );
  }
  const flags = operations?.plan?.data.flags.map(({ flag }) => flag) ?? [];
  steps.push(
    byHand(
      'See that flags are set as the release needs them',
      flags.length > 0
        ? `Read the state of ${flags.join(', ')} in \${ENV}, and compare it with ${operations?.plan?.path ?? 'the release plan'}`
        : `Read the state of ${placeholder('flags that guard ${VERSION} in ${ENV}, or that there are none')}`,
      'Each flag is off, or has the share that the release plan gives it',
      'Do not deploy; set the flag, or correct the release plan',
    ),
    byHand(
      'See which settings change',
      'Compare what ${VERSION} asks of settings with what ${ENV} has, by the release plan',
      'Every setting that ${VERSION} needs is there, and none is of another environment',
      'Do not deploy; set what is missing first',
    ),
  );
  steps.push(
    byHand(
      'Know the way back',
      `Read ${rollbackPageOf(operations) ?? 'Rollback above'}, and note the version that runs now`,
      'The version to go back to is written down, and its artifact is there',
      'Do not deploy',
    ),
  );
  if (target && ON_KUBERNETES.includes(target.kind)) {
    steps.push(
      step(
        'See that you are talking to the right cluster',
        'kubectl config current-context',
        placeholder('context of the cluster of each environment'),
        'Change the context before anything else',
      ),
    );
  }
  return steps;
}

function deploymentSteps(
  profile: RepositoryProfile,
  target: DeployTarget | null,
  operations: OperationsFacts | null,
): RunbookStep[] {
  const targets = target ? [target, ...profile.deployTargets] : profile.deployTargets;
  const steps = [...deployWayOf(operations?.set ?? null, targets, 'Deploy ${VERSION} to ${ENV}').steps];
  const command = steps.map((each) => each.command).join('\n');
  for (const workload of kubernetesWorkloads(profile)) {
    if (/rollout status/.test(command)) break;
    const name = `${workload.kind.toLowerCase()}/${workload.name}`;
    steps.push(
      step(
        `Wait for ${name}`,
        `kubectl -n ${namespaceOf(workload)} rollout status ${name} --timeout=5m`,
        'The rollout is reported as complete',
        'Go to Rollback',
      ),
    );
  }
  steps.push(checkStep(profile, 'Check the deployment', 'Go to Rollback'));
  steps.push({
    ...byHand(
      'Watch',
      'Compare the metrics under Baselines with the triggers under Rollback; where one is met, go back at once',
      'No trigger was met until the end of the window',
      'Go to Rollback',
    ),
    durationMinutes: WATCHED_MINUTES,
  });
  return steps;
}

/** For so long the default triggers are watched. */
const WATCHED_MINUTES = 60;

function checkStep(profile: RepositoryProfile, title: string, onFailure: string): RunbookStep {
  const health = healthPaths(profile)[0];
  if (profile.smokeTest) return step(title, profile.smokeTest.value, 'It ends with status 0', onFailure);
  if (health)
    return step(
      title,
      askHealth(health.value.target),
      'It answers with a status below 400 within 10 seconds',
      onFailure,
    );
  return step(
    title,
    placeholder('command that checks the deployed service'),
    placeholder('what a healthy answer is'),
    onFailure,
  );
}

function healthPaths(profile: RepositoryProfile): readonly Fact<OperationsLink>[] {
  const seen = new Set<string>();
  return profile.operations
    .filter(
      ({ value }) => value.kind === 'health' && /^(?:\/[\w./-]*|https?:\/\/[\w.:/-]+)$/.test(value.target),
    )
    .filter(({ value }) => !seen.has(value.target) && seen.add(value.target))
    .slice(0, 4);
}

function askHealth(target: string): string {
  const address = target.startsWith('/') ? `"\${BASE_URL}${target}"` : target;
  return `curl --fail --silent --show-error --max-time 10 ${address}`;
}

/** The parameters that the commands use, each with what it takes here. */
function parametersOf(
  profile: RepositoryProfile,
  told: ReadonlyMap<string, string>,
  steps: readonly RunbookStep[],
  way: WayBack | null,
): RunbookParameter[] {
  const names = profile.environments.map(({ value }) => value.name);
  const text = steps.map(({ command, action, expected }) => `${command} ${action} ${expected}`).join('\n');
  const used = new Set([...text.matchAll(/\$\{([A-Z][A-Z0-9_]*)\}/g)].map((match) => match[1] ?? ''));
  const meanings: Readonly<Record<string, string>> = {
    ENV: 'Environment that is worked on',
    VERSION: 'Version that is deployed, as it is tagged',
    NAMESPACE: 'Namespace of the service in the environment',
    BASE_URL: 'Address of the service in the environment, without a slash at its end',
    REGION: 'Region of the service',
    CLUSTER: 'Cluster of the service',
    PREVIOUS_VERSION: 'Version that is gone back to, as it is tagged',
    ...(way?.target ? platforms[way.target.kind].parameters : {}),
  };
  used.add('ENV').add('VERSION');
  const ofPlatform = new Map(
    parametersIn(
      steps.map((each) => `${each.command} ${each.action} ${each.expected}`),
      { profile, target: way?.target ?? null, found: foundIn(steps) },
    ).map((parameter) => [parameter.name, parameter.example]),
  );
  const order = Object.keys(meanings);
  return [...used]
    .sort((a, b) => rank(order, a) - rank(order, b) || (a < b ? -1 : 1))
    .map((name) => ({
      name,
      meaning: meanings[name] ?? placeholder(`what ${name} stands for`),
      example:
        name === 'ENV' && names.length > 0
          ? names.join(', ')
          : name === 'ENV'
            ? placeholder(
                told.has('environments')
                  ? 'which of the environments told below'
                  : 'names of the environments',
              )
            : (ofPlatform.get(name) ?? placeholder(`value of ${name}`)),
    }));
}

/** Parameters that a step of the page finds out. */
function foundIn(steps: readonly RunbookStep[]): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { title, expected, action } of steps) {
    for (const match of `${expected} ${action}`.matchAll(/\bset ([A-Z][A-Z0-9_]+) to\b/g)) {
      found[match[1] ?? ''] ??= `found by "${title}"`;
    }
  }
  return found;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function rank(order: readonly string[], name: string): number {
  const index = order.indexOf(name);
  return index < 0 ? order.length : index;
}

function symptomsOf(profile: RepositoryProfile, target: DeployTarget | null): Symptom[] {
  const rows: Symptom[] = [];
  for (const { value, sources } of profile.operations) {
    if (value.kind === 'alert')
      rows.push({
        symptom: `Alert ${value.name} fires`,
        shownBy: sourceText(sources),
        next: 'Diagnosis, from step 1',
      });
  }
  for (const { value, sources } of healthPaths(profile)) {
    rows.push({
      symptom: `${value.target} fails or does not answer`,
      shownBy: sourceText(sources),
      next: 'Diagnosis, from step 1',
    });
  }
  if (target && ON_KUBERNETES.includes(target.kind) && kubernetesWorkloads(profile).length > 0) {
    rows.push({
      symptom: 'Instances restart or do not become ready',
      shownBy: 'kubectl get pods',
      next: 'Diagnosis, step 2',
    });
  }
  rows.push({
    symptom: placeholder('what users see first when this service is broken'),
    shownBy: placeholder('alert or report'),
    next: 'Diagnosis, from step 1',
  });
  return rows.slice(0, 30);
}

function referencesOf(profile: RepositoryProfile): OperationsReference[] {
  const rows = profile.operations.slice(0, 60).map(({ value }) => ({ ...value }));
  for (const kind of ['dashboard', 'logs', 'alert'] as const) {
    if (rows.some((row) => row.kind === kind)) continue;
    rows.push({
      kind,
      name: placeholder(`name of the ${kind === 'logs' ? 'log query' : kind}`),
      target: placeholder(`address or query of the ${kind === 'logs' ? 'logs' : kind}`),
    });
  }
  return rows;
}

function baselinesOf(profile: RepositoryProfile): Baseline[] {
  const named = profile.operations.filter(({ value }) => value.kind === 'metric').slice(0, 20);
  return [
    ...['Error rate', 'p99 latency', 'Requests per minute'].map((metric) => ({
      metric,
      good: placeholder(
        metric === 'p99 latency'
          ? 'number in ms, measured over a week'
          : metric === 'Error rate'
            ? 'number in %, measured over a week'
            : 'number per minute, measured over a week',
      ),
      source: placeholder('query that gives it'),
    })),
    ...named.map(({ value }) => ({
      metric: value.name,
      good: placeholder('number with unit, measured over a week'),
      source: value.target,
    })),
  ];
}

function failureModesOf(target: DeployTarget | null, profile: RepositoryProfile): FailureMode[] {
  const modes: FailureMode[] = [];
  if (target && ON_KUBERNETES.includes(target.kind)) {
    modes.push(
      {
        failure: 'The image cannot be pulled',
        shownBy: 'ErrImagePull or ImagePullBackOff in the events',
        response: 'Check that the tag exists and the cluster may pull it; go to Rollback if it serves users',
      },
      {
        failure: 'The new version does not start',
        shownBy: 'CrashLoopBackOff in the list of pods',
        response: 'Read the logs of the container before (kubectl logs --previous); go to Rollback',
      },
      {
        failure: 'An instance is killed for its memory',
        shownBy: 'OOMKilled in the description of the pod',
        response: 'Go to Rollback where it began with this version',
      },
    );
  }
  if (profile.migrationFolders.length > 0) {
    modes.push({
      failure: 'A migration fails half-way',
      shownBy: placeholder('where migrations report'),
      response: 'Deploy nothing more; see what was applied, then go to Escalation',
    });
  }
  modes.push({
    failure: placeholder('what broke last, from the postmortems'),
    shownBy: placeholder('how it was seen'),
    response: placeholder('what helped'),
  });
  return modes;
}

function escalationOf(profile: RepositoryProfile): EscalationContact[] {
  const owners = profile.owners.slice(0, 8).map(({ value, sources }) => ({
    role: `Owner (${sourceText(sources)})`,
    contact: value,
    when: 'The steps of this page do not help',
  }));
  return [
    {
      role: 'Primary on call',
      contact: placeholder('who is on call, and how they are reached'),
      when: 'At once, where users are affected',
    },
    ...owners,
    {
      role: 'Secondary',
      contact: placeholder('who is called when the primary does not answer'),
      when: 'The primary does not answer',
    },
  ];
}

function sourceText(sources: readonly Source[]): string {
  const source = sources[0];
  if (source?.kind === 'file')
    return source.range ? `${source.path}:${source.range.start.line}` : source.path;
  return source ? 'the repository' : placeholder('where it is seen');
}

function isPath(text: string): boolean {
  return /^[\w./-]+$/.test(text);
}

function step(
  title: string,
  command: string,
  expected: string,

  onFailure: string,
): RunbookStep {
  return { title, owner: '', command, action: '', expected, durationMinutes: null, onFailure };
}

function byHand(title: string, action: string, expected: string, onFailure: string): RunbookStep {
  return { title, owner: '', command: '', action, expected, durationMinutes: null, onFailure };
}
