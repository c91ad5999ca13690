'use strict';
// Loads `.hbs` templates, `.md` prompts and agents as text, as esbuild's text loader does for the bundle.
const fs = require('node:fs');
for (const extension of ['.hbs', '.md']) {
  require.extensions[extension] = (module, filename) => {
    module.exports = { __esModule: true, default: fs.readFileSync(filename, 'utf8') };
  };
}
// Tests read repositories that they make themselves: nothing of the person's own git set-up may change them.
process.env.GIT_CONFIG_NOSYSTEM = '1';
process.env.GIT_CONFIG_GLOBAL = '/dev/null';
process.env.TZ = 'UTC';
