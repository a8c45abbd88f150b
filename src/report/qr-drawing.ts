import { create } from 'qrcode';
import { type Drawing, drawing } from './drawing.ts';

/** Light modules around the code that readers ask for. */
const quietZone = 4;

/**
 * A QR code.
 *
 * @param size Side on paper (pt), quiet zone included.
 * @see ISO/IEC 18004
 */
export function qrDrawing(text: string, name: string, size: number): Drawing {
  const { modules } = create(text, { errorCorrectionLevel: 'L' });
  const side = modules.size + 2 * quietZone;
  const unit = size / side;
  const dark = Array.from({ length: modules.size }, (_, row) =>
    Array.from({ length: modules.size }, (_, column) =>
      modules.get(row, column) ? `M${column + quietZone} ${row + quietZone}h1v1h-1z` : '',
    ).join(''),
  ).join('');
  return drawing(size, size, name, `<path transform="scale(${unit.toFixed(4)})" d="${dark}" fill="#000000"/>`);
}
