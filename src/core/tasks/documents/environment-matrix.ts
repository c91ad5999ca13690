import { CODEOWNERS_PATHS, readCodeOwners } from '../../change/owners';
import { isTestOrSample, isVendored } from '../../change/path-kinds';
import type { EnvironmentMatrix } from '../../documents/environment-matrix/environment-matrix';
import { environmentMatrixKind } from '../../documents/environment-matrix/environment-matrix-kind';
import { markdownText } from '../../documents/markdown/write';
import { fileSource, textOf } from '../../evidence/fact';
import { compareEnvironments, environmentWords, readParityFiles } from '../../readiness/parity/parity';
import { counted } from '../../text/words';
import { assembleEnvironmentMatrix } from '../environments/assemble-environment-matrix';
import { environmentFiles } from '../environments/environment-files';
import { understoodWorkflows } from '../understood-workflows';
import type { DocumentSubject } from './document-task';

/** So many files of settings and infrastructure are read. */
const MAX_FILES = 400;

/** The environments of the repository's service, side by side. */
export const environmentMatrix: DocumentSubject<EnvironmentMatrix> = {
  id: 'environment-matrix',
  kind: environmentMatrixKind,
  title: 'Write the environment matrix',
  reading: 'Reading workflows, manifests, values and infrastructure of each environment',
  inputs: [
    {
      name: 'purposes',
      question:
        'What is each environment for? (such as: staging: last look before production; dev: daily work)',
      isAsked: true,
    },
    { name: 'deployers', question: 'Who may deploy, and who has to approve it?', isAsked: true },
    { name: 'log_readers', question: 'Who reads the logs?', isAsked: false },
    { name: 'administrators', question: 'Who administers the environments?', isAsked: false },
  ],
  writes: ['docs/ops'],
  async assemble({ world, run, profile, told, claims }) {
    const { paths, set, leftAlone } = await understoodWorkflows(world, run.signal);
    const names = profile.environments.map(({ value }) => value.name);
    const files = environmentFiles(paths, names);
    const infrastructure = paths.filter(
      (path) =>
        /\.tf$|\.ya?ml$/.test(path) &&
        !path.startsWith('.github/') &&
        !isTestOrSample(path) &&
        !isVendored(path) &&
        !files.some((file) => file.path === path),
    );
    const read = [...files.map(({ path }) => path), ...infrastructure];
    const texts = new Map<string, string>();
    for (const path of read.slice(0, MAX_FILES)) {
      run.signal.throwIfAborted();
      const answer = await world.files.read(path);
      if (answer.ok && answer.text.length < 500_000) texts.set(path, answer.text.replace(/^\uFEFF/, ''));
    }
    const owners = await ownersIn(paths, async (path) => {
      const answer = await world.files.read(path);
      return answer.ok ? answer.text : '';
    });
    const { configuration } = world;
    const words = environmentWords(configuration.productionEnvironments, configuration.otherEnvironments);
    const known = new Set(paths);
    const parityFiles = await readParityFiles(world.files, known, words, run.signal);
    const parity = compareEnvironments(set, known, parityFiles, words, configuration.readiness.parityIgnore);
    const { matrix, notes } = assembleEnvironmentMatrix({
      profile,
      set,
      paths,
      files,
      texts,
      owners,
      parity,
      told,
      claims,
    });
    return {
      path: `${configuration.operationsFolder}/ENVIRONMENT_MATRIX.md`,
      data: matrix,
      sources: [
        ...profile.environments.flatMap(({ sources }) => sources),
        ...files.map(({ path }) => fileSource(path)),
        ...profile.operations.flatMap(({ sources }) => sources),
      ],
      summary: `Environment matrix of ${markdownText(textOf(profile.service))}: ${counted(names.length, 'environment')}.`,
      notes: [
        ...leftAlone,
        ...notes,
        ...(read.length > MAX_FILES
          ? [`Of ${read.length} files of settings and infrastructure the first ${MAX_FILES} were read.`]
          : []),
      ],
    };
  },
};

async function ownersIn(
  paths: readonly string[],
  read: (path: string) => Promise<string>,
): Promise<ReturnType<typeof readCodeOwners>> {
  const path = CODEOWNERS_PATHS.find((each) => paths.includes(each));
  return path === undefined ? [] : readCodeOwners(await read(path));
}
