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
// GitHub's packages offer themselves to `import` only; the bundle takes one so, and tsx compiles them for these tests.
const Module = require('node:module');
const path = require('node:path');
const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  const name = /^(@actions\/(?:expressions|languageservice|workflow-parser))(?:\/([\w/-]+?)(?:\.js)?)?$/.exec(
    request,
  );
  // By its real path, as its own files import one another: else a linked folder would hold every class twice.
  return name
    ? fs.realpathSync(path.join(__dirname, `../node_modules/${name[1]}/dist/${name[2] ?? 'index'}.js`))
    : resolveFilename.call(this, request, ...rest);
};
