/** Id under which OHIF registers the extension; module names are built on it. */
export const id = '@deltascope/ohif-extension';
