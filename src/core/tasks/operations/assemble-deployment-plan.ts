import type { DeploymentCheck, DeploymentPlan } from '../../documents/deployment-plan/deployment-plan';
import type { RunbookStep } from '../../documents/markdown/steps';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import type { RollbackTrigger } from '../../documents/release-plan/release-plan';
import { isKnown, placeholder, textOf } from '../../evidence/fact';
import { enumerated } from '../../text/words';
import { isSameVersion } from '../../records/records-in';
import { durationText } from '../../records/duration';
import { dayOf, drillOf } from '../../risk/rollback/drilled';
import { DEFAULT_TRIGGERS, WATCH_MINUTES } from '../../risk/rollback-triggers';
import { contactsOf, type Assembled } from './assemble-rollback';
import { deployWayOf } from './deploy-steps';
import type { OperationsFacts } from './facts';
import { parametersIn } from './parameters';
import { askHealth, byHand, checkOf, chooseTag, healthTargets, step, stepOfAct } from './steps';
import { PARTS, wayBackOf } from './way-back';
import { deployingWorkflows } from './workflow-calls';

const GO_BACK = 'Go to Rollback steps';

/** The plan of one deployment, from the release plan, the records and what the repository shows. */
export function assembleDeploymentPlan(
  facts: OperationsFacts,
  told: ReadonlyMap<string, string>,
  claims: DeploymentPlan['claims'],
): Assembled<DeploymentPlan> {
  const { profile, plan } = facts;
  const planned = plan && !holdsPlaceholder(plan.data.version) ? plan.data.version : null;
  const version = told.get('version') ?? planned;
  const environment =
    told.get('environment') ??
    profile.environments.find(({ value }) => value.isProduction)?.value.name ??
    null;
  const way = wayBackOf(facts);
  const deploy = deployWayOf(facts.set, profile.deployTargets, 'Deploy ${VERSION} to ${ENV}');
  const deployment: readonly RunbookStep[] = deploy.steps.map((each) => ({
    ...each,
    onFailure: each.onFailure === 'Go to Rollback' ? GO_BACK : each.onFailure,
  }));
  const verification = verificationSteps(facts);
  const rollback = rollbackSteps(facts, way);
  const checks = checksOf(facts, told, version);
  const texts = [
    ...[...deployment, ...verification, ...rollback].flatMap(
      ({ title, command, action, expected, onFailure }) => [title, command, action, expected, onFailure],
    ),
    ...checks.map(({ seenBy }) => seenBy),
  ];
  const back = plan && !holdsPlaceholder(plan.data.rollback.target) ? plan.data.rollback.target : null;
  return {
    data: {
      unit:
        told.get('unit_id') ?? (version === null ? placeholder('id of the unit that is deployed') : version),
      service: textOf(profile.service),
      overview: {
        environment: environment ?? placeholder('environment that is deployed to'),
        version: version ?? placeholder('version that is deployed'),
        windowStart: told.get('window_start') ?? placeholder('start of the window, with its zone'),
        windowEnd: told.get('window_end') ?? placeholder('end of the window, with its zone'),
        rollbackDeadline:
          told.get('rollback_deadline') ??
          placeholder('until when it is decided to go back, so that the rollback ends within the window'),
        lead: told.get('lead') ?? placeholder('who leads the deployment'),
      },
      parameters: parametersIn(texts, {
        profile,
        target: way.target,
        found: foundBy(rollback),
        told: {
          ...(version === null ? {} : { VERSION: version }),
          ...(back === null ? {} : { PREVIOUS_VERSION: `${back} (${plan?.path ?? ''})` }),
        },
      }),
      checks,
      deployment,
      verification,
      triggers: triggersOf(facts),
      rollback,
      escalation: contactsOf(profile),
      claims,
    },
    sources: [
      ...deploy.sources,
      ...way.sources,
      ...profile.operations.flatMap(({ sources }) => sources),
      ...profile.owners.flatMap(({ sources }) => sources),
    ],
  };
}

/** Those of the plan, else the defaults. */
export function triggersOf({ plan }: OperationsFacts): readonly RollbackTrigger[] {
  if (plan && plan.data.rollback.triggers.length > 0) return plan.data.rollback.triggers;
  return DEFAULT_TRIGGERS.map(({ metric, comparison, threshold, window, lasting }) => ({
    metric,
    comparison,
    threshold,
    window,
    lasting,
  }));
}

