import type { ComponentType } from 'react';
import type { StudyMetadata } from './study-panes.ts';

/**
 * The part of OHIF 3.12-3.14 that the extension uses. The npm packages of OHIF hold no declarations.
 */

/** What OHIF hands to every module getter and lifecycle hook. */
export interface OhifContext {
  readonly servicesManager: { readonly services: OhifServices };
  readonly commandsManager: {
    run(name: string, options?: Readonly<Record<string, unknown>>): unknown;
    runCommand(name: string, options: Readonly<Record<string, unknown>>): unknown;
  };
  readonly extensionManager: {
    /** Undefined where the viewer has no such module. */
    getModuleEntry(id: string): { readonly component?: ComponentType } | undefined;
    getActiveDataSource(): readonly DataSource[];
  };
  readonly appConfig: { readonly deltascope?: { readonly service?: string } };
}

export interface OhifServices {
  readonly displaySetService: DisplaySetService;
  readonly hangingProtocolService: HangingProtocolService;
  readonly viewportGridService: ViewportGridService;
  readonly cornerstoneViewportService: CornerstoneViewportService;
  readonly segmentationService: SegmentationService;
  readonly userAuthenticationService: {
    getAuthorizationHeader(): { readonly Authorization?: string } | undefined;
    getUser?(): { readonly profile?: { readonly name?: string } } | null;
  };
  readonly panelService: { activatePanel(id: string, forceActive?: boolean): void };
  readonly uiNotificationService: {
    show(options: { title: string; message: string; type: 'info' | 'warning' | 'error'; duration?: number }): void;
  };
}

/** Where the viewer has its studies from. */
export interface DataSource {
  /** Left out where nothing can be stored. */
  readonly store?: { dicom?(dataset: object): Promise<unknown> };
  readonly retrieve: {
    readonly series: {
      metadata(query: {
        StudyInstanceUID: string;
        filters: { seriesInstanceUID: readonly string[] };
        returnPromises: true;
      }): Promise<readonly { start?(): Promise<unknown> }[] | undefined>;
    };
  };
  getConfig?(): { readonly name?: string };
  /** Forgets what was asked about a study, so that it is asked anew. */
  deleteStudyMetadataPromise(StudyInstanceUID: string): void;
}

export interface Subscription {
  unsubscribe(): void;
}

interface PubSub {
  readonly EVENTS: Readonly<Record<string, string>>;
  subscribe(event: string, listener: (event: never) => void): Subscription;
}

/** A series as OHIF shows it. */
export interface DisplaySet {
  readonly displaySetInstanceUID: string;
  readonly Modality: string;
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID: string;
  readonly SeriesDate?: string;
  readonly SeriesTime?: string;
  readonly numImageFrames?: number;
  readonly images?: readonly DicomInstanceMetadata[];
  readonly instances?: readonly DicomInstanceMetadata[];
  readonly instance?: DicomInstanceMetadata;
  /** Of a SEG or RTSTRUCT. */
  readonly referencedSeriesInstanceUID?: string;
  readonly referencedDisplaySetInstanceUID?: string | null;
  readonly isLoaded?: boolean;
  readonly overlappingSegments?: boolean;
  readonly labelMapImages?: readonly (LabelmapImage | readonly LabelmapImage[])[];
  load?(options: { headers: Readonly<Record<string, string>> }): Promise<unknown>;
}

/** Labels of one slice, in the matrix of the CT image that it refers to. */
export interface LabelmapImage {
  readonly imageId: string;
  readonly referencedImageId: string;
  readonly rows: number;
  readonly columns: number;
  readonly voxelManager: { getScalarData(): ArrayLike<number> };
}

export interface DicomInstanceMetadata {
  readonly SOPInstanceUID: string;
  readonly StudyInstanceUID: string;
  /** YYYYMMDD. */
  readonly StudyDate?: string;
  readonly imageId?: string;
  readonly ImagePositionPatient?: readonly number[];
  readonly ImageOrientationPatient?: readonly number[];
  readonly SegmentSequence?: SegmentItem | readonly SegmentItem[];
}

