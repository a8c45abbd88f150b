/** A press that moved further than this is a drag of a tool (CSS pixels). */
const clickRadius = 4;

/**
 * Calls `act` with the place of each click in an element (CSS pixels), also where the viewer's tools take the events.
 *
 * @returns Ends it.
 */
export function onClick(element: HTMLElement, act: (x: number, y: number) => void): () => void {
  let down: { x: number; y: number } | null = null;
  const press = ({ clientX: x, clientY: y, button }: MouseEvent) => {
    down = button === 0 ? { x, y } : null;
  };
  const release = ({ clientX: x, clientY: y }: MouseEvent) => {
    if (down === null || Math.hypot(x - down.x, y - down.y) > clickRadius) return;
    const { left, top } = element.getBoundingClientRect();
    act(x - left, y - top);
  };
  // Before the viewer's tools, which keep the events to themselves.
  // OHIF keeps a press on a pane that is not active from becoming a mousedown: pointer and click are all that comes then.
  element.addEventListener('pointerdown', press, true);
  element.addEventListener('click', release, true);
  return () => {
    element.removeEventListener('pointerdown', press, true);
    element.removeEventListener('click', release, true);
  };
}
