import type { ReleasePaths } from '../../../evidence/release-settings';
import type { ReportFiles, RepositoryFiles } from '../../../ports';
import { judgeEnvFile, readEnvFile } from '../../../release/env-file';
import type { GateItem } from '../../../release/run';
import { counted } from '../../../text/words';
import { fails, isUnknown, item, notes, passes } from './gate-item';

/**
 * S4-27: the environment of the deploy script against its template. The file is ignored by git, so it is read by the port
 * that may; no value ever gets into a message.
 */
export async function environmentItems(
  world: { readonly files: RepositoryFiles; readonly reports?: ReportFiles },
  { envFile, envTemplate }: ReleasePaths,
  known: ReadonlySet<string>,
): Promise<readonly GateItem[]> {
  const id = 'environment-file';
  const title = 'Everything that the deploy script needs of its environment is set';
  const [own, template] = await Promise.all([
    (world.reports ?? world.files).read(envFile),
    world.files.read(envTemplate),
  ]);
  if (!own.ok && !template.ok && own.reason === 'missing' && template.reason === 'missing') {
    return [
      item(
        id,
        title,
        notes(
          `there is neither ${envFile} nor ${envTemplate}: the deploy script gets what the runner was started with`,
        ),
      ),
    ];
  }
  if (!own.ok) {
    return [
      item(
        id,
        title,
        own.reason === 'missing'
          ? fails(`${envFile} is missing: copy ${envTemplate} and put the real values in`, [envTemplate])
          : isUnknown(`${envFile} ${own.detail}`, [envFile]),
      ),
    ];
  }
  if (!template.ok && template.reason !== 'missing') {
    return [item(id, title, isUnknown(`${envTemplate} ${template.detail}`, [envTemplate]))];
  }
  const file = readEnvFile(own.text);
  const listed = readEnvFile(template.ok ? template.text : '');
  const findings = judgeEnvFile(file, listed, { envFile, envTemplate });
  const items = findings.map(({ name, what, line, message }) =>
    item(`environment-file:${name}`, `${name} is set for the deploy script`, {
      outcome: 'fail',
      detail: message,
      evidence: [`${what === 'missing' ? envTemplate : envFile}:${line}`],
    }),
  );
  const unread = file.problems.map(({ line, message }) =>
    item(`environment-file:${line}`, `Line ${line} of ${envFile} means the same everywhere`, {
      outcome: 'unknown',
      detail: message,
      evidence: [`${envFile}:${line}`],
      isBlocking: false,
    }),
  );
  return [
    ...(items.length > 0
      ? items
      : [
          item(
            id,
            title,
            template.ok
              ? passes(
                  `${envFile} sets all ${counted(listed.variables.length, 'variable')} of ${envTemplate}`,
                  [envFile, envTemplate],
                )
              : notes(`${envFile} holds no placeholder; there is no ${envTemplate} to hold it against`, [
                  envFile,
                ]),
          ),
        ]),
    ...unread,
    ...(known.has(envFile)
      ? [
          item(
            'environment-file-ignored',
            `${envFile} is ignored by git`,
            fails(
              `${envFile} is not ignored by git: put it into .gitignore before somebody commits what it holds`,
              [envFile],
              false,
            ),
          ),
        ]
      : []),
  ];
}
