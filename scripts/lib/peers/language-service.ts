import { validate } from '@actions/languageservice';
import { clearCache } from '@actions/languageservice/utils/workflow-cache';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { PeerFinding } from './finding';

/** What the editor of GitHub's own extension marks as an error or a warning. */
const SEVERITIES: Readonly<Record<number, PeerFinding['severity']>> = { 1: 'error', 2: 'warning' };

/**
 * What GitHub's language service says of the workflows among `files` (path to text): errors and warnings. Called
 * workflows are read from `readable`, so that inputs, secrets and outputs are held against each other.
 */
export async function languageServiceFindings(
  files: ReadonlyMap<string, string>,
  readable: ReadonlyMap<string, string> = files,
): Promise<readonly PeerFinding[]> {
  const findings: PeerFinding[] = [];
  for (const [path, text] of files) {
    // It keeps what it parsed by the file's address, whatever the text.
    clearCache();
    const root = path.slice(0, path.indexOf('.github/workflows/'));
    const diagnostics = await validate(TextDocument.create(`file:///${path}`, 'yaml', 1, text), {
      fileProvider: {
        getFileContent: (reference) => {
          const name = 'owner' in reference ? null : root + reference.path;
          const content = name === null ? undefined : readable.get(name);
          if (name === null || content === undefined)
            return Promise.reject(new Error(`${reference.path} is not among the files`));
          return Promise.resolve({ name, content });
        },
      },
    });
    for (const { range, severity, message, code } of diagnostics) {
      const known = SEVERITIES[severity ?? 1];
      if (known === undefined) continue;
      findings.push({
        peer: 'languageservice',
        rule: String(code ?? 'validation'),
        severity: known,
        file: path,
        line: range.start.line + 1,
        message: typeof message === 'string' ? message : message.value,
      });
    }
  }
  return findings;
}
