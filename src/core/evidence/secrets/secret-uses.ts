import type { Source } from '../fact';

/** Where a secret is known under its name. */
export type SecretSystem =
  'GitHub Actions' | 'Kubernetes' | 'Terraform' | 'Docker Compose' | 'environment variables';

/** One place where a file uses a secret, or names it as something that is needed. Names only: never a value. */
export interface SecretUse {
  /** As the file spells it: `DEPLOY_TOKEN`, the Kubernetes Secret `orders-db`, the variable `db_password`. */
  readonly name: string;
  readonly system: SecretSystem;
  /** `by-name`: nothing but the name of a variable says that it is a secret. Nothing that blocks may rest on it. */
  readonly certainty: 'declared' | 'by-name';
  /** Who takes it, for people: `job deploy, input password of docker/login-action@v3`. */
  readonly usedBy: string;
  /** The variable, input or key that it is given as; null where it has none. */
  readonly as: string | null;
  /** The action without its version that is given it, in lower case; null where none is. */
  readonly action: string | null;
  /** The job, workload, module or service that has to be started anew to see another value; null where none is told. */
  readonly dependent: string | null;
  /** Names of the environments for which it is used; empty where nothing bounds them. */
  readonly environments: readonly string[];
  /** The place, which is always in a file. */
  readonly source: Extract<Source, { kind: 'file' }>;
}

/** Where a file says that a secret is kept, and whether something changes it by itself. */
export interface SecretStorage {
  readonly name: string;
  readonly system: SecretSystem;
  /** `AWS Secrets Manager`, `Sealed Secrets`, `GitHub environment secret`. */
  readonly manager: string;
  /** The place within the manager, such as `prod/orders/db`; null where the file leaves it open. */
  readonly location: string | null;
  /** What changes it without a person; null where nothing does that a file shows. */
  readonly rotatedBy: string | null;
  /** Days between two changes by `rotatedBy`; null where nothing tells. */
  readonly everyDays: number | null;
  readonly source: Extract<Source, { kind: 'file' }>;
}

/** What one file says of secrets. */
export interface FileSecrets {
  readonly uses: readonly SecretUse[];
  readonly storages: readonly SecretStorage[];
}

export const NO_SECRETS: FileSecrets = { uses: [], storages: [] };
