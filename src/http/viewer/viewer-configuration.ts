const riskPanel = { rightPanels: { $push: ['@deltascope/ohif-extension.panelModule.risk'] } };

/** Where the viewer finds the archive, on this service's own origin. */
export const archivePath = '/dicom-web';

const archive = {
  namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
  sourceName: 'archive',
  configuration: {
    friendlyName: 'Image archive',
    name: 'archive',
    wadoUriRoot: archivePath,
    qidoRoot: archivePath,
    wadoRoot: archivePath,
    qidoSupportsIncludeField: false,
    imageRendering: 'wadors',
    thumbnailRendering: 'wadors',
    enableStudyLazyLoad: true,
    supportsFuzzyMatching: false,
    supportsWildcard: true,
    bulkDataURI: { enabled: true },
    omitQuotationForMultipartRequest: true,
    dicomUploadEnabled: false,
    supportsStow: true,
  },
};

/**
 * The viewer's configuration as a script.
 *
 * The panel is put into the stock modes by customization; the mode `deltascope` brings its own.
 */
export function viewerConfiguration(): string {
  const configuration = {
    routerBasename: null,
    showStudyList: true,
    extensions: ['/deltascope/extension.mjs'],
    modes: ['/deltascope/mode.mjs'],
    customizationService: {
      // The onboarding tour dims the images of everybody who opens the viewer for the first time.
      global: { 'ohif.tours': { $set: [] } },
      mode: { viewer: riskPanel, basic: riskPanel, segmentation: riskPanel },
    },
    investigationalUseDialog: { option: 'never' },
    showCPUFallbackMessage: false,
    showWarningMessageForCrossOrigin: false,
    disableConfirmationPrompts: true,
    groupEnabledModesFirst: true,
    maxNumberOfWebWorkers: 3,
    defaultDataSourceName: archive.sourceName,
    dataSources: [archive],
  };
  return `window.config = ${JSON.stringify(configuration, null, 2)};\n`;
}
