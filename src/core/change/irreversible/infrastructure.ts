import type { Detector } from './detector';
import { readVersions, unreadActions } from './file-versions';
import { isChart, judgeCharts } from './chart-dependencies';
import { isValuesFile, judgeManifests, judgeValues } from './kubernetes';
import { isKustomization, judgeKustomizations } from './kustomize';
import { isTerraform, isVariableFile, judgeTerraform } from './terraform';
import { withFolders } from './terraform-folders';
import { judgePlans } from './terraform-plan';

/** What Terraform, Kubernetes and Helm destroy, replace or no longer keep. */
export const infrastructure: Detector = {
  id: 'infrastructure',
  detect: async (world) => {
    // A plan may be new, and so may a patch that deletes: it is of this release, whatever else the range changes.
    const documents = await readVersions(world, isDataFile, isDataFile);
    const plans = judgePlans(documents.versions);
    const terraform = await readVersions(world, isTerraform);
    const values_ = await readVersions(world, isVariableFile);
    const folders = await withFolders(world, terraform.versions, values_.versions);
    const known = new Set([...world.repositoryPaths, ...world.files.map((file) => file.path)]);
    const isKustomized = (path: string): boolean => kustomizationOf(path).some((each) => known.has(each));
    const manifests = await readVersions(world, isManifestFile, isKustomized);
    const kustomizations = await readVersions(world, isKustomization);
    const charts = await readVersions(world, isChart);
    const values = await readVersions(world, isValuesFile);
    const found = [
      plans,
      judgeTerraform(folders.configuration, plans.planned, folders.values),
      judgeManifests(manifests.versions, isKustomized),
      judgeValues(values.versions),
      await judgeKustomizations(world, kustomizations.versions),
      judgeCharts(charts.versions),
    ];
    return {
      irreversible: [
        ...found.flatMap((each) => each.irreversible),
        ...unreadActions(terraform, isTerraform),
        ...unreadActions(values, isValuesFile),
      ],
      risks: found.flatMap((each) => each.risks),
      touches: found.flatMap((each) => each.touches),
    };
  },
};

/** JSON that people or tools wrote for a purpose of their own; what it is, its content says. */
function isDataFile(path: string): boolean {
  return (
    path.endsWith('.json') &&
    !/(?:^|\/)(?:package|package-lock|npm-shrinkwrap|composer|tsconfig[\w.-]*|\.[^/]*)\.json$|\.tf\.json$/.test(
      path,
    )
  );
}

function isManifestFile(path: string): boolean {
  return /\.(?:ya?ml|tpl)$/.test(path) && !path.startsWith('.github/') && !isValuesFile(path);
}

/** Where a kustomization that takes the file in would stand by custom: beside it, or a folder above. */
function kustomizationOf(path: string): readonly string[] {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const above = folder.replace(/[^/]+\/$/, '');
  return [folder, above].flatMap((each) => [`${each}kustomization.yaml`, `${each}kustomization.yml`]);
}
