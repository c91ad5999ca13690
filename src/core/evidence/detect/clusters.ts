import { fact, fileSource, type Fact } from '../fact';
import type { ClusterKind, DeployTarget } from '../profile';
import { findLine } from './places';

/** Resources and modules that make a managed cluster. */
const RESOURCES: readonly (readonly [RegExp, ClusterKind])[] = [
  [/^\s*(?:resource\s+"aws_eks_cluster"|source\s*=\s*"terraform-aws-modules\/eks\/aws)/, 'eks'],
  [
    /^\s*(?:resource\s+"google_container_cluster"|source\s*=\s*"terraform-google-modules\/kubernetes-engine\/)/,
    'gke',
  ],
  [/^\s*(?:resource\s+"azurerm_kubernetes_cluster"|source\s*=\s*"Azure\/aks\/)/, 'aks'],
];

/** Commands that log in to a managed cluster. */
const LOGINS: readonly (readonly [RegExp, ClusterKind])[] = [
  [/^(?!\s*#).*\baws\s+(?:--\S+\s+\S+\s+)*eks\s+update-kubeconfig\b/, 'eks'],
  [/^(?!\s*#).*\bgcloud\s+(?:beta\s+|alpha\s+)?container\s+clusters\s+get-credentials\b/, 'gke'],
  [/^(?!\s*#).*\baz\s+aks\s+get-credentials\b/, 'aks'],
];

/** The managed clusters that a Terraform file makes. */
export function clusterInTerraform(path: string, text: string): Fact<ClusterKind>[] {
  return found(path, text, RESOURCES);
}

/** The managed clusters that a script logs in to. */
export function clusterInScript(path: string, text: string): Fact<ClusterKind>[] {
  return found(path, text, LOGINS);
}

function found(
  path: string,
  text: string,
  patterns: readonly (readonly [RegExp, ClusterKind])[],
): Fact<ClusterKind>[] {
  return patterns.flatMap(([pattern, cluster]) => {
    const line = findLine(text, pattern);
    return line ? [fact(cluster, fileSource(path, line.range))] : [];
  });
}

const ON_CLUSTERS: readonly DeployTarget['kind'][] = ['kubernetes', 'kustomize', 'helm', 'argo-cd'];

/** Targets on clusters with whose it is, where everything that was found says the same. */
export function withClusters(
  targets: readonly DeployTarget[],
  clusters: readonly Fact<ClusterKind>[],
): readonly DeployTarget[] {
  const [first] = clusters;
  if (!first || clusters.some(({ value }) => value !== first.value)) return targets;
  const cluster = fact(first.value, ...clusters.flatMap(({ sources }) => sources));
  return targets.map((target) => (ON_CLUSTERS.includes(target.kind) ? { ...target, cluster } : target));
}
