const styleId = 'deltascope-overlay-style';

const css = `
.deltascope-layer { position: absolute; inset: 0; overflow: hidden; pointer-events: none; z-index: 1;
  font: 12px/1.35 Inter, system-ui, sans-serif; color: #fff; }
.deltascope-layer svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; }
.deltascope-label { position: absolute; max-width: 230px; padding: 3px 7px 4px; border-left: 3px solid;
  border-radius: 2px; background: rgb(4 6 22 / 82%); }
.deltascope-label[data-selected=true] { outline: 1px solid #fff; }
.deltascope-label strong { font-weight: 600; }
.deltascope-label p { margin: 0; }
.deltascope-mark { display: inline-block; box-sizing: border-box; min-width: 15px; margin-right: 5px; padding: 0 3px;
  border-radius: 2px; color: #04061a; font-weight: 700; text-align: center; }
.deltascope-title { position: absolute; top: 26px; left: 50%; transform: translateX(-50%); max-width: 60%; padding: 1px 8px;
  border-radius: 2px; background: rgb(4 6 22 / 70%); text-align: center; }
.deltascope-title em { font-style: normal; font-weight: 600; color: #F0B94A; }
.deltascope-legend { position: absolute; right: 22px; bottom: 64px; margin: 0; padding: 5px 8px; list-style: none;
  border-radius: 2px; background: rgb(4 6 22 / 70%); }
.deltascope-legend li { display: flex; align-items: center; gap: 5px; }
.deltascope-legend svg { position: static; width: 26px; height: 10px; }
`;

/** Adds the overlay's style sheet to the page, once. */
export function addOverlayStyle(): void {
  if (document.getElementById(styleId) !== null) return;
  const style = document.createElement('style');
  style.id = styleId;
  style.textContent = css;
  document.head.append(style);
}
