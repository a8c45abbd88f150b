import { textWidth } from '../../../src/figures/svg-text.ts';

export interface TextBox {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Boxes of all text elements of an SVG that carry their position themselves, by the estimated width. */
export function textBoxes(svg: string): TextBox[] {
  const pattern =
    /<text x="([-\d.]+)" y="([-\d.]+)" font-size="([\d.]+)" fill="[^"]+" text-anchor="(\w+)"[^>]*>([^<]*)<\/text>/g;
  return [...svg.matchAll(pattern)].map(([, x, y, size, anchor, raw]) => {
    const text = raw!.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
    const width = textWidth(text, Number(size));
    const left = Number(x) - (anchor === 'middle' ? width / 2 : anchor === 'end' ? width : 0);
    return {
      text,
      left,
      right: left + width,
      top: Number(y) - Number(size) * 0.8,
      bottom: Number(y) + Number(size) * 0.2,
    };
  });
}

/** Pairs of texts that lie on each other. */
export function overlaps(boxes: readonly TextBox[]): string[] {
  return boxes.flatMap((a, i) =>
    boxes
      .slice(i + 1)
      .filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
      .map((b) => `${a.text} / ${b.text}`),
  );
}