export interface SegmentItem {
  readonly SegmentNumber: number;
  readonly SegmentLabel?: string;
}

export interface DisplaySetService extends PubSub {
  getActiveDisplaySets(): readonly DisplaySet[];
  getDisplaySetByUID(uid: string): DisplaySet | undefined;
}

export interface HangingProtocolService {
  addCustomAttribute(
    id: string,
    name: string,
    callback: (subject: never, options: { readonly studies?: readonly StudyMetadata[] } | undefined) => unknown,
  ): void;
}

export interface ViewportGridService extends PubSub {
  getState(): { readonly viewports: ReadonlyMap<string, GridViewport> };
  getActiveViewportId(): string | null;
  setActiveViewportId(id: string): void;
  setDisplaySetsForViewports(
    viewports: readonly {
      viewportId: string;
      displaySetInstanceUIDs: readonly string[];
      displaySetOptions?: readonly { voi: { windowWidth: number; windowCenter: number } }[];
    }[],
  ): void;
}

export interface GridViewport {
  readonly viewportId: string;
  readonly displaySetInstanceUIDs: readonly string[];
}

export interface CornerstoneViewportService extends PubSub {
  getCornerstoneViewport(id: string): CornerstoneViewport | null;
}

export type Point3 = readonly [number, number, number];
export type Point2 = readonly [number, number];

/** A stack or volume viewport. */
export interface CornerstoneViewport {
  readonly id: string;
  readonly element: HTMLDivElement;
  readonly canvas: HTMLCanvasElement;
  readonly type: string;
  /** What is drawn; empty before the first image. */
  getActors(): readonly { readonly uid: string }[];
  getCurrentImageId?(): string | undefined;
  getCurrentImageIdIndex?(): number;
  getImageIds?(): readonly string[];
  setImageIdIndex?(index: number): Promise<unknown>;
  worldToCanvas(world: Point3): Point2;
  canvasToWorld(canvas: Point2): Point3;
  render(): void;
}

/** A segmentation in the viewer's memory, drawn here or loaded. */
export interface ViewerSegmentation {
  readonly segmentationId: string;
  readonly label: string;
  readonly segments: Readonly<Record<string, { readonly segmentIndex: number; readonly label?: string } | null>>;
  readonly representationData: { readonly Labelmap?: { readonly imageIds?: readonly string[] } };
}

export interface SegmentationService extends PubSub {
  getSegmentation(id: string): ViewerSegmentation | undefined;
  getActiveSegmentation(viewportId: string): ViewerSegmentation | null | undefined;
  remove(segmentationId: string): void;
  getSegmentationRepresentations(viewportId: string, specifier: { segmentationId: string }): readonly unknown[];
  addSegmentationRepresentation(
    viewportId: string,
    options: { segmentationId: string; type: 'Labelmap' },
  ): Promise<void>;
  getSegmentColor(viewportId: string, segmentationId: string, segment: number): readonly number[] | undefined;
  setSegmentColor(viewportId: string, segmentationId: string, segment: number, rgba: readonly number[]): void;
  removeRepresentationsFromViewport(viewportId: string, specifier: { segmentationId: string }): void;
}

/** Cornerstone as OHIF puts it on the window. */
export interface Cornerstone {
  readonly metaData: { get(type: 'imagePlaneModule', imageId: string): ImagePlane | undefined };
  readonly eventTarget: EventTarget;
  readonly cache: { getImage(imageId: string): { readonly referencedImageId?: string } | undefined };
  readonly imageLoader: { loadAndCacheImage(imageId: string): Promise<unknown> };
}

export interface ImagePlane {
  readonly imagePositionPatient: Point3;
  readonly rowCosines: Point3;
  readonly columnCosines: Point3;
  /** mm between rows, and between columns. */
  readonly rowPixelSpacing: number;
  readonly columnPixelSpacing: number;
}

declare global {
  interface Window {
    readonly cornerstone?: Cornerstone;
  }
}
