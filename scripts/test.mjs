// npm test: unit and command-line tests, then the tests in a real VS Code.
//   --unit-only   without VS Code
//   --host-only   only in VS Code
//   --grep TEXT   only the tests whose title holds it
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildHostTests } from './build-host-tests.mjs';
import { runHostTests } from './lib/host-tests.mjs';
import { runToEnd, temporaryFolder } from './lib/processes.mjs';

const project = fileURLToPath(new URL('../', import.meta.url));
const say = (line) => console.log(line);

let options;
try {
  options = parseArgs({
    options: {
      'unit-only': { type: 'boolean', default: false },
      'host-only': { type: 'boolean', default: false },
      grep: { type: 'string' },
    },
  }).values;
} catch (error) {
  console.error(`${error.message}\nUsage: npm test -- [--unit-only | --host-only] [--grep TEXT]`);
  process.exit(2);
}

say('Building the extension and the command line');
const build = await runToEnd(process.execPath, ['esbuild.mjs'], { cwd: project, timeoutMs: 120_000 });
if (build.code !== 0) {
  console.error('The build failed; no test was run.');
  process.exit(1);
}

const grep = options.grep ? ['--grep', options.grep] : [];
const parts = [];
if (!options['host-only']) {
  say('\nUnit and command-line tests');
  parts.push(['unit', await runMocha([...grep, 'test/**/*.test.ts'], 600_000)]);
}
if (!options['unit-only']) {
  await buildHostTests();
  say('\nTests in VS Code');
  parts.push(['in VS Code', await runHostTests({ say, grep: options.grep })]);
  say('\nTests that watch VS Code from outside');
  parts.push([
    'outside',
    await runMocha(
      [
        '--no-config',
        '--exit',
        '--require',
        'tsx/cjs',
        '--timeout',
        '180000',
        ...grep,
        'test/host/outside/*.test.ts',
      ],
      480_000,
    ),
  ]);
}

let passed = 0;
let failed = 0;
say('');
for (const [name, counts] of parts) {
  passed += counts.passed;
  failed += counts.failed;
  const pending = counts.pending > 0 ? `, ${counts.pending} pending` : '';
  say(`${name}: ${counts.passed} passed, ${counts.failed} failed${pending}`);
}
say(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);

/** The counts of a run of Mocha; one that ends without counts is a failure. */
async function runMocha(args, timeoutMs) {
  const countsFile = path.join(temporaryFolder('counts'), 'counts.json');
  const mocha = path.join(project, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const reporter = path.join(project, 'scripts', 'lib', 'counting-reporter.cjs');
  const { code, output } = await runToEnd(process.execPath, [mocha, '--reporter', reporter, ...args], {
    cwd: project,
    // The whole run judges as many random workflows as the proof's tests promise; `npm run test:unit` fewer.
    env: { RELEASE_GATE_SIMULATIONS: '5000', ...process.env, RELEASE_GATE_TEST_COUNTS: countsFile },
    timeoutMs,
  });
  if (!existsSync(countsFile)) {
    say(code === null ? output.trim() : `Mocha ended with ${code} before the tests did.`);
    return { passed: 0, failed: 1, pending: 0 };
  }
  const counts = JSON.parse(readFileSync(countsFile, 'utf8'));
  if (counts.passed + counts.failed === 0 && !options.grep) {
    say('Mocha found no test: that is a failure too.');
    return { ...counts, failed: 1 };
  }
  return code === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}
