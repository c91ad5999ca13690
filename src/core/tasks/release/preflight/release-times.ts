import {
  releasePathsOf,
  watchOf,
  type ReleaseSettings,
  type WatchSettings,
} from '../../../evidence/release-settings';
import type { Parsers, RepositoryFiles } from '../../../ports';
import { durationText } from '../../../text/duration';
import { readDeployCalls } from './deploy-calls';
import { readDocumentTimes, type SaidDuration } from './document-times';

/** The settings of a run with what documents and the deploy script say where the configuration does not. */
export interface SettledSettings {
  readonly settings: ReleaseSettings;
  readonly watch: WatchSettings;
  /** Where each of these comes from, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Settles what a run goes by before it begins (S4-31, S4-38): the watch window and the idle limit that the document on
 * deployments says, and the arguments with which the deploy script goes back. Called once, for the run's own settings.
 */
export async function settleReleaseSettings(
  world: { readonly files: RepositoryFiles; readonly parsers: Parsers },
  settings: ReleaseSettings,
  environment: string,
  isProduction: boolean,
  signal?: AbortSignal,
): Promise<SettledSettings> {
  const paths = releasePathsOf(settings);
  const path = paths.documents.deploymentProcedures;
  const read = await world.files.read(path);
  const times = read.ok
    ? readDocumentTimes(read.text, environment, isProduction)
    : { window: { kind: 'not-said' } as const, idle: { kind: 'not-said' } as const };
  const watch = watchOf(settings, environment, isProduction);
  const isWindowSaid = settings.isWindowSaid || settings.environments[environment]?.windowMs !== undefined;
  const window = chosen('the watch window', watch.windowMs, isWindowSaid, times.window, path);
  const idle = chosen('the idle limit', settings.deploy.idleMs, settings.isIdleSaid, times.idle, path);
  const calls = await readDeployCalls(world, paths.deployScript, settings, environment, signal);
  return {
    settings: {
      ...settings,
      deploy: { ...settings.deploy, idleMs: idle.ms, rollbackArguments: calls.rollbackArguments },
    },
    watch: { ...watch, windowMs: window.ms },
    notes: [
      window.note,
      idle.note,
      ...(calls.rollbackArgumentsFrom === 'script'
        ? [
            `the rollback is "${[paths.deployScript, ...calls.rollbackArguments].join(' ')}", as the script asks for it`,
          ]
        : []),
    ],
  };
}

function chosen(
  what: string,
  ms: number,
  isSaid: boolean,
  said: SaidDuration,
  path: string,
): { readonly ms: number; readonly note: string } {
  if (isSaid) return { ms, note: `${what} is ${durationText(ms)}, as the configuration says` };
  switch (said.kind) {
    case 'said':
      return { ms: said.ms, note: `${what} is ${durationText(said.ms)}, by ${path}:${said.line}` };
    case 'not-said':
      return {
        ms,
        note: `${what} is ${durationText(ms)} by default: neither the configuration nor ${path} says it`,
      };
    case 'ambiguous':
      return { ms, note: `${what} is ${durationText(ms)} by default, since ${path} ${said.why}` };
    default:
      return said satisfies never;
  }
}
