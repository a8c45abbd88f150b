/** As much of the package as is used; it brings no types of its own. */
declare module '@lhncbc/ucum-lhc' {
  export interface UcumConverter {
    convertUnitTo(
      from: string,
      value: number,
      to: string,
      options?: { readonly molecularWeight?: number },
    ): { readonly status: 'succeeded' | 'failed' | 'error'; readonly toVal: number | null; readonly msg: string[] };
    validateUnitString(unit: string): { readonly status: 'valid' | 'invalid' | 'error' };
  }
  export const UcumLhcUtils: { getInstance(): UcumConverter };
}
