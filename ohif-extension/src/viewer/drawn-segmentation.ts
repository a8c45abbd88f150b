import { type Drawing, type DrawingActions, StoreRefused, type StoreRequest } from './drawing-actions.ts';
import type { DataSource, OhifContext, OhifServices } from './ohif-types.ts';
import { describeSegments, type SegDataset } from './seg-dataset.ts';
import { instancesOf, shownSeries } from './viewports.ts';

/** One bit a voxel and segments that may overlap, uncompressed: what every reader of DICOM SEG understands. */
const encoding = {
  sopClassUID: '1.2.840.10008.5.1.4.1.1.66.4',
  transferSyntaxUID: '1.2.840.10008.1.2.1',
  transferSyntaxUid: '1.2.840.10008.1.2.1',
  rleEncode: false,
} as const;

/** CT images that are fetched at the same time before they are encoded. */
const fetchedAtOnce = 6;

/** The segmentations that a reader draws with the viewer's own tools, and their way to the archive through its data source. */
export function createDrawingActions(context: OhifContext): DrawingActions {
  const { services } = context.servicesManager;
  let last: Drawing | null = null;
  return {
    active() {
      const now = activeDrawing(services);
      // React asks again and again, and takes another object for a change.
      if (JSON.stringify(now) !== JSON.stringify(last)) last = now;
      return last;
    },
    subscribe(listener) {
      const { segmentationService, viewportGridService } = services;
      const events = [
        ...[
          'SEGMENTATION_ADDED',
          'SEGMENTATION_MODIFIED',
          'SEGMENTATION_REMOVED',
          'SEGMENTATION_REPRESENTATION_MODIFIED',
          'SEGMENTATION_REPRESENTATION_REMOVED',
        ].map((name) => [segmentationService, segmentationService.EVENTS[name]] as const),
        ...['ACTIVE_VIEWPORT_ID_CHANGED', 'GRID_STATE_CHANGED'].map(
          (name) => [viewportGridService, viewportGridService.EVENTS[name]] as const,
        ),
      ];
      const subscriptions = events.flatMap(([service, event]) =>
        event === undefined ? [] : [service.subscribe(event, listener)],
      );
      return () => {
        for (const subscription of subscriptions) subscription.unsubscribe();
      };
    },
    readerName: () => services.userAuthenticationService.getUser?.()?.profile?.name ?? null,
    store: (request) => store(context, request),
  };
}

function activeDrawing(services: OhifServices): Drawing | null {
  const { segmentationService, viewportGridService } = services;
  const viewportId = viewportGridService.getActiveViewportId();
  const shown = shownSeries(services).find((series) => series.viewportId === viewportId);
  const segmentation = viewportId === null ? null : segmentationService.getActiveSegmentation(viewportId);
  if (shown === undefined || segmentation == null || segmentation.representationData.Labelmap === undefined)
    return null;
  const segments = Object.values(segmentation.segments).flatMap((segment) =>
    segment == null ? [] : [{ index: segment.segmentIndex, label: segment.label ?? '' }],
  );
  if (segments.length === 0) return null;
  const StudyDate = instancesOf(shown.displaySet)[0]?.StudyDate;
  return {
    segmentationId: segmentation.segmentationId,
    label: segmentation.label,
    StudyInstanceUID: shown.displaySet.StudyInstanceUID,
    studyDate: StudyDate === undefined ? null : StudyDate.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3'),
    segments,
  };
}

async function store(context: OhifContext, request: StoreRequest): Promise<string> {
  const { services } = context.servicesManager;
  await loadReferencedImages(services, request.segmentationId);
  const dataset = encode(context, request);
  const [dataSource] = context.extensionManager.getActiveDataSource();
  if (dataSource?.store?.dicom === undefined) {
    throw new StoreRefused('This data source of the viewer can not store. Ask the administrator to allow STOW-RS.');
  }
  try {
    await dataSource.store.dicom(dataset);
  } catch (error) {
    throw refused(error);
  }
  await showStored(dataSource, dataset);
  services.segmentationService.remove(request.segmentationId);
  return dataset.SOPInstanceUID;
}

