/** What the bundler makes of an import that TypeScript cannot follow. */
declare module '*?worker&url' {
  const url: string;
  export default url;
}
