import { type ModeTools, withDrawingTools } from './drawing-tools.ts';
import { hangingProtocolIds } from './hanging-protocols.ts';
import { id as extensionId } from './id.ts';
import type { OhifContext } from './viewer/ohif-types.ts';

interface ModeInstance extends ModeTools {
  readonly id: string;
  readonly routes: readonly { readonly layoutInstance: { readonly props: object }; readonly [key: string]: unknown }[];
  onModeEnter(context: OhifContext): void;
  onModeExit(context: OhifContext): void;
  readonly [key: string]: unknown;
}

const id = '@deltascope/ohif-mode';
const routeName = 'deltascope';

/** The viewer's basic mode with our hanging, the panel open, and the overlay on. */
function deltascopeMode(basic: ModeInstance): ModeInstance {
  const [route] = basic.routes;
  if (route === undefined) throw new Error('the basic mode of this viewer has no route');
  const layoutInstance = {
    ...route.layoutInstance,
    props: {
      ...route.layoutInstance.props,
      rightPanels: [`${extensionId}.panelModule.risk`, `${extensionId}.panelModule.drawing`],
      rightPanelClosed: false,
      rightPanelInitialExpandedWidth: 380,
      leftPanelClosed: true,
    },
  };
  return {
    ...basic,
    // The reader may correct a lesion.
    ...withDrawingTools(basic),
    modeCustomizations: { 'panelSegmentation.disableEditing': false },
    id,
    routeName,
    displayName: 'Deltascope: risk and change',
    hide: false,
    // Both are offered; the number of studies decides.
    hangingProtocol: [...hangingProtocolIds],
    routes: [{ ...route, path: routeName, layoutInstance, layoutTemplate: () => structuredClone(layoutInstance) }],
    onModeEnter(context) {
      basic.onModeEnter(context);
      context.commandsManager.run('startRiskOverlay');
    },
    isValidMode: ({ modalities }: { modalities: string }) => ({
      valid: modalities.split(/[\\/]/).includes('CT'),
      description: 'Shows risk and change on CT studies',
    }),
  };
}

/** Loaded by OHIF; the basic mode comes out of the viewer, so that tools and toolbar are those that people know. */
const mode = {
  id,
  async modeFactory({ loadModules }: { loadModules: (names: readonly string[]) => Promise<unknown[]> }) {
    const [basic] = (await loadModules(['@ohif/mode-basic'])) as { modeInstance: ModeInstance }[];
    if (basic === undefined) throw new Error('this viewer has no @ohif/mode-basic: OHIF 3.12 or newer is needed');
    return deltascopeMode(basic.modeInstance);
  },
  extensionDependencies: {},
};

// biome-ignore lint/style/noDefaultExport: OHIF takes the default export of a module that it loads by URL.
export default mode;
