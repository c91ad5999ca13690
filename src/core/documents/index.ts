import type { DocumentKind } from './document';

/** Every kind of document that the engine writes and reads, in the order in which a release needs them. */
export const documentKinds: readonly DocumentKind<unknown>[] = [];
