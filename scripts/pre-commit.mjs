#!/usr/bin/env node
// What `.pre-commit-hooks.yaml` runs: the command line of this checkout on the files that a commit changes.
import { spawnSync } from 'node:child_process';
import { builtProgram } from './lib/built-program.mjs';

try {
  const { status } = spawnSync(
    process.execPath,
    // A commit that changes nothing that is judged must go through: `--allow-none`.
    [builtProgram(), 'check', '--offline', '--allow-none', '--', ...process.argv.slice(2)],
    { stdio: 'inherit' },
  );
  process.exitCode = status ?? 2;
} catch (error) {
  process.stderr.write(`release-gate: ${error.message}\n`);
  process.exitCode = 2;
}
