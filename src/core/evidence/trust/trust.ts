import type { LineIndex, Span } from '../../text/position';

/** A value that a claim of GitHub's token is compared with; `isOpen`: something else fills in a part of it. */
export interface ClaimValue {
  readonly text: string;
  readonly isOpen: boolean;
  readonly span: Span;
}

/** One comparison that a token has to pass. `values` null: they are computed, so that nothing is known of them. */
export interface ClaimTest {
  /** As GitHub calls it: `sub`, `aud`, `repository`, `environment` … */
  readonly claim: string;
  /** `pattern`: `*` and `?` stand for anything. */
  readonly comparison: 'equals' | 'pattern' | 'other';
  readonly values: readonly ClaimValue[] | null;
  readonly span: Span;
}

/** Somebody who lets in tokens of GitHub Actions, as a file of the repository says. */
export interface TrustGrant {
  readonly provider: 'aws' | 'azure' | 'google' | 'vault';
  /** With its kind, for a sentence: `the role "deploy"`. */
  readonly name: string;
  readonly span: Span;
  /** All of them have to hold. */
  readonly tests: readonly ClaimTest[];
  /** Something of the conditions could not be read, so that there may be more of them. */
  readonly isPartly: boolean;
  /** Grants of the same identity have the same text here; null for one of its own. */
  readonly identity: string | null;
  /** The name by which a workflow asks for it; null where no file tells. */
  readonly roleName: string | null;
  /** The tokens are of one enterprise's issuer only. */
  readonly isOfEnterprise: boolean;
  /** Where a condition on the audience can be written; null where the reader knows no such place. */
  readonly audienceAt: { readonly offset: number; readonly indent: string } | null;
}

/** A binding of Google Cloud for tokens of a pool: every one of it, or those with an attribute. */
export interface PoolMember {
  /** `*`, or the attribute with its value: `attribute.repository/owner/name`. */
  readonly members: string;
  readonly isOpen: boolean;
  readonly span: Span;
  readonly path: string;
}

/** A file that says who trusts GitHub's tokens. */
export interface TrustFile {
  readonly path: string;
  readonly text: string;
  readonly lines: LineIndex;
  readonly grants: readonly TrustGrant[];
  readonly poolMembers: readonly PoolMember[];
}

/** The host of GitHub's issuer: a file without it says nothing here. */
export const ISSUER_HOST = 'token.actions.githubusercontent.com';

/** The key of a claim in a condition of AWS: the issuer, the claim. */
export const CLAIM_KEY = /^token\.actions\.githubusercontent\.com(\/[\w-]+)?:(\w+)$/;
