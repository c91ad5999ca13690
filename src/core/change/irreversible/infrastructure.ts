import type { Detector } from './detector';
import { readVersions, unreadActions } from './file-versions';
import { isValuesFile, judgeManifests, judgeValues } from './kubernetes';
import { isTerraform, judgeTerraform } from './terraform';
import { judgePlans } from './terraform-plan';

/** What Terraform, Kubernetes and Helm destroy, replace or no longer keep. */
export const infrastructure: Detector = {
  id: 'infrastructure',
  detect: async (world) => {
    // A plan may be new: it is of this release, whatever else the range changes.
    const documents = await readVersions(world, isDataFile, isDataFile);
    const plans = judgePlans(documents.versions);
    const terraform = await readVersions(world, isTerraform);
    const manifests = await readVersions(world, isManifestFile);
    const values = await readVersions(world, isValuesFile);
    const found = [
      plans,
      judgeTerraform(terraform.versions, plans.planned),
      judgeManifests(manifests.versions),
      judgeValues(values.versions),
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
