import { Component } from 'react';
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

/** Loaded by OHIF. */
const extension = {
  id,
  preRegistration(context: OhifContext) {
    session = new Session(context);
  },
  getPanelModule: () => [
    { name: 'risk', iconName: 'tab-patient-info', iconLabel: 'Risk', label: 'Risk and change', component: RiskPanel },
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
