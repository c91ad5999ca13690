import { releasePathsOf, watchOf, type ReleasePaths } from '../../../evidence/release-settings';
import { readTicketsInScope } from './tickets';
import { countingApprovals } from '../../../readiness/conditions/approved';
import type { AssessedWorld, AssessRun } from '../../../readiness/assess-release';
import type { ReadinessFacts } from '../../../readiness/facts';
import { gatherFacts } from '../../../readiness/gather';
import { judgeReadiness } from '../../../readiness/judge';
import { listedReports } from '../../../readiness/evidence';
import { gateOutcomeOf, type GateItem, type GateOutcome } from '../../../release/run';
import { objectiveMinutesOf } from '../../../risk/rollback/within-rto';
import { readDeployCalls, refusedInWords, type DeployCalls } from './deploy-calls';
import { environmentItems } from './environment-items';
import { fails, isUnknown, item, notes, passes } from './gate-item';
import { metricItems } from './metric-items';
import { brokenRunsOf, type BrokenRun } from './broken-runs';
import { pathItems } from './path-items';
import { readinessItems } from './readiness-items';
import type { ReleaseGateRequest } from './release-gate-request';
import { settleReleaseSettings } from './release-times';
import { restrictionItems } from './restriction-items';
import { concernOf } from './said-lines';
import { isOutOfScope, readScopeEdit, takenOut, type TakenOut } from './scope';
import { scriptItems } from './script-items';
import { smokeItems } from './smoke-items';
import { adviseStrategy } from './strategies';
import { rollbackTargetByRecords, rollbackTargetOf, targetItems, type RollbackTarget } from './target';

/**
 * Judges phase 1 of a release: whether it may go, what it would do, and what is owed. Reads only; deploys and writes nothing.
 * Called by the runner before a person is asked to proceed, and again each time that the scope was edited.
 *
 * A release goes only where no item that blocks fails or is unknown.
 *
 * @throws HistoryFailure where git cannot read what it could open, and the signal's reason when it is aborted.
 */
export async function judgeReleaseGate(
  world: AssessedWorld,
  request: ReleaseGateRequest,
  run: AssessRun,
): Promise<GateOutcome> {
  const { release } = world.configuration;
  const paths = releasePathsOf(release);
  const { version, environment, isProduction } = request;
  const named = oneEnvironment(request);
  if (named) return gateOutcomeOf([named], { target: request.target });
  run.report('Looking at earlier runs, the deploy script and its documents');
  const reports = world.reports ?? listedReports(world.files);
  const broken = await brokenRunsOf(reports, paths.releaseFolder, environment, request.runId, run.signal);
  const settled = await settleReleaseSettings(world, release, environment, isProduction, run.signal);
  const calls = await readDeployCalls(world, paths.deployScript, settled.settings, environment, run.signal);
  const hasScript = (await world.files.read(paths.deployScript)).ok;
  const scripts = hasScript ? scriptItems(paths.deployScript, calls, settled.settings) : [];
  // In an incident only what going back needs is asked: every other question would keep it waiting.
  if (request.mode === 'rollback') {
    const target = await rollbackTargetByRecords(world, request, run.signal);
    const going = scripts.filter(({ id }) => id === 'rollback-handled');
    const there = (await pathItems(world.files, paths)).filter(({ id }) => id === 'deploy-script');
    return gateOutcomeOf([...there, ...going, backItem(target, version)], {
      target: target.version,
      commit: target.commit,
      feasibility: request.feasibility,
      strategies: ['all-at-once'],
      strategyReason: 'going back is one call of the deploy script',
    });
  }
  const gathered = await gatherFacts(
    world,
    {
      version,
      environment,
      base: null,
      head: null,
      isOnline: request.isOnline,
      runsCommands: request.runsCommands,
      ...(request.evidence ? { evidence: request.evidence } : {}),
    },
    run,
  );
  if (!gathered.ok) {
    return gateOutcomeOf(
      [
        ...(await pathItems(world.files, paths)),
        item('release-read', 'What is released can be read', isUnknown(gathered.reason)),
      ],
      { target: request.target },
    );
  }
  const taken = takenOut(request.scopeEdits, gathered.facts.change);
  const facts = withoutTickets(gathered.facts, taken);
  const readiness = judgeReadiness(facts);
  const tickets = readTicketsInScope(facts);
  const target = await rollbackTargetOf(world, facts, request, facts.releaseRecords, run.signal);
  const watch = watchOf(release, environment, isProduction);
  const smoke = await smokeItems(world.files, paths, release.smoke, isProduction);
  const level = facts.register?.level ?? null;
  const advice = adviseStrategy(facts.change, level, facts.rollout, calls.strategies);
  const approved = readiness.conditions.find(({ id }) => id === 'approved') ?? null;
  const items: readonly GateItem[] = [
    resolvedItem(paths, request, target, facts, settled.notes),
    ...brokenItems(broken),
    ...(await pathItems(world.files, paths)),
    ...(await environmentNamed(world, paths, environment, isProduction)),
    ...scripts,
    ...(await targetItems(world, facts, request, target, run.signal)),
    ...(await environmentItems(world, paths, facts.paths)),
    ...smoke.items,
    ...metricItems(watch, isProduction, request.metrics),
    ...(await restrictionItems(
      world.files,
      paths,
      facts,
      approved,
      countingApprovals(facts).length,
      isProduction,
    )),
    ...scopeItems(request, taken),
    ...strategyItems(calls, advice.strategies.length, paths.deployScript),
    ...readinessItems(readiness, isProduction, ({ id, status }) => isTrackerAway(facts, id, status)),
  ];
  return gateOutcomeOf(items, {
    target: target.version,
    commit: facts.change?.range.commits.head ?? null,
    tickets,
    components: (facts.change?.components ?? []).map(({ name }) => name),
    openRisks: (facts.register?.entries ?? [])
      .filter(({ state }) => state === 'open')
      .map(({ signal, likelihood, impact }) => `${signal} (likelihood ${likelihood}, impact ${impact})`),
    leftovers: [...smoke.leftovers, ...trackerLeftovers(facts)],
    strategies: advice.strategies,
    strategyReason: advice.reason,
    feasibility: request.feasibility,
    recoveryObjectiveMs: objectiveMsOf(facts),
  });
}