function checksOf(
  facts: OperationsFacts,
  told: ReadonlyMap<string, string>,
  version: string | null,
): DeploymentCheck[] {
  const { profile, set, plan, records, paths, folders } = facts;
  const open = placeholder('done by whom, when');
  const quality = [...paths].filter((path) => /(?:^|\/)QA-Report-[^/]+\.md$/.test(path));
  const report =
    told.get('qa_report') ??
    (quality.length === 1 ? quality[0] : undefined) ??
    placeholder('link of the quality report');
  const checks: DeploymentCheck[] = [
    { check: 'The quality report approves this version', seenBy: report, state: open },
  ];
  checks.push({
    check: 'The artifact is the one that was approved',
    seenBy:
      isKnown(profile.image) && /^[\w./:-]+$/.test(profile.image.value)
        ? `docker manifest inspect ${profile.image.value}:\${VERSION}`
        : placeholder('command that shows the artifact of ${VERSION}, with its digest'),
    state: open,
  });
  if (set) {
    checks.push({
      check: 'The pipeline passed on its commit',
      seenBy: 'gh run list --commit "$(git rev-list -n 1 "${VERSION}")" --limit 20',
      state: open,
    });
    const files = deployingWorkflows(set).map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
    if (files.length > 0) {
      checks.push({
        check: 'No other deployment is running',
        seenBy: files.map((file) => `gh run list --workflow ${file} --status in_progress`).join('; '),
        state: open,
      });
    }
  }
  const [health] = healthTargets(profile);
  checks.push({
    check: 'The environment is healthy',
    seenBy: health === undefined ? placeholder('command that checks ${ENV}') : askHealth(health),
    state: open,
  });
  if (profile.migrationFolders.length > 0) {
    checks.push({
      check: 'The migrations of this version were read, and what cannot be undone has its compensation',
      seenBy: plan ? `${plan.path}, Irreversible actions` : placeholder('release plan of this version'),
      state: open,
    });
  }
  if (plan && plan.data.flags.length > 0) {
    checks.push({
      check: `Flags are set as the release plan says: ${enumerated(
        plan.data.flags.map(({ flag }) => flag),
        'and',
      )}`,
      seenBy: `${plan.path}, Feature flags`,
      state: open,
    });
  }
  const drill = drillOf(facts.drills);
  checks.push({
    check: 'The rollback was tested, as its procedure says',
    seenBy: paths.has(`${folders.operations}/ROLLBACK.md`)
      ? `${folders.operations}/ROLLBACK.md`
      : placeholder('rollback runbook: release-gate doc rollback-runbook writes it'),
    state:
      drill.kind === 'none'
        ? placeholder(drill.why)
        : drill.kind === 'counts'
          ? `passed in ${drill.drill.environment} on ${dayOf(drill.drill)}, in ${durationText(drill.drill.seconds)} (${drill.drill.path})`
          : `failed in ${drill.drill.environment} on ${dayOf(drill.drill)} (${drill.drill.path})`,
  });
  const approval = records.approvals.find((each) => isSameVersion(each.version, version));
  checks.push({
    check: 'It is approved',
    seenBy: approval?.path ?? 'release-gate approval record writes it down',
    state: approval
      ? `approved by ${approval.approver} for ${approval.environment} at ${approval.at}`
      : placeholder('a recorded approval of this version'),
  });
  const channels = [
    ...new Set(
      (plan?.data.communication ?? [])
        .map(({ channel }) => channel)
        .filter((text) => !holdsPlaceholder(text) && text !== ''),
    ),
  ];
  checks.push({
    check: 'Those concerned were told',
    seenBy:
      told.get('channels') ??
      (channels.length > 0 ? enumerated(channels, 'and') : placeholder('channels in which they are told')),
    state: open,
  });
  return checks;
}

function verificationSteps({ profile }: OperationsFacts): RunbookStep[] {
  const health = healthTargets(profile);
  const steps: RunbookStep[] =
    health.length > 0
      ? health.map((target) =>
          step(
            `Health: ask ${target}`,
            askHealth(target),
            'It answers with a status below 400 within 10 seconds',
            GO_BACK,
          ),
        )
      : [
          step(
            'Health: ask the service',
            placeholder('command that asks whether the service is healthy'),
            placeholder('what a healthy answer is'),
            GO_BACK,
          ),
        ];
  steps.push(
    profile.smokeTest
      ? checkOf(profile, 'Smoke: run the smoke test', GO_BACK)
      : step(
          'Smoke: walk the critical path',
          placeholder('command that walks the critical path'),
          placeholder('what is seen when it works'),
          GO_BACK,
        ),
  );
  steps.push({
    ...byHand(
      'Metrics: compare with the triggers',
      'Compare error rate, latency and use of resources with the triggers under Rollback steps, until the window ends',
      'No trigger was met until the end of the window',
      GO_BACK,
    ),
    durationMinutes: WATCH_MINUTES.production,
  });
  return steps;
}

/** Short on purpose: the runbook says more. Ends with the verification. */
function rollbackSteps(
  { paths, folders, profile }: OperationsFacts,
  way: ReturnType<typeof wayBackOf>,
): RunbookStep[] {
  const page = `${folders.operations}/ROLLBACK.md`;
  const strip = (each: RunbookStep): RunbookStep => ({
    ...each,
    title: upperFirst(each.title.replace(new RegExp(`^${PARTS.deploy}: `), '')),
    onFailure: paths.has(page) ? `Go to ${page}, Strategy, for other ways back` : 'Go to Escalation contacts',
  });
  return [
    byHand(
      'Decide to go back',
      paths.has(page)
        ? `Where a trigger is met, go back without waiting for its cause to be found. ${page} says more of each step`
        : 'Where a trigger is met, go back without waiting for its cause to be found; keep logs and metrics of the time',
      'The decision is written down with time and trigger',
      'The lead decides alone',
    ),
    ...(way.isOwn
      ? [chooseTag('Go to Escalation contacts')]
      : way.procedure.revisions.map((act) => stepOfAct(act))),
    ...way.deployPrevious.map(strip),
    ...way.procedure.settle.map((act) => stepOfAct(act)),
    checkOf(profile, 'Verify after going back', 'Go to Escalation contacts'),
  ].map((each) =>
    /go to Escalation$/.test(each.onFailure) ? { ...each, onFailure: `${each.onFailure} contacts` } : each,
  );
}

function foundBy(rollback: readonly RunbookStep[]): Record<string, string> {
  const found: Record<string, string> = { DIGEST: 'from the registry, for the version that is gone back to' };
  rollback.forEach(({ expected, action, title }, index) => {
    if (/^List\b/.test(title))
      found['PREVIOUS_VERSION'] ??= `as step ${index + 1} of Rollback steps shows it`;
    for (const match of `${expected} ${action}`.matchAll(/\bset ([A-Z][A-Z0-9_]+) to\b/g)) {
      found[match[1] ?? ''] ??= `found in step ${index + 1} of Rollback steps`;
    }
  });
  return found;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
