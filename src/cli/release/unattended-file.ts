import { promises as fs } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { UnattendedAnswers } from '../../adapters/release/request';
import { ROLLOUTS } from '../../core/evidence/rollouts';
import { approvalFor } from '../../core/tasks/release/preflight/approval-for';
import type { World } from '../../core/tasks/task';
import { CommandFailure } from '../command-failure';

/** A larger file is none that a person wrote. */
const MAX_BYTES = 64 * 1024;

/**
 * What stands for a person's answers where nobody attends: the approval that was committed before, and the strategy with its
 * reason from a file (`strategy: canary`, `reason: …`). Nothing has a default.
 *
 * @throws CommandFailure with what is missing.
 */
export async function readUnattended(
  root: string,
  world: World,
  asked: { readonly version: string; readonly environment: string; readonly file: string | null },
  signal: AbortSignal,
): Promise<UnattendedAnswers> {
  const { version, environment, file } = asked;
  const approval = await approvalFor(world, { version, environment }, signal);
  if (!approval.ok) throw new CommandFailure(`an unattended release needs an approval: ${approval.detail}`);
  if (file === null) {
    throw new CommandFailure(
      'an unattended release takes its strategy from a file: --strategy-file docs/release/strategy.yml with "strategy: canary" and "reason: …"',
    );
  }
  const said = await readStrategy(path.resolve(root, file), file);
  return { approvedBy: approval.by, approval: approval.path, file, ...said };
}

async function readStrategy(
  absolute: string,
  file: string,
): Promise<{ readonly strategy: string; readonly strategyReason: string }> {
  let value: unknown;
  try {
    const bytes = await fs.readFile(absolute);
    if (bytes.byteLength > MAX_BYTES) throw new Error('it is too large');
    value = parse(bytes.toString('utf8'));
  } catch (error) {
    throw new CommandFailure(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const { strategy, reason } = (typeof value === 'object' && value !== null ? value : {}) as Readonly<
    Record<string, unknown>
  >;
  const known = ROLLOUTS.find((rollout) => rollout === strategy);
  if (!known) throw new CommandFailure(`${file} names no strategy: it takes ${ROLLOUTS.join(', ')}`);
  if (known === 'manual') throw new CommandFailure('a manual release needs somebody who attends it');
  if (typeof reason !== 'string' || reason.trim() === '') {
    throw new CommandFailure(`${file} gives no reason for the strategy`);
  }
  return { strategy: known, strategyReason: reason.trim() };
}
