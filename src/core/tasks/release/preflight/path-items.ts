import type { ReleasePaths } from '../../../evidence/release-settings';
import type { RepositoryFiles } from '../../../ports';
import type { GateItem } from '../../../release/run';
import { fails, isUnknown, item, passes } from './gate-item';

/** S4-07, S4-08, S4-11: the scripts and the three documents without which nothing is released. */
export async function pathItems(files: RepositoryFiles, paths: ReleasePaths): Promise<readonly GateItem[]> {
  const { documents } = paths;
  const needed: readonly (readonly [string, string, string, string])[] = [
    ['deploy-script', 'The deploy script is there', paths.deployScript, 'deploy-script'],
    [
      'health-script',
      'The script that tells whether the service is healthy is there',
      paths.healthScript,
      'health-script',
    ],
    [
      'observability-document',
      'The document on observability is there',
      documents.observability,
      'observability',
    ],
    [
      'environments-document',
      'The document on environments is there',
      documents.environmentStrategy,
      'environment-strategy',
    ],
    [
      'procedures-document',
      'The document on how deployments go is there',
      documents.deploymentProcedures,
      'deployment-procedures',
    ],
  ];
  const items: GateItem[] = [];
  for (const [id, title, path, key] of needed) {
    const read = await files.read(path);
    items.push(
      item(
        id,
        title,
        read.ok
          ? read.text.trim() === ''
            ? fails(`${path} is empty: write it before anything is released`, [path])
            : passes(path, [path])
          : read.reason === 'missing'
            ? fails(
                `${path} is missing: write it, or say where it is as release.paths.${key}; nothing is made up or patched in its place`,
              )
            : isUnknown(`${path} ${read.detail}`, [path]),
      ),
    );
  }
  return items;
}
