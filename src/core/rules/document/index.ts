import type { DocumentRule } from '../rule';

/** The rules over documents, in the order in which their pages are listed. */
export const documentRules: readonly DocumentRule[] = [];
