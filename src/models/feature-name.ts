/** Texture classes go by the abbreviations that radiology knows; the other classes are words. */
const classWords: Readonly<Record<string, string>> = {
  shape: 'shape',
  shape2D: '2D shape',
  firstorder: 'first order',
};

/**
 * What a person reads of a radiomics feature: "First order Energy", "GLRLM Long Run Emphasis", "wavelet-LLH GLCM Imc1". The one
 * name that it has in models, course, panel and report.
 *
 * @param key PyRadiomics' name, `<image>_<class>_<feature>`; the name of the image has no underscore.
 */
export function featureName(key: string): string {
  const [image = '', featureClass = '', name = ''] = key.split('_');
  const words = `${classWords[featureClass] ?? featureClass.toUpperCase()} ${spaced(name)}`;
  return image === 'original' ? words.charAt(0).toUpperCase() + words.slice(1) : `${image} ${words}`;
}

/** `LongRunHighGrayLevelEmphasis` as words. */
function spaced(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/([A-Z])([A-Z][a-z])/g, '$1 $2');
}
