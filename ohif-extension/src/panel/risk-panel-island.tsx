import { Component, createRef } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import course from './course.css';
import panel from './panel.css';
import reasons from './reasons.css';
import result from './result.css';
import { RiskPanel, type RiskPanelProps } from './risk-panel.tsx';

/**
 * The panel as a component that a viewer with a React of its own can render. Hooks of our React do not work under the viewer's
 * renderer, so this class component, which does, opens a React root of our own inside its element.
 */
export class RiskPanelIsland extends Component<RiskPanelProps> {
  readonly #element = createRef<HTMLDivElement>();
  #root: Root | undefined;

  override componentDidMount(): void {
    addStyles();
    if (this.#element.current !== null) this.#root = createRoot(this.#element.current);
    this.componentDidUpdate();
  }

  override componentDidUpdate(): void {
    this.#root?.render(<RiskPanel {...this.props} />);
  }

  override componentWillUnmount(): void {
    const root = this.#root;
    // React refuses to unmount a root while another one is being drawn.
    setTimeout(() => root?.unmount(), 0);
  }

  override render() {
    return <div ref={this.#element} className="ds-island" />;
  }
}

const styleId = 'deltascope-panel-styles';

function addStyles(): void {
  if (document.getElementById(styleId) !== null) return;
  const element = document.createElement('style');
  element.id = styleId;
  // The panel's own rules first: the others refine them.
  element.textContent = [panel, result, course, reasons].join('\n');
  document.head.append(element);
}
