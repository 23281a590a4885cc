//! The machine in one line, without its name.

use std::fs;

/// Processor, cores in use, operating system and how busy it is.
pub fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let value = |text: &str, key: &str, parted: char| {
        let of_line = |line: &str| {
            line.split_once(parted)
                .filter(|(name, _)| name.trim() == key)
                .map(|(_, value)| value.trim().trim_matches('"').to_owned())
        };
        text.lines().find_map(of_line)
    };
    let processor = value(&read("/proc/cpuinfo"), "model name", ':').unwrap_or_else(|| std::env::consts::ARCH.into());
    let system = value(&read("/etc/os-release"), "PRETTY_NAME", '=').unwrap_or_else(|| std::env::consts::OS.into());
    let load = read("/proc/loadavg").split(' ').next().map_or_else(String::new, |load| format!(", load {load}"));
    format!("{processor}, {} threads in use, {system}{load}", rayon::current_num_threads())
}
