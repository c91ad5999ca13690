// Runs the suites in a desktop VS Code: node run-in-desktop.mjs '<JSON of executable, extensions, tests, workspace, profile>'.
// A program of its own, so that it can be started under xvfb-run and ended with everything that it started.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { quietSettings } from './code-server.mjs';

const { executable, extensions, tests, workspace, profile } = JSON.parse(process.argv[2]);

mkdirSync(path.join(profile, 'data', 'User'), { recursive: true });
writeFileSync(path.join(profile, 'data', 'User', 'settings.json'), JSON.stringify(quietSettings));

try {
  process.exitCode = await runTests({
    vscodeExecutablePath: executable,
    extensionDevelopmentPath: extensions,
    extensionTestsPath: tests,
    launchArgs: [
      workspace,
      `--user-data-dir=${path.join(profile, 'data')}`,
      `--extensions-dir=${path.join(profile, 'extensions')}`,
      '--skip-welcome',
      '--skip-release-notes',
      '--disable-updates',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
