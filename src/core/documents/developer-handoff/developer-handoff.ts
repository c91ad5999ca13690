/**
 * `docs/ops/DEVELOPER_HANDOFF.md` as data: what a developer needs to work with the deployed service; texts as in a release
 * plan. Credentials by name only, never by value.
 */
export interface DeveloperHandoff {
  readonly service: string;
  readonly summary: string;
  readonly access: readonly {
    readonly what: string;
    readonly where: string;
    /** How somebody gets in. */
    readonly how: string;
  }[];
  readonly credentials: readonly {
    readonly name: string;
    readonly usedBy: string;
    readonly obtain: string;
  }[];
  readonly configuration: readonly {
    readonly key: string;
    readonly file: string;
    readonly meaning: string;
  }[];
  readonly differences: readonly {
    readonly aspect: string;
    readonly local: string;
    readonly deployed: string;
  }[];
  readonly runs: readonly {
    readonly run: string;
    readonly starts: string;
    readonly command: string;
    readonly inputs: string;
  }[];
  readonly contacts: readonly string[];
  readonly claims: readonly { readonly question: string; readonly answer: string }[];
}
