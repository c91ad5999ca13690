import type { TrustRule } from '../rule';
import { rule as oidcTrustTooWide } from './oidc-trust-too-wide';

/** The rules over files that say who trusts GitHub's tokens, in the order in which their pages are listed. */
export const trustRules: readonly TrustRule[] = [oidcTrustTooWide];
