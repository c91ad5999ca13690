import { fact, fileSource, unknown, type Fact, type Source } from '../fact';
import { platforms } from '../platforms';
import type { DeployTarget, PlatformValue } from '../profile';
import { findLine } from './places';
import { baseOf, type Reading } from './reading';

/** A file that is there for one platform only, and what of it names what runs there. */
interface HostingFile {
  readonly kind: DeployTarget['kind'];
  readonly file: RegExp;
  /** What its text has to hold, where other tools have a file of that name. */
  readonly holds?: RegExp;
  /** The lines that say what a parameter of the platform is here. */
  readonly values: readonly { readonly parameter: string; readonly line: RegExp }[];
  /** The line that names what runs, as `workloads` has it. */
  readonly name?: RegExp;
}

const FILES: readonly HostingFile[] = [
  {
    kind: 'fly',
    file: /^fly(\.[\w-]+)?\.toml$/,
    values: [{ parameter: 'APP', line: /^\s*app\s*=\s*["']([a-z0-9-]{1,63})["']/ }],
  },
  { kind: 'vercel', file: /^vercel\.json$/, values: [] },
  { kind: 'netlify', file: /^netlify\.toml$/, values: [] },
  {
    kind: 'cloudflare-workers',
    file: /^wrangler\.(?:toml|jsonc?)$/,
    // A file of Pages names the folder that is uploaded; Pages has no command that goes back.
    holds: /^(?![\s\S]*\bpages_build_output_dir\b)/,
    values: [],
    name: /^\s*"?name"?\s*[=:]\s*["']([a-z0-9][a-z0-9_-]{0,62})["']/,
  },
  { kind: 'heroku', file: /^heroku\.yml$/, values: [] },
  { kind: 'heroku', file: /^app\.json$/, holds: /"(?:formation|buildpacks)"\s*:/, values: [] },
  {
    kind: 'lambda',
    file: /^(?:template|sam)\.ya?ml$/,
    holds: /Transform:\s*["']?AWS::Serverless|AWS::Serverless::Function/,
    values: [],
  },
  {
    kind: 'lambda',
    file: /^serverless\.ya?ml$/,
    holds: /^\s*name:\s*["']?aws\b/m,
    values: [{ parameter: 'REGION', line: /^\s*region:\s*["']?([a-z]{2}-[a-z]+-\d)["']?\s*$/ }],
  },
];

/** More files of one platform than this are a collection of examples. */
const MAX_FILES = 10;

/** Targets on hosting platforms that keep a file of their own in the repository. */
export async function readHosting(reading: Reading): Promise<readonly DeployTarget[]> {
  const targets: DeployTarget[] = [];
  for (const shape of FILES) {
    const paths = reading.paths.filter((path) => shape.file.test(baseOf(path))).slice(0, MAX_FILES);
    for (const path of paths) {
      const text = await reading.text(path);
      if (text === null || (shape.holds && !shape.holds.test(text))) continue;
      targets.push(targetOf(shape, path, text));
    }
  }
  return targets;
}

function targetOf(shape: HostingFile, path: string, text: string): DeployTarget {
  const name = shape.name ? findLine(text, shape.name) : null;
  const values = shape.values.flatMap(({ parameter, line }): Fact<PlatformValue>[] => {
    const found = findLine(text, line);
    return found?.match[1] === undefined
      ? []
      : [fact({ parameter, value: found.match[1], environment: null }, fileSource(path, found.range))];
  });
  const here = fileSource(path, name?.range ?? null);
  const workload = name?.match[1];
  const target: DeployTarget = {
    kind: shape.kind,
    path: fact(path, here),
    deployCommand: unknown(`how ${path} is deployed: no script and no manifest says it`),
    rollbackCommand: unknown(`command that takes ${path} back`),
    ...(workload === undefined
      ? {}
      : {
          workloads: [
            fact({ kind: shape.kind, name: workload, namespace: null, container: null, image: null }, here),
          ],
        }),
    ...(values.length > 0 ? { values } : {}),
  };
  return { ...target, rollbackCommand: undoCommand(target, here) };
}

/** The platform's own command that goes back, as the table of platforms has it. */
export function undoCommand(
  target: DeployTarget,
  ...sources: readonly Source[]
): DeployTarget['rollbackCommand'] {
  const { undo } = platforms[target.kind].procedure(target);
  return undo === null ? target.rollbackCommand : fact(undo, ...sources);
}
