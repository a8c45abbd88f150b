import { Component, type ComponentType } from 'react';
import { hangingProtocols } from './hanging-protocols.ts';
import { id } from './id.ts';
import { RiskPanelIsland } from './panel/risk-panel-island.tsx';
import type { OhifContext } from './viewer/ohif-types.ts';
import { Session } from './viewer/session.ts';

let session: Session | null = null;

/** The panel as the viewer mounts it. */
class RiskPanel extends Component {
  override componentDidMount(): void {
    // In the stock modes nothing is asked of the service, and nothing drawn, before somebody opens the panel.
    session?.startOverlay({ guide: false });
  }

  override render() {
    if (session === null) return null;
    const { state, controller, viewer, drawing } = session;
    return <RiskPanelIsland state={state} controller={controller} viewer={viewer} drawing={drawing} />;
  }
}

const viewersPanel = '@ohif/extension-cornerstone.panelModule.panelSegmentationWithToolsLabelMap';

/** The viewer's own panel with the tools for drawing; we are told while it is open. */
function drawingPanel({ extensionManager }: OhifContext): ComponentType {
  return class DrawingPanel extends Component {
    override componentDidMount(): void {
      session?.editing.open();
    }

    override componentWillUnmount(): void {
      session?.editing.close();
    }

    override render() {
      const Tools = extensionManager.getModuleEntry(viewersPanel)?.component;
      return Tools === undefined ? null : <Tools {...this.props} />;
    }
  };
}

/** Loaded by OHIF. */
const extension = {
  id,
  preRegistration(context: OhifContext) {
    session = new Session(context);
  },
  getPanelModule: (context: OhifContext) => [
    { name: 'risk', iconName: 'tab-patient-info', iconLabel: 'Risk', label: 'Risk and change', component: RiskPanel },
    {
      name: 'drawing',
      iconName: 'tab-segmentation',
      iconLabel: 'Segmentation',
      label: 'Segmentation',
      component: drawingPanel(context),
    },
  ],
  getHangingProtocolModule: () => hangingProtocols.map((protocol) => ({ name: protocol.id, protocol })),
  getCommandsModule: () => ({
    definitions: { startRiskOverlay: { commandFn: () => session?.startOverlay({ guide: true }) } },
    defaultContext: 'DEFAULT',
  }),
  onModeExit() {
    session?.leave();
  },
};

// biome-ignore lint/style/noDefaultExport: OHIF takes the default export of a module that it loads by URL.
export default extension;
