//! DICOM in and out: series discovery, geometry checks, pixel decoding, de-identification.
