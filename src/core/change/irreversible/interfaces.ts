import type { Detector } from './detector';
import { judgeExportedSymbols } from './exported-symbols';
import { readVersions, unreadActions } from './file-versions';
import { judgeGraphql } from './graphql-breaks';
import { judgeOpenApi } from './openapi';
import { withReferences } from './openapi-files';
import { isPackageManifest, judgePackages } from './package-entries';
import { judgeProtobuf } from './protobuf-breaks';

/** What clients of an interface relied on and no longer find. */
export const interfaces: Detector = {
  id: 'interfaces',
  detect: async (world) => {
    const protobuf = await readVersions(world, isProtobuf);
    const graphql = await readVersions(world, isGraphql);
    // A description below `docs/` is served to clients as any other; its content tells that it is one.
    const descriptions = await readVersions(world, isDescription, () => false, isDescription);
    const described = await withReferences(world, descriptions.versions);
    const packages = await readVersions(world, isPackageManifest);
    const found = [
      judgeOpenApi(described.files, described.others),
      judgePackages(packages.versions),
      await judgeExportedSymbols(world),
      judgeProtobuf(protobuf.versions),
      judgeGraphql(graphql.versions),
    ];
    return {
      irreversible: [
        ...found.flatMap((each) => each.irreversible),
        ...unreadActions(protobuf, isProtobuf),
        ...unreadActions(graphql, isGraphql),
      ],
      risks: found.flatMap((each) => each.risks),
      touches: found.flatMap((each) => each.touches),
    };
  },
};

function isProtobuf(path: string): boolean {
  return path.endsWith('.proto');
}

function isGraphql(path: string): boolean {
  return /\.(?:graphqls?|gql)$/.test(path);
}

/** What it is, its content says. */
function isDescription(path: string): boolean {
  return (
    /\.(?:json|ya?ml)$/.test(path) &&
    !path.startsWith('.github/') &&
    !/(?:^|\/)(?:package(?:-lock)?|npm-shrinkwrap|composer|tsconfig[\w.-]*)\.json$|-lock\.ya?ml$/.test(path)
  );
}
