/** Style sheets are bundled as text. */
declare module '*.css' {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: the shape that the bundler gives a text.
  export default text;
}
