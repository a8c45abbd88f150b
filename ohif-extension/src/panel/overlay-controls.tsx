import type { OverlaySettings } from '../state/shared-state.ts';

interface OverlayControlsProps {
  readonly overlay: OverlaySettings;
  /** Whether two studies are shown side by side. */
  readonly sideBySide: boolean;
  readonly onChange: (overlay: OverlaySettings) => void;
}

/** What is drawn over the CT, and how strongly. */
export function OverlayControls({ overlay, sideBySide, onChange }: OverlayControlsProps) {
  const percent = Math.round(overlay.opacity * 100);
  return (
    <fieldset className="ds-overlay">
      <legend>On the images</legend>
      <label>
        <input
          type="checkbox"
          checked={overlay.visible}
          onChange={({ target }) => onChange({ ...overlay, visible: target.checked })}
        />
        Risk overlay
      </label>
      <label>
        <input
          type="checkbox"
          checked={overlay.ring}
          disabled={!overlay.visible}
          onChange={({ target }) => onChange({ ...overlay, ring: target.checked })}
        />
        Ring region
      </label>
      <label className="ds-overlay-opacity">
        Opacity
        <input
          type="range"
          min={0}
          max={100}
          step={5}
          value={percent}
          disabled={!overlay.visible}
          aria-valuetext={`${percent}%`}
          onChange={({ target }) => onChange({ ...overlay, opacity: Number(target.value) / 100 })}
        />
      </label>
      {sideBySide && (
        <label>
          <input
            type="checkbox"
            checked={overlay.linkedScroll}
            onChange={({ target }) => onChange({ ...overlay, linkedScroll: target.checked })}
          />
          Scroll both studies together
        </label>
      )}
    </fieldset>
  );
}
