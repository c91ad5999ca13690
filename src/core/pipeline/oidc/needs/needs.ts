/** Actions on resources that a job calls in AWS; `{account}` and `{region}` in a resource are the account's and region's. */
export interface AwsNeed {
  readonly actions: readonly string[];
  /** ARNs, or `*` where AWS knows no resource for the action. A part that no file tells is a placeholder. */
  readonly resources: readonly string[];
}

/** What a role is given on. `name` null: no file tells it, and `needed` says what is to be found out. */
export interface RoleScope {
  readonly kind:
    | 'project'
    | 'service-account'
    | 'repository'
    | 'bucket'
    | 'site'
    | 'registry'
    | 'cluster'
    | 'storage-account'
    | 'key-vault';
  readonly name: string | null;
  readonly needed: string;
}

/** A role of Azure or Google Cloud that a job's commands need, and on what. */
export interface RoleNeed {
  readonly role: string;
  readonly scope: RoleScope;
}

/** What the jobs that share an identity need, as far as their commands and actions tell. */
export interface Needs {
  readonly aws: readonly AwsNeed[];
  readonly azure: readonly RoleNeed[];
  readonly google: readonly RoleNeed[];
  /** Paths of Vault that they read. */
  readonly vault: readonly string[];
  /** Clusters of EKS whose access entries have to name the role. */
  readonly eksClusters: readonly (string | null)[];
  /** What else is needed and cannot be told from here; each completes `UNKNOWN(…)`. */
  readonly unknown: readonly string[];
}

/** Nothing is known to be needed. */
export const NO_NEEDS: Needs = { aws: [], azure: [], google: [], vault: [], eksClusters: [], unknown: [] };

/** The needs of several jobs, each once. */
export function together(all: readonly Needs[]): Needs {
  const each = <T>(of: (needs: Needs) => readonly T[]): readonly T[] => [
    ...new Map(all.flatMap(of).map((one) => [JSON.stringify(one), one])).values(),
  ];
  return {
    aws: merged(each((needs) => needs.aws)),
    azure: each((needs) => needs.azure),
    google: each((needs) => needs.google),
    vault: each((needs) => needs.vault),
    eksClusters: each((needs) => needs.eksClusters),
    unknown: each((needs) => needs.unknown),
  };
}

/** Actions on the same resources as one statement. */
function merged(needs: readonly AwsNeed[]): readonly AwsNeed[] {
  const byResource = new Map<string, AwsNeed>();
  for (const need of needs) {
    const key = JSON.stringify(need.resources);
    const before = byResource.get(key)?.actions ?? [];
    byResource.set(key, {
      actions: [...new Set([...before, ...need.actions])].sort(),
      resources: need.resources,
    });
  }
  return [...byResource.values()];
}
