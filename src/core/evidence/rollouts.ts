/** How a release reaches its users. */
export const ROLLOUTS = ['all-at-once', 'rolling', 'blue-green', 'canary', 'manual'] as const;

export type Rollout = (typeof ROLLOUTS)[number];
