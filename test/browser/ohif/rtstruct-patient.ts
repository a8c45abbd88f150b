import type { NaturalDataset } from 'dcmjs';
import { editDicom, writeDicom } from '../../helpers/dicom-objects.ts';
import { smallRtstruct } from '../../helpers/dicom-rtstruct.ts';
import type { ViewerPatient } from './viewer-service.ts';

/** The patient with a square around the tumour as RTSTRUCT in the place of each SEG. */
export function withRtstructOnly(patient: ViewerPatient): ViewerPatient {
  return {
    ...patient,
    *dicomSeries() {
      for (const series of patient.dicomSeries()) {
        const [ct, seg] = [series[Math.floor(series.length / 2)], series.at(-1)];
        if (ct === undefined || seg === undefined) continue;
        yield [...series.slice(0, -1), rtstructOn(ct)];
      }
    },
  };
}

function rtstructOn(ct: Uint8Array): Uint8Array {
  let image: NaturalDataset = {};
  editDicom(ct, (dataset) => {
    image = { ...dataset };
  });
  const roi = {
    number: 1,
    name: 'GTV-1',
    type: 'GTV',
    contours: [
      {
        z: 0,
        points: [
          [0, 0],
          [1, 0],
          [1, 1],
        ] as const,
      },
    ],
  };
  const [x, y, z] = (image.ImagePositionPatient as unknown[]).map(Number) as [number, number, number];
  const corners = [
    [x + 100, y + 150],
    [x + 140, y + 150],
    [x + 140, y + 190],
    [x + 100, y + 190],
  ];
  const reference = { ReferencedSOPClassUID: image.SOPClassUID, ReferencedSOPInstanceUID: image.SOPInstanceUID };
  const contour = {
    ContourImageSequence: [reference],
    NumberOfContourPoints: corners.length,
    ContourData: corners.flatMap(([cx, cy]) => [cx, cy, z]),
  };
  const [first] = roi.contours;
  const contours = first === undefined ? [] : [{ ...first, changes: contour }];
  return writeDicom(
    smallRtstruct([{ ...roi, contours }], {
      PatientID: image.PatientID,
      PatientName: image.PatientName,
      StudyInstanceUID: image.StudyInstanceUID,
      StudyDate: image.StudyDate,
      SeriesInstanceUID: `${String(image.SeriesInstanceUID).slice(0, 50)}.9`,
      SOPInstanceUID: `${String(image.SeriesInstanceUID).slice(0, 50)}.9.1`,
      ReferencedFrameOfReferenceSequence: [
        {
          FrameOfReferenceUID: image.FrameOfReferenceUID,
          RTReferencedStudySequence: [
            {
              ReferencedSOPClassUID: '1.2.840.10008.3.1.2.3.1',
              ReferencedSOPInstanceUID: image.StudyInstanceUID,
              RTReferencedSeriesSequence: [
                { SeriesInstanceUID: image.SeriesInstanceUID, ContourImageSequence: [reference] },
              ],
            },
          ],
        },
      ],
    }),
  );
}
