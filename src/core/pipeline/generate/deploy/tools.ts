/**
 * Command lines of platforms that no runner image has, each at the version whose options were read for the commands here:
 * run by npx, which fetches exactly that version. Where the repository depends on one itself, that is taken instead.
 */
export const HEROKU = 'npx --yes heroku@11.10.0';
export const NETLIFY = 'npx --yes netlify-cli@26.2.0';
export const VERCEL = 'npx --yes vercel@52.0.0';
export const WRANGLER = 'npx --yes wrangler@4.86.0';
