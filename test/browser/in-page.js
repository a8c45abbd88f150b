// Runs inside Chromium, before the page's own scripts: what a test wants to know and only the browser can tell.

function channels(colour) {
  return (colour.match(/[\d.]+/g) ?? []).map(Number);
}

/** Relative luminance, WCAG 2.1. */
function luminance(colour) {
  const [red, green, blue] = channels(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function background(start) {
  for (let node = start; node !== null; node = node.parentElement) {
    const { backgroundColor } = getComputedStyle(node);
    if (channels(backgroundColor)[3] !== 0) return backgroundColor;
  }
  return 'rgb(255, 255, 255)';
}

function contrast(element) {
  const [dark, light] = [getComputedStyle(element).color, background(element)].map(luminance).sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function requiredContrast(element) {
  const { fontSize, fontWeight } = getComputedStyle(element);
  const size = Number.parseFloat(fontSize);
  return size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700) ? 3 : 4.5;
}

globalThis.probes = {
  /** Number of texts looked at, and those below WCAG 2.1 AA: 4.5:1, or 3:1 for large text. */
  contrast() {
    const low = [];
    let texts = 0;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      if (node.textContent.trim() === '' || !element.checkVisibility()) continue;
      texts += 1;
      const ratio = contrast(element);
      if (ratio < requiredContrast(element)) low.push(`${node.textContent.trim()} (${ratio.toFixed(2)})`);
    }
    return { texts, low };
  },

  /** Controls that a screen reader could not name. */
  unnamedControls() {
    const nameless = (node) => {
      const labels = [...(node.labels ?? [])].map((label) => label.textContent).join('');
      return `${node.getAttribute('aria-label') ?? ''}${labels}${node.textContent}`.trim() === '';
    };
    return [...document.querySelectorAll('button, input, select, a[href]')]
      .filter((node) => node.checkVisibility() && nameless(node))
      .map((node) => node.outerHTML);
  },

  /** Id of what has the focus, else its text. */
  focused() {
    return document.activeElement?.id || document.activeElement?.textContent || '';
  },

  /** How the focused control is outlined. */
  focusOutline() {
    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
    return document.activeElement.matches(':focus-visible') ? `${outlineStyle} ${outlineWidth}` : 'not focus-visible';
  },

  spinnerAnimation() {
    const spinner = Object.assign(document.createElement('span'), { className: 'spinner' });
    document.body.append(spinner);
    const { animationName } = getComputedStyle(spinner);
    spinner.remove();
    return animationName;
  },

  /** Pixels by which the page is wider than the window. */
  sidewaysOverflow() {
    return document.documentElement.scrollWidth - document.documentElement.clientWidth;
  },
};
