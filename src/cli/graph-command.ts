import { promises as fs } from 'node:fs';
import path from 'node:path';
import { Command, Option } from 'commander';
import { checkRepository, createReadingCache } from '../core/gate/check';
import { graphOf } from '../core/graph/build';
import type { PathsGraph } from '../core/graph/graph';
import { toJson } from '../core/graph/json';
import { toMermaid } from '../core/graph/mermaid';
import { emptySentence, toSvg } from '../core/graph/svg';
import { pictureSummary } from '../core/graph/words';
import { CommandFailure } from './command-failure';
import type { Terminal } from './terminal';
import { openCheck } from './world';

type Format = 'mermaid' | 'svg' | 'json';

interface GraphOptions {
  readonly format?: Format;
  readonly output?: string;
  readonly force?: boolean;
  readonly all?: boolean;
  readonly config?: string;
}

const formatsByEnding: Readonly<Record<string, Format>> = {
  '.svg': 'svg',
  '.json': 'json',
  '.mmd': 'mermaid',
  '.mermaid': 'mermaid',
};

/** `release-gate graph [path]`: the paths to production as a picture, with what holds on them and what does not. */
export function graphCommand(terminal: Terminal): Command {
  return new Command('graph')
    .description(
      'Draw the paths to production: what starts a run, what holds before production, what does not',
    )
    .argument('[path]', 'folder of the repository', '.')
    .addOption(
      new Option(
        '--format <format>',
        'mermaid for Markdown on GitHub, svg for a file of its own, json for programs (default: by the ending of --output, else mermaid)',
      ).choices(['mermaid', 'svg', 'json']),
    )
    .option('--output <file>', 'write it there instead of printing it')
    .option('--force', 'overwrite the file of --output where it exists')
    .option('--all', 'draw every workflow, not only the way to production')
    .option('--config <file>', 'configuration to use in place of .github/release-gate.yml')
    .addHelpText(
      'after',
      [
        '',
        'An edge holds (thick line, a bar) where no production job behind it can start unless the job before succeeded,',
        'in whatever run; it is open (broken line, a ring) where one can, and unknown (dotted, a question mark) where the',
        'files do not settle it. The run that gets to production past an open edge is told step by step.',
        'A called workflow is drawn inside the job that calls it. An environment is where GitHub can ask for an approval;',
        'whether it does, no file shows.',
        '',
        'Examples:',
        '  release-gate graph >> docs/deployment.md           as Mermaid (put it between ```mermaid and ```)',
        '  release-gate graph --output paths.svg              a picture for light and dark pages',
        '  release-gate graph --format json | jq .edges       the same as data; docs/paths.md says what each field is',
        '',
        'Exit status: 0 drawn, whatever it shows ("check" judges); 2 nothing could be read, or the call is wrong.',
      ].join('\n'),
    )
    .action(async (folder: string, options: GraphOptions) => {
      await draw(folder, options, terminal);
    });
}

async function draw(folder: string, options: GraphOptions, terminal: Terminal): Promise<void> {
  terminal.progress(`Reading ${folder}`);
  const input = await openCheck(folder, options.config ?? null, terminal);
  const cache = createReadingCache();
  const report = await checkRepository({ ...input, cache });
  const graph = graphOf(
    {
      set: cache.understood?.set ?? null,
      findings: report.findings,
      environments: {
        production: input.configuration.productionEnvironments,
        other: input.configuration.otherEnvironments,
      },
    },
    options.all ? 'all' : 'production',
  );
  if (!cache.understood && graph.workflows.length === 0) {
    throw new CommandFailure(
      `there is no workflow under .github/workflows in ${folder}, so nothing can be drawn.`,
    );
  }
  const { output } = options;
  const ending = path.extname(output ?? '').toLowerCase();
  const text = render(graph, options.format ?? formatsByEnding[ending] ?? 'mermaid');
  if (graph.nodes.length === 0 && !options.all) {
    terminal.say(`release-gate: ${emptySentence(graph)}; --all draws every workflow.`);
  }
  if (output === undefined) {
    terminal.print(text);
    return;
  }
  await write(output, text, options.force === true);
  terminal.say(`Written: ${output}. ${pictureSummary(graph)}.`);
}

function render(graph: PathsGraph, format: Format): string {
  switch (format) {
    case 'mermaid':
      return toMermaid(graph);
    case 'svg':
      return toSvg(graph, { kind: 'alone' });
    case 'json':
      return toJson(graph);
  }
}

/** @throws CommandFailure where the file exists and was not to be overwritten, or cannot be written. */
async function write(file: string, text: string, mayOverwrite: boolean): Promise<void> {
  try {
    // `wx` asks and creates in one go: what appears in between is not overwritten either.
    await fs.writeFile(file, text, { flag: mayOverwrite ? 'w' : 'wx' });
  } catch (error) {
    switch ((error as NodeJS.ErrnoException).code) {
      case 'EEXIST':
        throw new CommandFailure(`${file} exists; nothing was written. Add --force to overwrite it.`);
      case 'ENOENT':
        throw new CommandFailure(`the folder of ${file} does not exist; nothing was written.`);
      case 'EISDIR':
        throw new CommandFailure(`${file} is a folder; name a file.`);
      case 'EACCES':
      case 'EROFS':
      case 'EPERM':
        throw new CommandFailure(`${file} may not be written; nothing was written.`);
      default:
        throw error;
    }
  }
}
