// Asks programs of others about everything that the generators make: GitHub's own language service always, actionlint,
// zizmor and shellcheck where they are on PATH.
//   --samples   only the sample repositories
//   --require   fail where one of the programs is absent
import { parseArgs } from 'node:util';
import { acceptedFindings } from '../src/core/pipeline/generate/accepted-findings';
import { checkCases, reportLines } from './lib/peers/check';
import {
  fromAdopting,
  fromCombinations,
  fromExtending,
  fromExtraction,
  fromPublishing,
  fromSamples,
  fromSecuring,
  fromSettingUp,
} from './lib/peers/generated';
import { installed } from './lib/peers/programs';

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { samples: { type: 'boolean', default: false }, require: { type: 'boolean', default: false } },
  });
  const programs = new Set<'actionlint' | 'zizmor' | 'shellcheck'>();
  let isComplete = true;
  console.log('@actions/languageservice: asked');
  for (const name of ['actionlint', 'zizmor', 'shellcheck'] as const) {
    const program = installed(name);
    console.log(program ? `${name} ${program.version}: asked` : `${name}: not on PATH, not asked`);
    if (program) programs.add(name);
    else isComplete = false;
  }
  const cases = [
    ...(await fromSamples()),
    ...(values.samples
      ? []
      : [
          ...(await fromCombinations()),
          ...(await fromSecuring()),
          ...(await fromExtraction()),
          ...(await fromExtending()),
          ...(await fromPublishing()),
          ...(await fromSettingUp()),
          ...fromAdopting(),
        ]),
  ];
  const report = await checkCases(cases, programs, acceptedFindings);
  for (const line of reportLines(report)) console.log(line);
  if (report.left.length > 0 || (report.stale.length > 0 && !values.samples)) return 1;
  return values.require && !isComplete ? 1 : 0;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
