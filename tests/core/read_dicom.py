"""Tells as JSON what highdicom and pydicom find in a segmentation or an Encapsulated STL.

    read_dicom.py seg FILE GRID    GRID: JSON of size [i, j, k] and affine (4 x 4, voxel to LPS mm), on which the masks are compared
    read_dicom.py stl FILE
"""

import hashlib
import json
import sys

import numpy as np
import pydicom

# How far a voxel may lie from the grid's, in voxels: what is left of 16-digit decimals.
TOLERANCE = 1e-6


def code(sequence):
    return [[str(item.CodingSchemeDesignator), str(item.CodeValue), str(item.CodeMeaning)] for item in sequence]


def common(file):
    return {
        "sop_class": str(file.SOPClassUID),
        "sop_instance": str(file.SOPInstanceUID),
        "study": str(file.StudyInstanceUID),
        "series": str(file.SeriesInstanceUID),
        "frame_of_reference": str(file.FrameOfReferenceUID),
        "modality": str(file.Modality),
        "patient": [str(file.PatientName), str(file.PatientID), str(file.PatientBirthDate), str(file.PatientSex)],
        "referenced_instances": [
            str(instance.ReferencedSOPInstanceUID)
            for series in file.get("ReferencedSeriesSequence", [])
            for instance in series.ReferencedInstanceSequence
        ],
        "text": str(file),
    }


def mask(volume, size, affine):
    """A segment's volume as highdicom places it, on our grid."""
    voxels = np.argwhere(volume.array == 1)
    lps = np.c_[voxels, np.ones(len(voxels))] @ volume.affine.T
    index = (lps @ np.linalg.inv(affine).T)[:, :3]
    whole = np.rint(index)
    off = float(np.abs(index - whole).max())
    if off > TOLERANCE:
        raise SystemExit(f"voxels lie {off} voxels beside the grid")
    whole = whole.astype(int)
    found = np.zeros(size[::-1], np.uint8)
    found[whole[:, 2], whole[:, 1], whole[:, 0]] = 1
    return found, lps[:, :3].mean(axis=0)


def segmentation(path, size, affine):
    import highdicom as hd

    seg = hd.seg.segread(path)
    segments = []
    for number in seg.segment_numbers:
        about = seg.SegmentSequence[number - 1]
        volume = seg.get_volume(segment_numbers=[number], combine_segments=True, relabel=True)
        found, centroid = mask(volume, size, affine)
        kind = about.SegmentedPropertyTypeCodeSequence
        segments.append({
            "label": str(about.SegmentLabel),
            "category": code(about.SegmentedPropertyCategoryCodeSequence),
            "type": code(kind),
            "modifier": code(kind[0].get("SegmentedPropertyTypeModifierCodeSequence", [])),
            "algorithm": [str(about.SegmentAlgorithmType), str(about.get("SegmentAlgorithmName", ""))],
            "cielab": hd.color.CIELabColor.from_dicom_value(about.RecommendedDisplayCIELabValue).lab,
            "voxels": int(found.sum()),
            "centroid": centroid.tolist(),
            "sha256": hashlib.sha256(found.tobytes()).hexdigest(),
        })
    sources = []
    for frame in seg.PerFrameFunctionalGroupsSequence:
        for derivation in frame.get("DerivationImageSequence", []):
            sources += [str(image.ReferencedSOPInstanceUID) for image in derivation.SourceImageSequence]
    return common(seg) | {"frames": int(seg.NumberOfFrames), "segments": segments, "frame_sources": sources}


def stl(path):
    file = pydicom.dcmread(path)
    document = file.EncapsulatedDocument[: file.EncapsulatedDocumentLength]
    return common(file) | {
        "mime": str(file.MIMETypeOfEncapsulatedDocument),
        "unit": code(file.MeasurementUnitsCodeSequence),
        "concept": code(file.ConceptNameCodeSequence),
        "title": str(file.DocumentTitle),
        "length": int(file.EncapsulatedDocumentLength),
        "padded": len(file.EncapsulatedDocument),
        "sha256": hashlib.sha256(document).hexdigest(),
    }


if __name__ == "__main__":
    if sys.argv[1] == "seg":
        grid = json.loads(sys.argv[3])
        told = segmentation(sys.argv[2], grid["size"], np.array(grid["affine"]))
    else:
        told = stl(sys.argv[2])
    json.dump(told, sys.stdout)
