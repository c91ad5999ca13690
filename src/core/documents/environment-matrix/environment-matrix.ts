/** One environment: what it is for, where it is, and what runs there. */
export interface MatrixEnvironment {
  readonly environment: string;
  readonly purpose: string;
  /** Its address, or how it is reached. */
  readonly address: string;
  /** The branch or the version of the artifact that it runs, and what puts it there. */
  readonly tracks: string;
}

/** Who may do what there. */
export interface EnvironmentAccess {
  readonly environment: string;
  readonly deploys: string;
  readonly readsLogs: string;
  readonly administers: string;
}

/** What its data are, and how long it lives. */
export interface EnvironmentData {
  readonly environment: string;
  /** `synthetic`, `anonymised`, `production`, or UNKNOWN(...). */
  readonly data: string;
  /** How often it is filled or built anew. */
  readonly refresh: string;
  /** Whether it stays, and what takes it down where it does not. */
  readonly lifecycle: string;
}

/** A setting in which environments differ; never the value of a secret. */
export interface ConfigurationDifference {
  readonly setting: string;
  /** `database endpoint`, `address`, `limit`, `scaling`, `third-party tier`, `setting`. */
  readonly kind: string;
  /** Each environment with its value, or `not set`. */
  readonly values: string;
  readonly place: string;
}

/** A flag that not every environment has. */
export interface FlagDifference {
  readonly flag: string;
  readonly setIn: string;
  readonly notSetIn: string;
  readonly place: string;
}

/** Something that the environments do differently, and why that is so. */
export interface ParityDeviation {
  readonly deviation: string;
  readonly rationale: string;
  readonly place: string;
}

/** Code that makes an environment or configures it. */
export interface InfrastructureLink {
  readonly environment: string;
  readonly path: string;
  readonly what: string;
}

/** Where one sees whether an environment is well. */
export interface EnvironmentHealth {
  readonly environment: string;
  readonly kind: string;
  readonly name: string;
  readonly address: string;
}

/** How an environment scales, or who reaches it over the network. */
export interface ScalingOrAccess {
  readonly environment: string;
  /** `scaling`, `security group`, `network policy`, `access rule`. */
  readonly kind: string;
  readonly setting: string;
  readonly value: string;
  readonly place: string;
}

/** `docs/ops/ENVIRONMENT_MATRIX.md` as data: a living document; texts as in a release plan. */
export interface EnvironmentMatrix {
  readonly service: string;
  /** Prose. */
  readonly summary: string;
  readonly environments: readonly MatrixEnvironment[];
  readonly access: readonly EnvironmentAccess[];
  readonly differences: readonly ConfigurationDifference[];
  readonly flags: readonly FlagDifference[];
  readonly parity: readonly ParityDeviation[];
  readonly health: readonly EnvironmentHealth[];
  readonly data: readonly EnvironmentData[];
  readonly infrastructure: readonly InfrastructureLink[];
  readonly scaling: readonly ScalingOrAccess[];
  readonly claims: readonly { readonly question: string; readonly answer: string }[];
}
