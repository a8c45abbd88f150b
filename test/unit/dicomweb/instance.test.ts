import { describe, expect, it } from 'vitest';
import { readInstance } from '../../../src/dicomweb/instance.ts';
import { dataStart, deflateDicom, deflated } from '../../helpers/dicom-compression.ts';
import { smallCt, smallSlice, writeDicom } from '../../helpers/dicom-objects.ts';

const slice = writeDicom(smallSlice(1));
const invalid = (subject = 'x.dcm') => expect.objectContaining({ code: 'DICOM_INVALID', subject });

describe('readInstance', () => {
  it('gives attributes by keyword, decimal and integer strings as numbers, and the pixel bytes', async () => {
    const instance = await readInstance(slice, 'slice');
    expect(instance.SOPInstanceUID).toBe('1.2.3.2.2');
    expect(instance.TransferSyntaxUID).toBe('1.2.840.10008.1.2.1');
    expect(instance.dataset.ImagePositionPatient).toEqual([-10, -20, 32]);
    expect(instance.dataset.InstanceNumber).toBe(2);
    expect(instance.pixelData).toHaveLength(2 * smallCt.nx * smallCt.ny);
    expect(instance.dataset.PixelData).toBeUndefined();
    expect(instance.lossy).toBe(false);
  });

  it.each([
    ['no bytes', new Uint8Array()],
    ['no DICM prefix', new Uint8Array(4000).fill(7)],
    ['the preamble alone', slice.subarray(0, 132)],
    ['cut inside the meta information', slice.subarray(0, 160)],
    ['cut inside the data set', slice.subarray(0, 600)],
    ['cut inside PixelData', slice.subarray(0, slice.length - 10)],
    ['cut by one byte', slice.subarray(0, slice.length - 1)],
    ['cut before PixelData', slice.subarray(0, slice.length - 30 - 12)],
  ])('refuses %s as DICOM_INVALID', async (_, bytes) => {
    await expect(readInstance(bytes, 'x.dcm')).rejects.toThrow(invalid());
  });

  it('cut anywhere, it is refused in one line', async () => {
    const meta = dataStart(slice);
    for (let length = 0; length < slice.length; length += length < meta ? 7 : 1) {
      const error = await readInstance(slice.subarray(0, length), 'x.dcm').catch((cause: unknown) => cause);
      expect(error, `cut to ${length} bytes`).toMatchObject({ code: 'DICOM_INVALID' });
      expect(String(error)).not.toContain('\n');
    }
  });

  it('a length that announces 4 GiB is refused, and nothing is allocated for it', async () => {
    const bytes = Buffer.from(slice);
    bytes.writeUInt32LE(0xfffffffe, bytes.length - 30 - 4);
    const before = process.memoryUsage().arrayBuffers;
    await expect(readInstance(bytes, 'x.dcm')).rejects.toThrow(invalid());
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
  });

  it('reads a deflated data set; damaged or cut, it is refused', async () => {
    const file = deflateDicom(writeDicom(smallSlice(1), deflated));
    const instance = await readInstance(file, 'x.dcm');
    expect(instance.pixelData).toEqual((await readInstance(slice, 'slice')).pixelData);
    expect(instance.TransferSyntaxUID).toBe(deflated);
    await expect(readInstance(file.subarray(0, file.length - 5), 'x.dcm')).rejects.toThrow(invalid());
    file.fill(0xff, dataStart(file) + 10, dataStart(file) + 40);
    await expect(readInstance(file, 'x.dcm')).rejects.toThrow(invalid());
  });

  it('reads a file that uses code extensions (ISO 2022), which dcmjs refuses', async () => {
    const bytes = writeDicom(smallSlice(0, { SpecificCharacterSet: ['', 'ISO 2022 IR 87'] }));
    expect((await readInstance(bytes, 'x.dcm')).pixelData).toHaveLength(30);
  });

  it.each([
    ['1.2.840.10008.1.2.4.110', 'JPEG XL Lossless (1.2.840.10008.1.2.4.110)'],
    ['1.2.840.10008.1.2.4.100', 'MPEG2 Main Profile / Main Level (1.2.840.10008.1.2.4.100)'],
    ['1.2.3.4', '1.2.3.4'],
  ])('refuses transfer syntax %s by name', async (uid, name) => {
    await expect(readInstance(writeDicom(smallSlice(0), uid), 'x.dcm')).rejects.toMatchObject({
      code: 'TRANSFER_SYNTAX_UNSUPPORTED',
      subject: 'x.dcm',
      message: `${name} can't be read: convert to Explicit VR Little Endian (1.2.840.10008.1.2.1)`,
    });
  });

  it('a transfer syntax that is no UID is damage', async () => {
    for (const uid of ['constructor', '1..2', '1.2\n3']) {
      await expect(readInstance(writeDicom(smallSlice(0), uid), 'x.dcm')).rejects.toThrow(invalid());
    }
  });

  it('an image whose pixels are real numbers is refused by name', async () => {
    const { PixelData: _, ...rest } = smallSlice(0);
    const bytes = writeDicom({ ...rest, FloatPixelData: [new Float32Array(15).buffer] });
    await expect(readInstance(bytes, 'x.dcm')).rejects.toMatchObject({
      code: 'SERIES_UNSUPPORTED',
      message: expect.stringContaining('FloatPixelData'),
    });
  });

  it.each([
    ['01', true],
    ['00', false],
  ])('LossyImageCompression %s of an uncompressed image: lossy %s', async (LossyImageCompression, lossy) => {
    const bytes = writeDicom(smallSlice(0, { LossyImageCompression }));
    expect((await readInstance(bytes, 'x.dcm')).lossy).toBe(lossy);
  });
});
