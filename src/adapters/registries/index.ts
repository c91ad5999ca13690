import type { ArtifactAnswer, ArtifactQuestion, ArtifactRegistry, Programs } from '../../core/ports';
import type { GitHubApiOptions } from '../github-api';
import { findByCommand, verifyByCommand } from './command';
import { createDockerCredentials, type CredentialStore } from './docker-credentials';
import { findGitHubRelease } from './github-releases';
import { findNpmPackage } from './npm';
import { findImage } from './oci';
import { findPythonPackage } from './pypi';

/** What registries may be asked for, and how. */
export interface RegistriesOptions {
  /** Whether the person wants the network asked (`--online`). */
  readonly isOnline: boolean;
  /** Runs what the configuration names; null where the person did not ask for that (`--run-commands`). */
  readonly programs: Programs | null;
  readonly github?: GitHubApiOptions;
  readonly credentials?: CredentialStore;
  /** For one request. */
  readonly timeoutMs?: number;
  /** For all requests about one artifact. */
  readonly totalMs?: number;
}

/** The registries of images, packages and releases, and the command that stands for any other. */
export function createArtifactRegistry(options: RegistriesOptions): ArtifactRegistry {
  const { isOnline, programs, timeoutMs = 10_000, totalMs = 40_000 } = options;
  const credentials = options.credentials ?? createDockerCredentials();
  const limits = { timeoutMs, totalMs };

  const ask = async (question: ArtifactQuestion, signal?: AbortSignal): Promise<ArtifactAnswer> => {
    if (question.registry === 'command') {
      return programs
        ? findByCommand(question, programs, signal)
        : {
            kind: 'unknown',
            detail: 'the command that asks for the artifact runs only with --run-commands',
            option: '--run-commands',
          };
    }
    if (!isOnline) {
      return { kind: 'unknown', detail: 'no registry was asked: that takes --online', option: '--online' };
    }
    switch (question.registry) {
      case 'oci':
        return findImage(question, { credentials, ...limits }, signal);
      case 'npm':
        return findNpmPackage(question, limits, signal);
      case 'pypi':
        return findPythonPackage(question, limits, signal);
      case 'github-release':
        return findGitHubRelease(question, { timeoutMs, ...options.github }, signal);
      default:
        return question.registry satisfies never;
    }
  };

  return {
    find: async (question, signal) => {
      const answer = await ask(question, signal);
      if (answer.kind !== 'present') return answer;
      return {
        kind: 'present',
        artifact: await verifyByCommand(question, answer.artifact, programs, signal),
      };
    },
  };
}
