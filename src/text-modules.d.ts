/** Templates and texts that are part of the program: esbuild bundles them as strings, the tests load them so. */
declare module '*.hbs' {
  const text: string;
  export default text;
}

declare module '*.md' {
  const text: string;
  export default text;
}

/** The package's main file also hooks into `require` for `.hbs` files; this one is the same library without the hook. */
declare module 'handlebars/dist/cjs/handlebars' {
  import Handlebars from 'handlebars';
  export default Handlebars;
}
