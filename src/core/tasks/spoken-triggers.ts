import type { ReadDocument } from '../documents/document';
import { documentKinds } from '../documents/index';
import { triggerColumns } from '../documents/markdown/columns';
import { blocksOf } from '../documents/markdown/parse';
import { readTable, type FoundRow } from '../documents/markdown/parts';
import { folderOf, isForeign } from '../evidence/detect/reading';
import { fileSource, type Source } from '../evidence/fact';
import { isTestData } from '../gate/test-data';
import { isMetric } from '../risk/typed-trigger';
import { readFrontMatter } from '../text/front-matter';
import type { World } from './task';

/** Documents that say when to go back, the one that counts most first. */
const SPEAKING = ['rollback-runbook', 'runbook', 'release-plan'];

/** A trigger as a document has it. */
export interface FoundTrigger {
  readonly row: FoundRow<keyof typeof triggerColumns>['cells'];
  readonly document: ReadDocument;
  /** `path:line`. */
  readonly place: string;
  readonly source: Source;
}

/** The triggers of all documents, each metric as the document says it that counts most. */
export function triggersIn(documents: readonly ReadDocument[]): readonly FoundTrigger[] {
  const found: FoundTrigger[] = [];
  for (const document of documents) {
    const settled = found.map(({ row }) => row.metric);
    for (const id of ['triggers', 'rollback']) {
      for (const { cells, span } of readTable(blocksOf(document, id), triggerColumns)) {
        if (cells.metric === '' || settled.some((metric) => isMetric(metric, cells.metric))) continue;
        const range = document.lines.rangeOf(span);
        found.push({
          row: cells,
          document,
          place: `${document.path}:${range.start.line}`,
          source: fileSource(document.path, range),
        });
      }
    }
  }
  return found;
}

/** The rollback runbook, the runbook and the plan of this release, in the order of their weight. */
export async function speakingDocuments(world: World, signal: AbortSignal): Promise<readonly ReadDocument[]> {
  const kinds = documentKinds.filter(({ id }) => SPEAKING.includes(id));
  const { paths } = await world.files.list(signal);
  const { releaseFolder, operationsFolder } = world.configuration;
  const candidates = paths.filter(
    (path) =>
      path.endsWith('.md') &&
      !isTestData(path) &&
      !isForeign(path) &&
      (kinds.some((kind) => kind.recognises(path, {})) ||
        path.startsWith(`${operationsFolder}/`) ||
        path.startsWith(`${releaseFolder}/`)),
  );
  const found: ReadDocument[] = [];
  for (const path of candidates) {
    signal.throwIfAborted();
    const read = await world.files.read(path);
    if (!read.ok) continue;
    const matter = readFrontMatter(read.text);
    const kind = kinds.find((each) => each.recognises(path, matter.ok ? matter.data : {}));
    // A plan elsewhere is of a release that is over.
    if (!kind || (kind.id === 'release-plan' && path !== `${releaseFolder}/RELEASE_PLAN.md`)) continue;
    found.push(kind.read(path, read.text));
  }
  // Of several runbooks only the one where such documents are kept is surely of what is released.
  return SPEAKING.flatMap((kind) => {
    const own = found.filter((document) => document.kind === kind);
    const usual = own.filter(
      ({ path }) => folderOf(path) === operationsFolder || folderOf(path) === releaseFolder,
    );
    const [only, another] = usual.length > 0 ? usual : own;
    return only && !another ? [only] : [];
  });
}
