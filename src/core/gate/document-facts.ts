import { anchorsOfText } from '../documents/markdown/anchors';
import type { ReadDocument } from '../documents/document';
import { repositoryLinksOf } from '../documents/markdown/links';
import type { RepositoryFiles } from '../ports';
import type { GateFacts } from '../rules/rule';

/** Files that are read for what documents say of them; more of a kind are not known, and nothing is said of them. */
const MAX_FILES = 50;

const MAKEFILE = /(?:^|\/)(?:GNUm|m|M)akefile$/;

const PACKAGE = /(?:^|\/)package\.json$/;

/** What the rules over documents may ask of other files: anchors of the pages that are linked, targets and scripts that are called. */
export async function readDocumentFacts(
  documents: readonly ReadDocument[],
  paths: ReadonlySet<string>,
  files: RepositoryFiles,
): Promise<Required<Pick<GateFacts, 'anchors' | 'runnable'>>> {
  const read = new Set(documents.map(({ path }) => path));
  const linked = new Set(
    documents.flatMap((document) =>
      repositoryLinksOf(document).flatMap(({ path, anchor }) =>
        path !== null && anchor !== null ? markdownOf(path, paths) : [],
      ),
    ),
  );
  const anchors = new Map<string, ReadonlySet<string>>();
  for (const path of [...linked].filter((each) => !read.has(each)).slice(0, MAX_FILES)) {
    const text = await files.read(path);
    if (text.ok) anchors.set(path, anchorsOfText(text.text));
  }
  return { anchors, runnable: await readRunnable(documents, paths, files) };
}

function markdownOf(path: string, paths: ReadonlySet<string>): readonly string[] {
  return [path, `${path}.md`, `${path}/README.md`, `${path}/index.md`]
    .filter((each) => /\.(?:md|markdown)$/i.test(each) && paths.has(each))
    .slice(0, 1);
}

async function readRunnable(
  documents: readonly ReadDocument[],
  paths: ReadonlySet<string>,
  files: RepositoryFiles,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const runnable = new Map<string, ReadonlySet<string>>();
  for (const [pattern, called, namesIn] of [
    [MAKEFILE, /\bg?make[ \t]/, makeTargets],
    [PACKAGE, /\b(?:npm|pnpm|yarn|bun)[ \t]/, packageScripts],
  ] as const) {
    if (!documents.some(({ text }) => called.test(text))) continue;
    for (const path of [...paths].filter((each) => pattern.test(each)).slice(0, MAX_FILES)) {
      const text = await files.read(path);
      const names = text.ok ? namesIn(text.text) : null;
      if (names) runnable.set(path, names);
    }
  }
  return runnable;
}

/** The targets of a Makefile; null where others may come from patterns, variables, included files or a rule for all. */
function makeTargets(text: string): ReadonlySet<string> | null {
  if (/^-?s?include\b|^[^\t#=\n]*[%$][^=\n]*:(?!=)|^\.DEFAULT\s*:|^\$\((?:eval|call|foreach)/m.test(text))
    return null;
  const names = new Set<string>();
  for (const [, targets = ''] of text.matchAll(/^([^\s#:=.][^#:=\n]*|\.PHONY)\s*::?(?!=)/gm)) {
    for (const name of targets.trim().split(/\s+/)) names.add(name);
  }
  for (const [, targets = ''] of text.matchAll(/^\.PHONY\s*:(.*)$/gm)) {
    for (const name of targets.trim().split(/\s+/)) names.add(name);
  }
  return names;
}

function packageScripts(text: string): ReadonlySet<string> | null {
  try {
    const { scripts } = JSON.parse(text) as { readonly scripts?: unknown };
    return new Set(typeof scripts === 'object' && scripts !== null ? Object.keys(scripts) : []);
  } catch {
    return null;
  }
}