/** How long a rollback may take, so that the record can say whether it was kept (S3-75). */
function objectiveMsOf({ settings, plan }: ReadinessFacts): number | null {
  const minutes = objectiveMinutesOf({ settings: settings.rollback, plan });
  return minutes === null ? null : minutes * 60_000;
}

/** S4-04: one version and one environment; a list of either is refused, never cut to its first. */
function oneEnvironment({ version, environment }: ReleaseGateRequest): GateItem | null {
  const several = [version, environment].find((each) => /[,;]|\s+(?:and|und|\+|&)\s+/i.test(each.trim()));
  return several === undefined
    ? null
    : item(
        'one-release',
        'One version goes to one environment',
        fails(`"${several}" names several: release one version to one environment, then the next`),
      );
}

/** S4-10: an environment that the document on environments does not know is most often a slip of the hand. */
async function environmentNamed(
  world: AssessedWorld,
  { documents }: ReleasePaths,
  environment: string,
  isProduction: boolean,
): Promise<readonly GateItem[]> {
  const path = documents.environmentStrategy;
  const read = await world.files.read(path);
  if (!read.ok || read.text.trim() === '' || concernOf(read.text, environment, isProduction) === 'this')
    return [];
  return [
    item(
      'environment-named',
      'The document on environments names this one',
      fails(
        `${path} does not name "${environment}": look at its spelling, or write down what it is`,
        [path],
        false,
      ),
    ),
  ];
}

/** S4-09, S4-21, S4-24: everything that this release would use, before anything is touched. */
function resolvedItem(
  paths: ReleasePaths,
  { version, environment }: ReleaseGateRequest,
  target: RollbackTarget,
  { change }: ReadinessFacts,
  times: readonly string[],
): GateItem {
  const head = change?.range.commits.head.slice(0, 12) ?? 'a commit that is not known';
  const { documents } = paths;
  return item(
    'resolved',
    'What this release uses',
    notes(
      `${version} (${head}) to ${environment}, back to ${target.version ?? 'nothing that is known'}; ${times.join('; ')}`,
      [
        ...[paths.deployScript, paths.healthScript, paths.envFile, paths.smokeTests, paths.restrictions],
        ...[documents.observability, documents.environmentStrategy, documents.deploymentProcedures],
        ...[paths.architecture, paths.acceptanceCriteria, `${paths.releaseFolder}/`],
      ],
    ),
  );
}

