/** Reads a file at once. Only workers have it, and the types of pages and of workers exclude each other. */
declare class FileReaderSync {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}
