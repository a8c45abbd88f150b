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

  /** Colour of the canvas at a point of a pane (CSS pixels): red, green, blue. */
  pixel([id, x, y]) {
    const { canvas } = viewport(id);
    const scale = canvas.width / canvas.clientWidth;
    return [...canvas.getContext('2d').getImageData(Math.round(x * scale), Math.round(y * scale), 1, 1).data].slice(
      0,
      3,
    );
  },

  /** Coloured points of the canvas (every second pixel): those that an outline encloses or touches, and the others. */
  coloured(id) {
    const { canvas, element } = viewport(id);
    const scale = canvas.width / canvas.clientWidth;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const paths = [...element.querySelectorAll('.deltascope-outline')].map((path) => ({
      path,
      toPath: path.transform.baseVal.consolidate().matrix.inverse(),
      point: path.ownerSVGElement.createSVGPoint(),
    }));
    const isInside = (x, y) =>
      paths.some(({ path, toPath, point }) => {
        point.x = x / scale;
        point.y = y / scale;
        return path.isPointInFill(point.matrixTransform(toPath));
      });
    const count = { inside: 0, outside: 0 };
    for (let y = 0; y < canvas.height; y += 2) {
      for (let x = 0; x < canvas.width; x += 2) {
        const [red, green, blue] = data.subarray(4 * (x + y * canvas.width));
        if (Math.max(red, green, blue) - Math.min(red, green, blue) <= 20) continue;
        const around = [-3, 0, 3].flatMap((dx) => [-3, 0, 3].map((dy) => isInside(x + dx, y + dy)));
        count[around.includes(true) ? 'inside' : 'outside'] += 1;
      }
    }
    return count;
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
