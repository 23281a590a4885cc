//! Where to compute what a graphics card can compute too.

/// Where the caller wants something computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeviceChoice {
    /// A graphics card that proves to compute the same, otherwise the processor.
    #[default]
    Auto,
    /// The graphics card, or an error.
    Gpu,
    /// The processor.
    Cpu,
}
