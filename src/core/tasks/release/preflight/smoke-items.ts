import type { ReleasePaths, ReleaseSettings } from '../../../evidence/release-settings';
import type { RepositoryFiles } from '../../../ports';
import {
  coverageOf,
  declaredEndpoints,
  endpointsOf,
  isDeclaredEndpoint,
  type Endpoint,
} from '../../../release/endpoints';
import type { GateItem } from '../../../release/run';
import { objectionsToSmokeTests, readSmokeSection, type SmokeTest } from '../../../release/smoke-cases';
import { lineIndex } from '../../../text/position';
import { counted, enumerated } from '../../../text/words';
import { fails, isUnknown, item, notes, passes } from './gate-item';

/** The smoke tests of a release, and what is owed where they are missing. */
export interface SmokeFindings {
  readonly items: readonly GateItem[];
  readonly leftovers: readonly string[];
}

/**
 * S4-33, S4-34, S4-36, S4-60: looked for before anything is deployed, so that missing tests abort instead of rolling back; held
 * against the public endpoints; what writes has its own account.
 */
export async function smokeItems(
  files: RepositoryFiles,
  paths: ReleasePaths,
  settings: ReleaseSettings['smoke'],
  isProduction: boolean,
): Promise<SmokeFindings> {
  const id = 'smoke-tests';
  const title = 'There are smoke tests for what is deployed';
  if (settings.command) {
    return {
      items: [
        item(id, title, passes(`the program "${settings.command.join(' ')}" runs them`)),
        item(
          'smoke-endpoints',
          'The smoke tests try every public endpoint',
          notes('which endpoints the program tries is not seen: a person knows'),
        ),
      ],
      leftovers: [],
    };
  }
  const read = await files.read(paths.smokeTests);
  if (!read.ok && read.reason !== 'missing') {
    return {
      items: [
        item(id, title, isUnknown(`${paths.smokeTests} ${read.detail}`, [paths.smokeTests], isProduction)),
      ],
      leftovers: [],
    };
  }
  const section = read.ok ? readSmokeSection(read.text, paths.smokeSection) : null;
  if (!section || section.tests.length === 0) {
    const where = `the section "${paths.smokeSection}" of ${paths.smokeTests}`;
    const why = !read.ok
      ? `${paths.smokeTests} is missing`
      : section?.isFound
        ? `${where} holds no case that can be run`
        : `${paths.smokeTests} has no section "${paths.smokeSection}"`;
    return {
      items: [
        item(
          id,
          title,
          fails(
            `smoke tests are missing${isProduction ? ' for a production target' : ''}: ${why}; write a read and a write for each public endpoint there, or name a program as release.smoke.command`,
            read.ok ? [paths.smokeTests] : [],
            isProduction,
          ),
        ),
      ],
      leftovers: isProduction ? [`smoke tests for production are owed: ${why}`] : [],
    };
  }
  const index = lineIndex(read.ok ? read.text : '');
  const at = (offset: number): string => `${paths.smokeTests}:${index.positionAt(offset).line}`;
  const objections = objectionsToSmokeTests(section.tests, settings.testAccount, settings.baseUrl);
  return {
    items: [
      item(
        id,
        title,
        passes(
          `${counted(section.tests.length, 'case')} in "${paths.smokeSection}" of ${paths.smokeTests}`,
          section.tests.slice(0, 10).map(({ span }) => at(span.start)),
        ),
      ),
      ...section.problems.map(({ message, span }) =>
        item('smoke-case', 'Every smoke test can be run', fails(message, [at(span.start)], isProduction)),
      ),
      ...objections.map(({ test, isBlocking, message }) =>
        item(`smoke-case:${test}`, `The smoke test "${test}" may be run`, {
          outcome: isBlocking ? 'fail' : 'note',
          detail: message,
          evidence: section.tests.filter(({ name }) => name === test).map(({ span }) => at(span.start)),
        }),
      ),
      ...(await endpointItems(files, settings, section.tests)),
    ],
    leftovers: [],
  };
}

async function endpointItems(
  files: RepositoryFiles,
  settings: ReleaseSettings['smoke'],
  tests: readonly SmokeTest[],
): Promise<readonly GateItem[]> {
  const id = 'smoke-endpoints';
  const title = 'The smoke tests try every public endpoint, by a read and a write';
  if (settings.endpoints.length === 0) {
    return [
      item(
        id,
        title,
        notes(
          'which endpoints are public is not said: name an OpenAPI document or "GET /path" lines as release.smoke.endpoints',
        ),
      ),
    ];
  }
  const endpoints: Endpoint[] = [];
  const problems: string[] = [];
  const own = declaredEndpoints(settings.endpoints.filter(isDeclaredEndpoint), 'release.smoke.endpoints');
  endpoints.push(...own.endpoints);
  problems.push(...own.problems);
  const documents = settings.endpoints.filter((each) => !isDeclaredEndpoint(each));
  for (const path of documents) {
    const read = await files.read(path);
    const list = read.ok
      ? endpointsOf(path, read.text)
      : { endpoints: [], problems: [`${path} ${read.detail}`] };
    endpoints.push(...list.endpoints);
    problems.push(...list.problems);
  }
  const coverage = coverageOf(endpoints, tests, settings.baseUrl);
  const gaps = coverage.gaps.map(
    ({ what, methods, path }) => `no ${what} of ${path} (${methods.join(', ')})`,
  );
  const unseen =
    coverage.unseen.length > 0
      ? `; what ${enumerated(
          coverage.unseen.map((name) => `"${name}"`),
          'and',
        )} ${coverage.unseen.length === 1 ? 'tries' : 'try'} by a command is not seen`
      : '';
  const covered = `${coverage.covered} of ${coverage.endpoints} are tried${unseen}`;
  return [
    item(
      id,
      title,
      gaps.length === 0
        ? passes(covered, documents)
        : coverage.unseen.length > 0
          ? // A command may well try what no request does.
            notes(`${covered}: ${gaps.join('; ')}`, documents)
          : fails(`${covered}: ${gaps.join('; ')}`, documents, false),
    ),
    ...problems.map((problem) => item(id, title, isUnknown(problem, [], false))),
  ];
}
