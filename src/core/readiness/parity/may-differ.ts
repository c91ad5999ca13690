import picomatch from 'picomatch';

/**
 * What staging and production must be free to differ in, by the last part of a key: names and addresses of the place
 * itself, how much of everything there is, and which build is there. One line per reason; docs/readiness.md lists them.
 */
const MAY_DIFFER: readonly {
  readonly because: string;
  readonly parts: RegExp;
  /** Only as the last part of a key: below `env` stand variables, which must be alike. */
  readonly isLast?: boolean;
}[] = [
  {
    because: 'the name of the environment',
    isLast: true,
    parts:
      /^(?:env|environment|environmentname|env_name|stage|namespace|nameprefix|namesuffix|name_prefix|name_suffix|cluster(?:_?name)?|region|location|zones?|availability_?zones?|account_?id|project(?:_?id)?|subscription_?id|tenant_?id|workspace)$/i,
  },
  {
    because: 'where it is reached',
    parts:
      /^(?:hosts?|host_?names?|domains?|domain_?name|urls?|base_?url|endpoints?|fqdn|ingress_?class|tls|cidr(?:_?blocks?)?|subnets?|vpc_?id|certificate_?arn|load_?balancer\w*)$|(?:_|^)(?:url|host|domain|endpoint|arn)$/i,
  },
  {
    because: 'how much of it there is',
    parts:
      /^(?:replicas?|replica_?count|min_?replicas|max_?replicas|autoscaling|hpa|horizontalpodautoscaler|resources|limits|requests|cpu|memory|size|storage(?:_?size)?|disk_?size|instance_?(?:type|class|count|size)|node_?(?:count|type|size)|min_?size|max_?size|desired_?(?:size|capacity)|capacity|count|pdb|poddisruptionbudget|affinity|tolerations|nodeselector|topologyspreadconstraints|multi_?az|allocated_?storage|backup_?retention\w*)$/i,
  },
  {
    because: 'which build is there',
    parts: /^(?:tag|image_?tag|digest|version|image_?version|revision|sha|new_?tag|images?)$/i,
  },
];

/** Why a key may be there on one side only, or of another type; null where it may not. */
export function mayDiffer(key: string, ignored: readonly string[]): string | null {
  // What a kustomization takes in is a list of files, not the resources of a container.
  const isTakenIn = /^(?:resources|bases|components|crds)\[/.test(key);
  const names = key.split('.').flatMap((part) => part.split(/[[\]]/).filter((each) => each !== ''));
  const reason = isTakenIn
    ? undefined
    : MAY_DIFFER.find(({ parts, isLast }) =>
        (isLast ? names.slice(-1) : names).some((name) => parts.test(name)),
      );
  if (reason) return reason.because;
  const path = key.replaceAll('/', '_').replaceAll('.', '/').replace(/[[\]]/g, '_');
  const isIgnored = ignored.some((glob) => {
    const asPath = glob.replaceAll('/', '_').replaceAll('.', '/').replace(/[[\]]/g, '_');
    return picomatch.isMatch(path, asPath, { dot: true }) || picomatch.isMatch(key, glob, { dot: true });
  });
  return isIgnored ? 'the configuration says so' : null;
}