/** S2-43: a run that was broken off amid a deployment keeps its environment closed. */
function brokenItems(broken: readonly BrokenRun[]): readonly GateItem[] {
  const title = 'No earlier run of this environment was broken off';
  return broken.map(({ id, path, version, didDeploy }) =>
    item(
      `broken-run:${id}`,
      title,
      didDeploy
        ? fails(
            `the run of ${version} was broken off amid its deployment and has no verdict, so nobody knows what runs: go on with it by release-gate resume . ${id}`,
            [path],
          )
        : notes(`the run of ${version} was broken off before anything was deployed`, [path]),
    ),
  );
}

/** A rollback by itself: where it goes. */
function backItem(target: RollbackTarget, version: string): GateItem {
  return item(
    'rollback-target',
    'What is gone back to is known, and is another version',
    target.version === null
      ? fails('no record and no tag tells a version to go back to: name it with --to')
      : target.version.replace(/^v(?=\d)/, '') === version.replace(/^v(?=\d)/, '')
        ? fails(`${version} would be gone back to itself: name another version with --to`)
        : passes(`${target.version}, ${target.from}`),
  );
}

/** Choice C: what a person took out, with what of it is in the release all the same. */
function scopeItems({ scopeEdits }: ReleaseGateRequest, taken: readonly TakenOut[]): readonly GateItem[] {
  const title = 'What was taken out of the release is not in it';
  return [
    ...scopeEdits.flatMap(({ text, by }): readonly GateItem[] => {
      const { problem } = readScopeEdit(text);
      return problem === null
        ? []
        : [
            item(
              'scope-edit',
              title,
              notes(`what ${by.name} wrote ("${text}") ${problem}, so nothing was taken out`),
            ),
          ];
    }),
    ...taken.map(({ name, edit, reason, commits, files }) => {
      const by = `${edit.by.name} took ${name} out at ${edit.at}: ${reason}`;
      const what =
        commits.length > 0
          ? `commit ${commits[0]?.slice(0, 12) ?? ''}${commits.length > 1 ? ` and ${commits.length - 1} more` : ''} of it`
          : `${files} changed ${files === 1 ? 'file' : 'files'} of it`;
      return item(
        `scope:${name}`,
        title,
        commits.length === 0 && files === 0
          ? notes(`${by}; no commit of the release names it`)
          : fails(
              `${by}; but ${what} would be deployed all the same: take the commits out, and release the version that is made without them`,
              commits.slice(0, 5).map((hash) => `commit ${hash.slice(0, 12)}`),
            ),
      );
    }),
  ];
}

function strategyItems(calls: DeployCalls, possible: number, script: string): readonly GateItem[] {
  const refused = refusedInWords(calls, script);
  return [
    item(
      'strategies',
      'How the release can go out',
      refused === '' ? passes(`all ${possible} strategies are possible`) : notes(`not offered is ${refused}`),
    ),
  ];
}

/** The facts without the tickets that were taken out and of which nothing is released. */
function withoutTickets(facts: ReadinessFacts, taken: readonly TakenOut[]): ReadinessFacts {
  if (taken.length === 0) return facts;
  const { tickets } = facts.evidence;
  return {
    ...facts,
    evidence: {
      ...facts.evidence,
      tickets: {
        ...tickets,
        counting: tickets.counting.map((file) => ({
          ...file,
          report: file.report.filter(({ id }) => !isOutOfScope(taken, id)),
        })),
      },
    },
  };
}

/** S4-59: a tracker that does not answer is owed and said; what it did answer still counts. */
function isTrackerAway(facts: ReadinessFacts, id: string, status: string): boolean {
  return id === 'tickets-done' && status === 'unknown' && trackerLeftovers(facts).length > 0;
}

function trackerLeftovers({ evidence, settings }: ReadinessFacts): readonly string[] {
  if (settings.ticketsCommand === null) return [];
  return evidence.tickets.unread.map(
    ({ path, reason }) => `the tickets of this release could not be asked for: ${path} ${reason}`,
  );
}
