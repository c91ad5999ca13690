import { createHash } from 'node:crypto';
import path from 'node:path';
import type { EnvironmentLock } from '../../adapters/release/environment-lock';
import { createMetricReader } from '../../adapters/release/metrics/index';
import type { MetricReader } from '../../adapters/release/metrics/reader';
import type { RunFolder } from '../../adapters/release/journal-store';
import { readEnvironment, type RunEnvironment } from '../../adapters/release/process/env-file';
import { checkHealth } from '../../adapters/release/process/health';
import { createMasking } from '../../adapters/release/process/masking';
import { runScript, scriptCall } from '../../adapters/release/process/run-script';
import { freePath, runSmokeTests } from '../../adapters/release/process/smoke';
import { startItem } from '../../adapters/release/process/start-item';
import type { Performers, RunClock } from '../../adapters/release/runner';
import { systemClock } from '../../adapters/clock';
import {
  releasePathsOf,
  type MetricSettings,
  type ReleaseSettings,
} from '../../core/evidence/release-settings';
import { readSmokeSection } from '../../core/release/smoke-cases';
import type { Direction } from '../../core/release/events';
import { gateOutcomeOf } from '../../core/release/run';
import type { ReleaseState } from '../../core/release/state';
import { feasibilityOf } from '../../core/release/watch/judge';
import { judgeReleaseGate } from '../../core/tasks/release/preflight/judge-release-gate';
import type { World } from '../../core/tasks/task';
import { createFollowUps } from './follow-ups';
import type { VulnerabilityWatch } from './vulnerability';
import type { RecordWriter } from './write-record';
import { fillNames } from '../../core/text/fill-names';

/** What the process of a run works with. */
export interface RunParts {
  readonly root: string;
  readonly world: World;
  readonly settings: ReleaseSettings;
  readonly run: RunFolder;
  readonly clock: RunClock;
  readonly isOnline: boolean;
  readonly lock: EnvironmentLock;
  readonly record: RecordWriter;
  readonly probeFile: string | null;
  readonly vulnerabilities: VulnerabilityWatch;
  /** Called with every state that is worth looking at. */
  readonly onState: (state: ReleaseState) => Promise<void>;
}

/** Marks the smoke tests of a run, so that a process that goes on with it ends what is left of them. */
export function smokeMarker(root: string, id: string, direction: Direction): string {
  return createHash('sha256')
    .update(JSON.stringify([path.resolve(root), id, direction]))
    .digest('hex')
    .slice(0, 16);
}

