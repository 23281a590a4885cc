//! Whether numbers can be Hounsfield units at all.

/// Fat and air lie below this, and no CT of a body is without them, however closely it is cropped, HU.
const FAT_HU: i16 = -50;
/// Pictures of 8 bits hold no more than this between their darkest and lightest value. From fat to bone it is more.
const EIGHT_BITS: i32 = 255;

/// Why values cannot be the Hounsfield units of a CT of a body, in words that follow "its values"; `None` when they can.
///
/// A volume of one value, 8-bit pictures (a window was burnt in), MR, and stored values without their RescaleIntercept are told apart from
/// a CT. Low bone density, contrast medium, metal, a table or a tight crop make no CT doubtful.
#[must_use]
pub fn not_hounsfield(hu: &[i16]) -> Option<String> {
    let (low, high) = hu.iter().fold((i16::MAX, i16::MIN), |(low, high), &value| (low.min(value), high.max(value)));
    let why = if low >= high {
        "all voxels are the same".to_owned()
    } else if i32::from(high) - i32::from(low) <= EIGHT_BITS {
        "no more steps than a picture of 8 bits has, so density is lost".to_owned()
    } else if low > FAT_HU {
        format!("nothing is below {FAT_HU} HU as fat and air are, so this is an MR, or values without their RescaleIntercept")
    } else {
        return None;
    };
    Some(format!("run from {low} to {high}, which are not the Hounsfield units of a CT: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ct_passes_however_it_is_cropped() {
        assert_eq!(not_hounsfield(&[-1024, 40, 1500]), None);
        // Within one hip: marrow, muscle, bone.
        assert_eq!(not_hounsfield(&[-130, 55, 420]), None);
        // Water in air has no bone, and yet is a CT.
        assert_eq!(not_hounsfield(&[-1000, 0]), None);
    }

    #[test]
    fn what_is_no_ct_is_told_by_its_kind() {
        let why = |hu: &[i16]| not_hounsfield(hu).unwrap();
        assert!(why(&[7, 7]).contains("7 to 7") && why(&[7, 7]).contains("all voxels are the same"));
        assert!(why(&[0, 100, 255]).contains("8 bits"));
        assert!(why(&[-128, 127]).contains("8 bits"));
        assert!(why(&[0, 400, 1800]).contains("MR"));
        // A CT's stored values, 1024 too high.
        assert!(why(&[0, 1024, 4095]).contains("RescaleIntercept"));
    }
}
