import type { TextEdit } from '../text/edit';
import type { Located } from '../text/position';

/** What a `uses:` names in another repository: an action, or a reusable workflow. */
export interface ActionReference {
  /** As written, with the folder or file: `github/codeql-action/init`. */
  readonly name: string;
  /** `github/codeql-action`. */
  readonly repository: string;
  /** A commit, tag or branch. */
  readonly ref: string;
  readonly isWorkflow: boolean;
  /** The ref is a full commit, which cannot be moved. */
  readonly isCommit: boolean;
}

/** Reads a `uses:`; null for what is of this repository, a container image, computed, or no reference at all. */
export function actionReference(uses: string): ActionReference | null {
  if (/^\.\.?\//.test(uses) || uses.startsWith('docker://') || uses.includes('${{')) return null;
  const at = uses.lastIndexOf('@');
  const name = uses.slice(0, at);
  const ref = uses.slice(at + 1);
  const [owner, repository] = name.split('/');
  if (at < 0 || !owner || !repository || ref === '') return null;
  return {
    name,
    repository: `${owner}/${repository}`,
    ref,
    isWorkflow: /\.ya?ml$/.test(name),
    isCommit: /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(ref),
  };
}

/** Whether a ref names one release (`v4.2.2`), not the latest of a line (`v4`) or a branch. */
export function isFullVersion(ref: string): boolean {
  return /^v?\d+\.\d+\.\d+(?:[-+][\w.-]+)?$/.test(ref);
}

/**
 * Writes a commit in the place of the ref of a `uses:`, with what it was in a comment behind it, where the rest of the
 * line is free: in a flow map, or before a comment of somebody else's, a comment would swallow or be swallowed. Null
 * where the ref does not stand there as it is read (an alias, an escape).
 */
export function pinEdits(
  text: string,
  use: Located<string>,
  commit: string,
  comment: string,
): readonly TextEdit[] | null {
  const ref = use.value.slice(use.value.lastIndexOf('@') + 1);
  const refStart = text.slice(use.span.start, use.span.end).lastIndexOf(`@${ref}`);
  if (refStart < 0) return null;
  const start = use.span.start + refStart + 1;
  const edits: TextEdit[] = [{ span: { start, end: start + ref.length }, text: commit }];
  if (restOfLine(text, use.span.end).trim() === '') {
    edits.push({ span: { start: use.span.end, end: use.span.end }, text: ` # ${comment}` });
  }
  return edits;
}

/** The release that the comment behind a `uses:` names (`# v4.2.2`); null where it names none. */
export function versionBeside(text: string, use: Located<string>): string | null {
  return (
    /^\s+#\s*(?:tag\s*[=:]\s*)?(v?\d+\.\d+\.\d+(?:[-+][\w.-]+)?)(?=\s|$|[,;])/.exec(
      restOfLine(text, use.span.end),
    )?.[1] ?? null
  );
}

function restOfLine(text: string, offset: number): string {
  return text.slice(offset, offset + text.slice(offset).search(/\r|\n|$/));
}