/**
 * Makes the stored SEG one of the viewer's series, read from the archive as any other. The viewer's own store command would keep what
 * was encoded in memory and read one-bit frames wrongly from there.
 */
async function showStored(dataSource: DataSource, { StudyInstanceUID, SeriesInstanceUID }: SegDataset): Promise<void> {
  const forgetStudy = () => {
    // OHIF 3.13 keeps what it has asked under the data source's name and the study, and deletes under the study alone.
    dataSource.deleteStudyMetadataPromise(`${dataSource.getConfig?.().name}:${StudyInstanceUID}`);
    dataSource.deleteStudyMetadataPromise(StudyInstanceUID);
  };
  forgetStudy();
  const series = await dataSource.retrieve.series
    .metadata({ StudyInstanceUID, filters: { seriesInstanceUID: [SeriesInstanceUID] }, returnPromises: true })
    // It is stored all the same, and there at the next visit.
    .catch(() => undefined);
  await Promise.allSettled((series ?? []).map(({ start }) => start?.()));
  // What was kept now is one series, not the study.
  forgetStudy();
}

function encode({ commandsManager }: OhifContext, request: StoreRequest): SegDataset {
  const options = {
    ...encoding,
    SeriesDescription: `Deltascope outline: ${request.meanings.map(({ label }) => label).join(', ')}`.slice(0, 64),
    // A series of its own: the SEG that was corrected stays as it is.
    predecessorImageId: '',
  };
  let generated: { dataset?: SegDataset } | undefined;
  try {
    generated = commandsManager.runCommand('generateSegmentation', {
      segmentationId: request.segmentationId,
      options,
    }) as typeof generated;
  } catch (error) {
    throw new StoreRefused(`The viewer could not encode the segmentation: ${messageOf(error)}`, { cause: error });
  }
  if (generated?.dataset === undefined) {
    throw new StoreRefused('The viewer could not encode the segmentation: it made no DICOM object.');
  }
  return describeSegments(generated.dataset, request, new Date());
}

/** The encoder takes patient, study and geometry from the CT images, and needs all of them in the viewer's memory. */
async function loadReferencedImages(services: OhifServices, segmentationId: string): Promise<void> {
  const { cornerstone } = window;
  const labelmap = services.segmentationService.getSegmentation(segmentationId)?.representationData.Labelmap;
  if (cornerstone === undefined || labelmap === undefined) {
    throw new StoreRefused('The segmentation is no longer in the viewer: draw it again.');
  }
  const imageIds = (labelmap.imageIds ?? []).flatMap((id) => cornerstone.cache.getImage(id)?.referencedImageId ?? []);
  const waiting = imageIds.filter((id) => cornerstone.cache.getImage(id) === undefined);
  const fetchers = Array.from({ length: fetchedAtOnce }, async () => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop())
      await cornerstone.imageLoader.loadAndCacheImage(id);
  });
  await Promise.all(fetchers).catch((error: unknown) => {
    throw new StoreRefused(`An image of the CT could not be loaded: ${messageOf(error)}. Try again.`, { cause: error });
  });
}

/** What the archive's answer means for the reader; dicomweb-client's errors carry the request. */
function refused(error: unknown): StoreRefused {
  const status = (error as { request?: { status?: number } }).request?.status ?? (error as { status?: number }).status;
  const why =
    status === undefined || status === 0
      ? 'The archive can not be reached. What you drew is still in the viewer: try again.'
      : status === 401 || status === 403
        ? 'You may not store in this archive. Sign in again, or ask the administrator.'
        : `The archive refused the segmentation (status ${status}). What you drew is still in the viewer: ask the administrator.`;
  return new StoreRefused(why, { cause: error });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
