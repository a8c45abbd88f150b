// Runs inside Chromium beside the viewer: what a test wants to know and only the viewer can tell.

function viewport(id) {
  const found = window.services?.cornerstoneViewportService.getCornerstoneViewport(id);
  if (!found) throw new Error(`no viewport ${id}`);
  return found;
}

/** A point inside an outline, as far from its border as a coarse grid finds, in CSS pixels of the pane. */
function insideOf(path) {
  const { x, y, width, height } = path.getBBox();
  const matrix = path.transform.baseVal.consolidate().matrix;
  const svg = path.ownerSVGElement;
  let best = null;
  const steps = 24;
  for (let i = 1; i < steps; i++) {
    for (let j = 1; j < steps; j++) {
      const point = svg.createSVGPoint();
      point.x = x + (width * i) / steps;
      point.y = y + (height * j) / steps;
      if (!path.isPointInFill(point)) continue;
      const distance = Math.hypot(i - steps / 2, j - steps / 2);
      if (best === null || distance < best.distance) best = { distance, point: point.matrixTransform(matrix) };
    }
  }
  return best === null ? null : { x: best.point.x, y: best.point.y };
}

/** Indices of the first and last pixel that an outline encloses. */
function boxOf(path) {
  const { x, y, width, height } = path.getBBox();
  return { left: x + 0.5, top: y + 0.5, right: x + width - 0.5, bottom: y + height - 0.5 };
}

globalThis.viewer = {
  /** Panes with what they show, from left to right. */
  panes() {
    const { viewportGridService, displaySetService } = window.services;
    return [...viewportGridService.getState().viewports.values()]
      .map(({ viewportId, displaySetInstanceUIDs }) => {
        const [set] = displaySetInstanceUIDs.map((uid) => displaySetService.getDisplaySetByUID(uid));
        const shown = window.services.cornerstoneViewportService.getCornerstoneViewport(viewportId);
        const imageId = shown?.getActors().length ? shown.getCurrentImageId() : undefined;
        return {
          viewportId,
          left: shown?.element.getBoundingClientRect().left ?? 0,
          study: set?.StudyInstanceUID ?? null,
          series: set?.SeriesInstanceUID ?? null,
          description: set?.SeriesDescription ?? null,
          image: /instances\/([\d.]+)/.exec(imageId ?? '')?.[1] ?? null,
          window: shown?.getProperties?.().voiRange ?? null,
        };
      })
      .sort((a, b) => a.left - b.left);
  },

  /** Number of different grey values in a pane's canvas: an image has many. */
  greys(id) {
    const { canvas } = viewport(id);
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const greys = new Set();
    for (let at = 0; at < data.length; at += 16) greys.add(data[at]);
    return greys.size;
  },

  /** Outlines in a pane: lesion, group, pattern, a point inside (CSS pixels of the pane), first and last pixel of the image. */
  outlines(id) {
    return [...viewport(id).element.querySelectorAll('.deltascope-outline')].map((path) => ({
      lesion: path.dataset.lesion,
      group: path.dataset.group,
      colour: path.getAttribute('stroke'),
      dashes: path.getAttribute('stroke-dasharray'),
      width: Number(path.getAttribute('stroke-width')),
      inside: insideOf(path),
      box: boxOf(path),
    }));
  },

  labels(id) {
    return [...viewport(id).element.querySelectorAll('.deltascope-label')].map((label) => label.innerText);
  },

  /**
   * A point (CSS pixels of the pane) that these lesions' outlines enclose and those of the others don't, away from all lines and labels;
   * null where there is none.
   */
  pointIn([id, lesions]) {
    const { element } = viewport(id);
    const layer = element.querySelector('.deltascope-layer');
    const pane = layer.getBoundingClientRect();
    const labels = [...layer.querySelectorAll('.deltascope-label, .deltascope-title, .deltascope-legend')].map(
      (label) => label.getBoundingClientRect(),
    );
    const outlines = [...layer.querySelectorAll('.deltascope-outline')];
    const at = (shape, x, y) => new DOMPoint(x, y).matrixTransform(shape.getCTM().inverse());
    const isFree = (x, y) =>
      outlines.every((path) => path.isPointInFill(at(path, x, y)) === lesions.includes(path.dataset.lesion)) &&
      ![...layer.querySelectorAll('line')].some((line) => line.isPointInStroke(at(line, x, y))) &&
      !labels.some(
        ({ left, top, right, bottom }) =>
          x + pane.left > left && x + pane.left < right && y + pane.top > top && y + pane.top < bottom,
      );
    // The widest line reaches 3.5 pixels into a lesion.
    const near = [-6, -3, 0, 3, 6];
    const boxes = outlines.map((path) => path.getBoundingClientRect());
    const from = (side) => Math.min(...boxes.map((box) => box[side])) - pane[side] - 16;
    const to = (side, start) => Math.max(...boxes.map((box) => box[side])) - pane[start] + 16;
    for (let y = Math.ceil(from('top')); y < to('bottom', 'top'); y += 2) {
      for (let x = Math.ceil(from('left')); x < to('right', 'left'); x += 2) {
        if (near.every((dx) => near.every((dy) => isFree(x + dx, y + dy)))) return { x, y };
      }
    }
    return null;
  },

  /** Where a point of a pane is on the page. */
  onPage([id, x, y]) {
    const { left, top } = viewport(id).element.getBoundingClientRect();
    return { x: left + x, y: top + y };
  },

  /** Labels at the edge of their pane, or over one another. */
  misplacedLabels(id) {
    const { element } = viewport(id);
    const pane = element.getBoundingClientRect();
    const boxes = [...element.querySelectorAll('.deltascope-label')].map((label) => label.getBoundingClientRect());
    const outside = boxes.filter(
      ({ left, top, right, bottom }) =>
        left < pane.left || top < pane.top || right > pane.right || bottom > pane.bottom,
    );
    const over = boxes.filter((a, at) =>
      boxes.some(
        (b, other) => other > at && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom,
      ),
    );
    return outside.length + over.length;
  },

  /** Moments (ms since navigation) of the viewer's and our marks. */
  marks() {
    return performance.getEntriesByType('mark').map(({ name, startTime, detail }) => ({ name, startTime, detail }));
  },
};

// The first image, seen from outside: the first canvas that is rendered with something in it.
document.addEventListener('DOMContentLoaded', () => {
  const observer = new MutationObserver(() => {
    for (const element of document.querySelectorAll('.cornerstone-viewport-element, [data-viewport-uid]')) {
      if (element.dataset.watched) continue;
      element.dataset.watched = 'yes';
      element.addEventListener('CORNERSTONE_IMAGE_RENDERED', () => performance.mark('test-image-rendered'), {
        once: true,
      });
    }
  });
  observer.observe(document.body, { childList: true, subtree: true });
});
