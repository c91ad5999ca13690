/** Templates and texts that are part of the program: esbuild bundles them as strings, the tests load them so. */
declare module '*.hbs' {
  const text: string;
  export default text;
}

declare module '*.md' {
  const text: string;
  export default text;
}
