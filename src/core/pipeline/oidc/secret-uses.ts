import { lineIndex } from '../../text/position';
import { secretsIn } from '../../workflow/credential-uses';
import type { Workflow } from '../../workflow/model';
import { literally } from '../../text/pattern';

/** One place of a file. */
export interface SecretPlace {
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/** What the files of a repository say of one stored secret. */
export interface SecretUses {
  readonly name: string;
  /** Where a workflow or an action takes it: `secrets.NAME`. */
  readonly uses: readonly SecretPlace[];
  /** Where a script, or another file that a program reads, has its name as a word. */
  readonly mentions: readonly SecretPlace[];
  /** Where secrets are reached without their names: handed on whole to another repository, or by a computed name. */
  readonly hidden: readonly SecretPlace[];
  /** Every file that could name it was read. */
  readonly isComplete: boolean;
}

/** Files in which a program may read a variable or a secret by its name; prose is none. */
export function mayNameSecrets(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (
    /\.(?:sh|bash|zsh|ps1|psm1|cmd|bat|py|rb|pl|js|mjs|cjs|ts|mts|cts|go|rs|java|kt|kts|cs|php|tf|tfvars|hcl|ya?ml|toml|ini|cfg|conf|env|properties|gradle|mk)$/i.test(
      name,
    ) ||
    /^(?:Makefile|GNUmakefile|Dockerfile.*|Containerfile|Jenkinsfile|[Jj]ustfile|Rakefile|Fastfile|Procfile|package\.json|\.npmrc|\.pypirc|\.env[\w.-]*)$/.test(
      name,
    )
  );
}

/** A shorter word is everybody's, and its mention says nothing. */
const MIN_WORD = 6;

/**
 * Who still uses secrets, by their names.
 *
 * @param texts Every file that {@link mayNameSecrets}, by path; workflows as they are after the change.
 * @param workflows The workflows among them, read.
 */
export function secretUsesOf(
  names: readonly string[],
  texts: ReadonlyMap<string, string>,
  workflows: readonly Workflow[],
  isComplete: boolean,
): readonly SecretUses[] {
  const byPath = new Map(workflows.map((workflow) => [workflow.path, workflow]));
  const hidden = workflows.flatMap(hiddenIn);
  return [...new Set(names)].sort().map((name) => {
    const uses: SecretPlace[] = [];
    const mentions: SecretPlace[] = [];
    const word = new RegExp(`(?<![\\w-])${literally(name)}(?![\\w-])`, 'g');
    for (const [path, text] of texts) {
      if (!text.toUpperCase().includes(name.toUpperCase())) continue;
      const isAction = byPath.has(path) || /(?:^|\/)action\.ya?ml$/.test(path);
      const lines = lineIndex(text);
      if (isAction) {
        for (const [index, line] of text.split('\n').entries()) {
          if (isComment(line)) continue;
          if (secretsIn(line).some((other) => other.toUpperCase() === name.toUpperCase()))
            uses.push({ path, line: index + 1 });
        }
        continue;
      }
      if (name.length < MIN_WORD) continue;
      for (const match of text.matchAll(word))
        mentions.push({ path, line: lines.positionAt(match.index).line });
    }
    return { name, uses, mentions: once(mentions), hidden, isComplete };
  });
}

/** A whole line of comment uses nothing. */
function isComment(line: string): boolean {
  return /^\s*#/.test(line);
}

/** `secrets: inherit` to a workflow of elsewhere, `toJSON(secrets)`, `secrets[…]` with a computed name. */
function hiddenIn(workflow: Workflow): readonly SecretPlace[] {
  const at = (offset: number): SecretPlace => ({
    path: workflow.path,
    line: workflow.lines.positionAt(offset).line,
  });
  const inherited = workflow.jobs.flatMap(({ secrets, uses }) =>
    secrets?.isInherited === true && uses?.value.trim().startsWith('./') !== true
      ? [at(secrets.span.start)]
      : [],
  );
  const computed = [
    ...workflow.text.matchAll(/\bsecrets\s*\[\s*(?!['"])|\btoJSON\(\s*secrets\s*\)/gi),
  ].flatMap((match) => {
    const start = workflow.text.lastIndexOf('\n', match.index) + 1;
    return isComment(workflow.text.slice(start, match.index)) ? [] : [at(match.index)];
  });
  return [...inherited, ...computed];
}

function once(places: readonly SecretPlace[]): readonly SecretPlace[] {
  return [...new Map(places.map((place) => [`${place.path}:${place.line}`, place])).values()];
}