/** Does what the machine of a release asks for, on this machine. */
export function createPerformers(parts: RunParts): Performers & {
  close(isStateKnown: boolean): Promise<void>;
  /** Takes the secrets of the environment out of a text. */
  maskOf(state: ReleaseState): Promise<(text: string) => string>;
} {
  const { root, world, settings, run } = parts;
  /** Made once, also where two ask for it at the same time: each has probes of its own. */
  let reader: Promise<MetricReader> | null = null;
  /** The metrics that are watched, and what their sources said last. */
  let checks: Awaited<ReturnType<MetricReader['preflight']>> = [];
  let watched = -1;

  // Metrics are asked for at times of the clock that does not jump: one that is set amid a watch would lose every poll.
  const beganAt = parts.clock.now().getTime() - parts.clock.elapsedMs();
  const now = (): Date => new Date(beganAt + parts.clock.elapsedMs());

  const environmentOf = (state: ReleaseState): Promise<RunEnvironment> => {
    const paths = state.settings?.paths ?? releasePathsOf(settings);
    return readEnvironment({
      files: world.files,
      envFile: paths.envFile,
      envTemplate: paths.envTemplate,
      publicValues: [state.run?.environment ?? '', state.run?.version ?? '', state.gate?.target ?? ''],
    });
  };

  const maskOf = async (state: ReleaseState): Promise<(text: string) => string> =>
    createMasking((await environmentOf(state)).secrets).mask;

  const openReader = async (state: ReleaseState): Promise<MetricReader> => {
    const opened = createMetricReader({
      root,
      settings: state.settings?.watch ?? settings.watch,
      environmentVariables: process.env,
      clock: { now },
      probeFile: parts.probeFile,
      mask: await maskOf(state),
    });
    if (state.baseline) opened.resume(state.baseline.past);
    return opened;
  };
  const readerOf = (state: ReleaseState): Promise<MetricReader> => (reader ??= openReader(state));

  const metricsOf = (state: ReleaseState): readonly MetricSettings[] =>
    state.baseline?.metrics ?? state.settings?.watch.metrics ?? [];

  return {
    maskOf,

    lock: (state, signal) => parts.lock.take(state, signal),

    async takeBaseline(state, signal) {
      const metrics = state.settings?.watch.metrics ?? [];
      const metricReader = await readerOf(state);
      checks = await metricReader.preflight(metrics, signal);
      const silent = checks.filter(({ isRequired, isOk }) => isRequired && !isOk);
      // Nothing goes out unwatched, so a source that does not answer now is not waited for again, query by query, over days.
      const isInVain = silent.length > 0 && state.run?.mode !== 'rollback';
      const past = isInVain ? {} : await metricReader.past(metrics, now(), signal);
      return {
        isComplete: silent.length === 0,
        detail:
          silent.length > 0
            ? silent.map(({ name, detail }) => `${name}: ${detail}`).join('; ')
            : `${checks.length} metrics answer`,
        past,
        metrics,
      };
    },

    async judgeGate(state, signal) {
      const { run: identity, settings: fixed, baseline } = state;
      if (!identity || !fixed) throw new Error('the run has not begun');
      // A process that goes on with the run has not asked the metrics yet.
      if (checks.length === 0) checks = await (await readerOf(state)).preflight(metricsOf(state), signal);
      const gate = await judgeReleaseGate(
        world,
        {
          mode: identity.mode,
          version: identity.version,
          environment: identity.environment,
          isProduction: identity.isProduction,
          target: identity.target,
          runId: identity.id,
          isOnline: parts.isOnline,
          runsCommands: true,
          metrics: checks.map(({ name, isRequired, isOk, detail }) => ({
            name,
            isRequired,
            ok: isOk,
            detail,
          })),
          feasibility: baseline ? feasibilityOf(fixed.watch, baseline.metrics, baseline.past) : [],
          scopeEdits: state.scopeEdits,
        },
        { signal, report: () => undefined },
      );
      const starts = await startItem(root, fixed.paths.deployScript);
      return gateOutcomeOf([...gate.items, starts], gate);
    },

    async runScript(effect, state, onStarted, signal) {
      const { run: identity, settings: fixed } = state;
      if (!identity || !fixed) throw new Error('the run has not begun');
      const { variables, secrets } = await environmentOf(state);
      const target = state.gate?.target ?? identity.target ?? '';
      const { version, environment } = identity;
      const fill = (word: string): string => fillNames(word, { version, environment, target });
      const own = effect.direction === 'forward' ? settings.deploy.arguments.map(fill) : [];
      return runScript(
        {
          root,
          argv: scriptCall(fixed.paths.deployScript, [...own, ...effect.arguments.map(fill)]),
          environment: {
            ...variables,
            VERSION: effect.direction === 'forward' ? identity.version : target,
            ENVIRONMENT: identity.environment,
            RELEASE_GATE_DIRECTION: effect.direction,
            ROLLBACK_TARGET: target,
          },
          outputPath: `${run.output}/${effect.direction === 'forward' ? `deploy-${effect.stage}` : 'rollback'}.log`,
          idleMs: settings.deploy.idleMs,
          limitMs: settings.deploy.limitMs,
          graceMs: settings.deploy.graceMs,
          secrets,
          onStarted,
          clock: systemClock,
        },
        signal,
      );
    },

    async smoke(effect, state, signal) {
      const { run: identity, settings: fixed } = state;
      if (!identity || !fixed) throw new Error('the run has not begun');
      const { variables, secrets } = await environmentOf(state);
      const version =
        effect.direction === 'forward' ? identity.version : (state.gate?.target ?? identity.target ?? '');
      const environment = { ...variables, VERSION: version, ENVIRONMENT: identity.environment };
      const outputBase = `${run.output}/smoke-${effect.direction}-${state.stage}`;
      const common = {
        root,
        environment,
        secrets,
        graceMs: settings.deploy.graceMs,
        onStarted: () => undefined,
        marker: smokeMarker(root, run.id, effect.direction),
        clock: systemClock,
      };
      const { limitMs, command, baseUrl, testAccount } = settings.smoke;
      const begun = performance.now();
      const health = await checkHealth(
        {
          ...common,
          argv: scriptCall(fixed.paths.healthScript, []),
          limitMs,
          outputPath: await freePath({ root }, `${outputBase}-health`),
        },
        signal,
      );
      const healthCase = {
        name: fixed.paths.healthScript,
        outcome: health.isWell ? ('passed' as const) : ('failed' as const),
        tookMs: health.outcome.tookMs,
        detail: health.detail,
      };
      // What was committed is asked of a live system, not what somebody has just written (S4-62).
      const committed =
        identity.commit === null
          ? null
          : await world.history.fileAt(identity.commit, fixed.paths.smokeTests, signal);
      const document = committed?.ok ? committed : await world.files.read(fixed.paths.smokeTests);
      const section = document.ok ? readSmokeSection(document.text, fixed.paths.smokeSection) : null;
      const outcome = await runSmokeTests(
        {
          ...common,
          command,
          tests: section?.tests ?? [],
          limitMs: Math.max(1, limitMs - (performance.now() - begun)),
          baseUrl,
          testAccount,
          version,
          environmentName: identity.environment,
          outputBase,
        },
        signal,
      );
      return {
        cases: [healthCase, ...outcome.cases],
        isPassed: health.isWell && outcome.isPassed,
        detail: health.isWell ? outcome.detail : `${fixed.paths.healthScript} ${health.detail}`,
      };
    },

    async poll(number, state, signal) {
      const metricReader = await readerOf(state);
      return metricReader.poll(number, metricsOf(state), now(), signal);
    },

    async vulnerability(state, signal) {
      const found = await parts.vulnerabilities.look(state, signal);
      // What a program prints may hold what it was given.
      return found === null ? null : (await maskOf(state))(found);
    },

    followUp: createFollowUps(parts, maskOf),

    async phaseDone(state) {
      // Probes count from the beginning of a watch on.
      if (state.watches.length > 0 && state.watches.length !== watched) {
        watched = state.watches.length;
        (await readerOf(state)).start(metricsOf(state));
      }
      await parts.onState(state);
    },

    async close(isStateKnown) {
      (await reader)?.close();
      // Nobody deploys over a state that nobody knows: the lock stays until a person goes on with the run or breaks it.
      if (isStateKnown) await parts.lock.release();
    },
  };
}
