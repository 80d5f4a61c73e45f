declare module '@vercel/ncc' {
  namespace ncc {
    interface Options {
      quiet?: boolean;
      cache?: boolean;
      minify?: boolean;
      target?: string;
      license?: string;
      sourceMap?: boolean;
    }
    interface Output {
      code: string;
      assets: Record<string, { source: Buffer | string }>;
    }
  }
  /** Compiles `entry` and all it needs into one file. https://github.com/vercel/ncc#programmatically-from-nodejs */
  function ncc(entry: string, options: ncc.Options): Promise<ncc.Output>;
  export default ncc;
}
