## Window and case
app-title = Coxa – hip replacement rehearsal
disclaimer = For research, education and rehearsal; not a medical device; the surgeon decides.
language-name = English
case = Case
side-left = left
side-right = right
side-badge-left = L · left hip
side-badge-right = R · right hip
nothing-loaded = No case is open.
unit-mm = mm
estimated = estimated
not-available = –
close = Close

## Directions in the view (letters as in DICOM)
direction-anterior = A
direction-posterior = P
direction-left = L
direction-right = R
direction-superior = S
direction-inferior = I
view = View
view-anterior = From the front
view-posterior = From behind
view-left = From the left
view-right = From the right
view-superior = From above
view-inferior = From below
view-home = The planned hip
view-help = Left drag turns · right drag moves · wheel zooms · Home, A P L R S I

## What is shown
shown = Shown
bones = Bones
implants = Implants
visible = Visible
opacity = Opacity
bone-sacrum = Sacrum
bone-hip-left = Left hip bone
bone-hip-right = Right hip bone
bone-femur-left = Left femur
bone-femur-right = Right femur
bone-lumbar-vertebra = Lumbar vertebrae
bone-tibia-left = Left tibia
bone-tibia-right = Right tibia
bone-fibula-left = Left fibula
bone-fibula-right = Right fibula
bone-patella-left = Left patella
bone-patella-right = Right patella
bone-metal = Metal already in place
implant-shell = Acetabular shell
implant-liner = Liner
implant-head = Femoral head component
implant-stem = Femoral stem

## The plan
plan = Plan
plan-number = Plan { $number }
cup = Cup
cup-diameter = Outer diameter
radiographic-inclination = Inclination
radiographic-anteversion = Anteversion
cup-angles-definition = Radiographic definition (Murray 1993), against the anterior pelvic plane
stem = Stem
stem-size = Size
stem-offset-standard = standard offset
stem-offset-high = high offset
stem-left-out = The stem is left out; see the findings.
head = Head
head-diameter = Diameter
neck-offset = Neck length
leg-length-change = Leg length
offset-change = Global offset
change-definition = Change against the scan; longer and more lateral are positive

## Moving the hip
joint = Hip position
flexion = Flexion
extension = Extension
abduction = Abduction
adduction = Adduction
internal-rotation = Internal rotation
external-rotation = External rotation
joint-definition = Flexion, then adduction, then internal rotation about the joint's own axes (ISB)
reset = Neutral position
moves-nothing = No femur can be moved: the femur is not in the scan.

## Impingement
impingement = Impingement
contact-computing = Computing …
contact-preparing = Preparing the bones for impingement …
contact-none = No contact
contact-implant-implant = Impingement: neck against liner
contact-implant-bone = Impingement: implant against bone
contact-bone-bone = Impingement: femur against pelvis
contact-unknown = Impingement is not computed for this case.
contact-neutral = The bones touch already as scanned; contact near neutral comes from the scan.
contact-pair = { $first } touches { $second }
clearance = Clearance { $value }
physics = Physics
physics-touching = touching
physics-free = not touching
physics-note = The physics engine is shown for comparison; reported numbers come from the motion solver.

## Range of motion
rom = Range of motion
rom-motion = Motion
rom-implant = Implant
rom-bone = Bone
rom-limit = Limit
rom-first = First contact
rom-unlimited = > 180°
rom-none = –
rom-caveat = Soft tissue is not simulated; extension limits are not safe limits.
rom-missing = No range of motion in this case.
motion-flexion = Flexion
motion-extension = Extension
motion-abduction = Abduction
motion-adduction = Adduction
motion-internal-rotation-0 = Internal rotation at 0°
motion-external-rotation-0 = External rotation at 0°
motion-internal-rotation-90 = Internal rotation at 90° flexion
motion-external-rotation-90 = External rotation at 90° flexion
couple-implant-implant = neck – liner
couple-implant-bone = implant – bone
couple-bone-bone = bone – bone

## Findings
findings = Findings
findings-none = Nothing to report.

## Background work
job-loading = Opening the case
job-planning = Planning the case
job-cancel = Cancel
job-cancelled = Cancelled.
job-failed = This did not work: { $reason }
job-panicked = An internal error stopped this work: { $reason }
error = Error

## The report
report-title = Plan for a hip replacement
report-quantity = Quantity
report-value = Value
report-definition = Definition
report-anatomy = Measurements
report-provenance = Where this comes from
report-view-anterior = From the front: R is the patient's right
report-view-left = From the patient's left: anterior is on the left
report-view-right = From the patient's right: anterior is on the right
report-view-inferior = From the feet: R is on the left, anterior is up
provenance-source = Source
provenance-inputs = SHA-256 of the inputs
provenance-software = Coxa version
provenance-model = Segmentation model
provenance-device = Computed on
provenance-catalogue = Implant catalogue

## Measurements and their definitions
measure-pelvic-tilt = Pelvic tilt as scanned
measure-pelvic-tilt-definition = Anterior pelvic plane (both ASIS, pubic tubercles; Lewinnek 1978) against the table's coronal plane; posterior tilt is positive
measure-obliquity = Pelvic obliquity as scanned
measure-obliquity-definition = Line through both ASIS against the table's transverse plane; positive when the left side is higher
measure-head-diameter = Femoral head diameter
measure-head-diameter-definition = Twice the radius of the sphere fitted to the femoral head
measure-socket-diameter = Acetabular diameter
measure-socket-diameter-definition = Twice the radius of the sphere fitted to the lunate surface (bone, without cartilage)
measure-head-socket = Head centre to socket centre
measure-head-socket-definition = Distance of the two fitted spheres' centres; large values mean that the head does not sit in the socket
measure-native-inclination = Acetabular inclination
measure-native-inclination-definition = Normal of the rim plane against the anterior pelvic plane frame: radiographic / operative / anatomic (Murray 1993)
measure-native-anteversion = Acetabular anteversion
measure-native-anteversion-definition = Normal of the rim plane against the anterior pelvic plane frame: radiographic / operative / anatomic (Murray 1993)
measure-neck-shaft-angle = Neck–shaft angle
measure-neck-shaft-angle-definition = Angle between neck axis and shaft axis in space
measure-femoral-offset = Femoral offset
measure-femoral-offset-definition = Distance of the head centre from the shaft axis
measure-version-murphy = Femoral version (Murphy)
measure-version-murphy-definition = Neck axis against the posterior condylar line in the plane perpendicular to the shaft (Murphy 1987); anteversion is positive
measure-cup = Cup
measure-cup-definition = Entry of the catalogue and outer diameter
measure-cup-inclination = Cup inclination
measure-cup-inclination-definition = Radiographic (Murray 1993), in the anterior pelvic plane frame
measure-cup-anteversion = Cup anteversion
measure-cup-anteversion-definition = Radiographic (Murray 1993), in the anterior pelvic plane frame
measure-cup-supine = Cup inclination / anteversion, supine
measure-cup-supine-definition = Radiographic, with the pelvis tilted as it lay in the scanner
measure-cup-coverage = Cup coverage by bone
measure-cup-coverage-definition = Part of the outer hemisphere that lies in or against bone
measure-stem = Stem
measure-stem-definition = Entry of the catalogue: size and offset option
measure-head = Head
measure-head-definition = Entry of the catalogue: diameter and neck length
measure-leg-length = Change of leg length
measure-leg-length-definition = Against the scan, along the pelvis's long axis; longer is positive
measure-offset = Change of global offset
measure-offset-definition = Femoral offset plus cup centre, against the scan; more lateral is positive
