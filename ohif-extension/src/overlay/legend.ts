import { legendStyles } from './risk-style.ts';
import { svg } from './svg.ts';

/** Which colour and outline stand for which risk group. */
export function createLegend(): HTMLElement {
  const list = document.createElement('ul');
  list.className = 'deltascope-legend';
  list.append(
    ...legendStyles.map(({ colour, letter, word, width, dashes }) => {
      const entry = document.createElement('li');
      const mark = document.createElement('span');
      mark.className = 'deltascope-mark';
      mark.style.background = colour;
      mark.textContent = letter;
      const line = svg('line', {
        x1: 1,
        x2: 25,
        y1: 5,
        y2: 5,
        stroke: colour,
        'stroke-width': width,
        'stroke-dasharray': dashes,
      });
      entry.append(mark, svg('svg', { viewBox: '0 0 26 10' }, line), word);
      return entry;
    }),
  );
  return list;
}
