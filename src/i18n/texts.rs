//! The two languages and their sentences.

use crate::{frames::Side, labels::Label};
use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use std::{fmt, str::FromStr};
use unic_langid::{LanguageIdentifier, langid};

/// A language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Language {
    /// Both languages.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// The Fluent sources of this language: first what every language has, then translations of what the program itself says in English.
    #[must_use]
    pub const fn sources(self) -> &'static [&'static str] {
        match self {
            Self::English => &[include_str!("../../assets/i18n/en.ftl")],
            Self::Chinese => &[
                include_str!("../../assets/i18n/zh-CN.ftl"),
                include_str!("../../assets/i18n/zh-CN-definitions.ftl"),
                include_str!("../../assets/i18n/zh-CN-edits.ftl"),
                include_str!("../../assets/i18n/zh-CN-errors.ftl"),
                include_str!("../../assets/i18n/zh-CN-findings.ftl"),
            ],
        }
    }

    const fn identifier(self) -> LanguageIdentifier {
        match self {
            Self::English => langid!("en"),
            Self::Chinese => langid!("zh-CN"),
        }
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "en" => Ok(Self::English),
            "zh" | "zh-CN" => Ok(Self::Chinese),
            other => Err(format!("the language must be 'en' or 'zh', found '{other}'")),
        }
    }
}

/// The sentences of one language.
pub struct Texts {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Texts").field("language", &self.language).finish_non_exhaustive()
    }
}

impl Texts {
    /// The sentences of `language`.
    #[must_use]
    pub fn new(language: Language) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![language.identifier()]);
        // The marks around inserted values are for mixed writing directions; no font draws them.
        bundle.set_use_isolating(false);
        // The sources are embedded and tested: whatever parsed is used, a broken message is missing and shows as its key.
        for source in language.sources() {
            let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(parsed, _)| parsed);
            bundle.add_resource_overriding(resource);
        }
        Self { language, bundle }
    }

    /// Which language this is.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// True when there is a sentence with this key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.bundle.get_message(key).is_some_and(|message| message.value().is_some())
    }

    /// The sentence with this key.
    #[must_use]
    pub fn get(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// The sentence with this key, its placeholders filled. Values come already formatted with their units.
    #[must_use]
    pub fn with(&self, key: &str, values: &[(&str, &str)]) -> String {
        // Missing values are written as their names by Fluent itself.
        self.format(key, values).map_or_else(|| format!("⟨{key}⟩"), |(text, _)| text)
    }

    /// The same; `None` where this language has no such sentence, as English has none of what the program itself says in English, and where
    /// one of its values is missing.
    #[must_use]
    pub fn find(&self, key: &str, values: &[(&str, &str)]) -> Option<String> {
        self.format(key, values).and_then(|(text, complete)| complete.then_some(text))
    }

    /// The sentence with this key, and whether all its placeholders were filled.
    fn format(&self, key: &str, values: &[(&str, &str)]) -> Option<(String, bool)> {
        let pattern = self.bundle.get_message(key).and_then(|message| message.value())?;
        let arguments: FluentArgs<'_> = values.iter().map(|&(name, value)| (name, value)).collect();
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(&arguments), &mut errors).into_owned();
        Some((text, errors.is_empty()))
    }

    /// A side, as it stands before what lies there.
    #[must_use]
    pub fn side(&self, side: Side) -> String {
        let name = side.to_string();
        self.of("side", &name, &name)
    }

    /// A bone with its side.
    #[must_use]
    pub fn bone(&self, bone: Label) -> String {
        self.of("bone", bone.name(), bone.name())
    }

    /// What is said of something that documents call `name`: its name, its definition and the like; `otherwise` where nothing is.
    #[must_use]
    pub fn of(&self, kind: &str, name: &str, otherwise: &str) -> String {
        self.find(&format!("{kind}-{}", name.replace('_', "-")), &[]).unwrap_or_else(|| otherwise.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        collections::{BTreeMap, BTreeSet},
        fs,
        path::Path,
    };

    /// Keys of a source with the placeholders of each message, read without Fluent.
    fn messages(source: &str) -> BTreeMap<String, BTreeSet<String>> {
        let lines = source.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut found = BTreeMap::new();
        for line in lines {
            let (key, value) = line.split_once(" = ").unwrap_or_else(|| panic!("not a message: {line}"));
            let names = value.split("{ $").skip(1).map(|rest| rest.split(' ').next().unwrap().to_owned()).collect();
            assert!(found.insert(key.to_owned(), names).is_none(), "{key} appears twice");
        }
        found
    }

    /// Those that every language has.
    fn common(language: Language) -> BTreeMap<String, BTreeSet<String>> {
        messages(language.sources()[0])
    }

    #[test]
    fn both_languages_have_the_same_messages_with_the_same_values() {
        assert_eq!(common(Language::English), common(Language::Chinese));
    }

    #[test]
    fn every_message_parses_and_is_not_empty() {
        for language in Language::ALL {
            let texts = Texts::new(language);
            let mut known = BTreeSet::new();
            for source in language.sources() {
                assert!(FluentResource::try_new((*source).to_owned()).is_ok(), "{language:?}");
                for key in messages(source).into_keys() {
                    // A term is a part of other messages, and none itself.
                    assert!(
                        key.starts_with('-') || texts.has(&key) && !texts.get(&key).trim().is_empty(),
                        "{key} in {language:?}"
                    );
                    // A term that is not there is written as its name.
                    assert!(key.starts_with('-') || !texts.get(&key).contains("{-"), "{}", texts.get(&key));
                    assert!(known.insert(key.clone()), "{key} appears twice in {language:?}");
                }
            }
        }
    }

    #[test]
    fn values_are_inserted_without_invisible_marks() {
        assert_eq!(Texts::new(Language::English).with("plan-number", &[("number", "3")]), "Plan 3");
        assert_eq!(Texts::new(Language::Chinese).with("plan-number", &[("number", "3")]), "方案 3");
    }

    #[test]
    fn a_missing_message_shows_its_key() {
        assert_eq!(Texts::new(Language::English).get("no-such-key"), "⟨no-such-key⟩");
    }

    #[test]
    fn every_bone_landmark_and_motion_has_a_name() {
        use crate::{anatomy::LandmarkName, motion::Motion};
        for language in Language::ALL {
            let texts = Texts::new(language);
            for label in &Label::ALL[1..] {
                assert!(texts.has(&format!("bone-{}", label.name().replace('_', "-"))), "{label:?}");
            }
            for landmark in LandmarkName::ALL {
                assert!(texts.has(&format!("landmark-{}", landmark.key().replace('_', "-"))), "{landmark:?}");
            }
            assert_eq!(Motion::ALL.len(), common(language).keys().filter(|k| k.starts_with("motion-")).count());
        }
    }

    /// What macros put behind the beginning of a key.
    fn endings(beginning: &str) -> &'static [&'static str] {
        match beginning {
            "density_gruen_" | "density_stem_zone_" => &["1", "2", "3", "4", "5", "6", "7"],
            "density_delee_charnley_" | "density_cup_zone_" => &["1", "2", "3"],
            socket if socket.starts_with("acetabular_") => &["supine", "standing", "sitting"],
            _ => &["standing", "sitting"],
        }
    }

    /// The sources of the program below a folder, without what tests make up, which needs no sentence.
    fn sources(folder: &str) -> Vec<String> {
        let mut found = Vec::new();
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(sources(&path.to_string_lossy()));
            } else {
                found.extend(fs::read_to_string(&path).unwrap().split("#[cfg(test)]").next().map(str::to_owned));
            }
        }
        found
    }

    /// Keys of all quantities, read from the sources: an examination of one patient need not have them all.
    fn quantities() -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for text in sources("src/anatomy").into_iter().chain(sources("src/plan")) {
            for (at, _) in text.match_indices('"') {
                let (before, after) = (text[..at].trim_end(), text[at + 1..].split('"').next().unwrap_or_default());
                let line = before.rsplit('\n').next().unwrap_or_default();
                let declares = |before: &str| before.ends_with(" key:") || before.ends_with("Quantity::new(");
                let is_key = after.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
                if is_key && (declares(before) || line.starts_with("alpha!(")) {
                    found.insert(after.to_owned());
                }
                // The beginning of a key that a macro completes.
                if let Some(before) = before.strip_suffix("concat!(").filter(|_| is_key)
                    && declares(before.trim_end())
                {
                    found.extend(endings(after).iter().map(|ending| format!("{after}{ending}")));
                }
            }
        }
        found
    }

    #[test]
    fn every_finding_has_a_headline() {
        let mut keys = BTreeSet::new();
        for text in sources("src") {
            // As `finding-…` wherever it stands, and in the anatomy as the first value of its function.
            for (at, _) in text.match_indices('"') {
                let (before, after) = (text[..at].trim_end(), text[at + 1..].split('"').next().unwrap_or_default());
                let key = after.strip_prefix("finding-").or_else(|| before.ends_with("finding(").then_some(after));
                keys.extend(
                    key.filter(|key| !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
                        .map(str::to_owned),
                );
            }
        }
        assert!(keys.len() > 45 && keys.contains("femur-cut-off") && keys.contains("stem-tip-unseen"), "{keys:?}");
        let texts = Texts::new(Language::Chinese);
        let missing: Vec<_> = keys.iter().filter(|key| !texts.has(&format!("finding-{key}"))).collect();
        assert!(missing.is_empty(), "without a headline: {missing:?}");
    }

    #[test]
    fn every_quantity_has_a_name_and_is_defined_in_both_languages() {
        let keys = quantities();
        for known in
            ["neck_shaft_angle", "lateral_centre_edge_angle", "alpha_angle_1_30", "canal_isthmus_diameter", "density_gruen_7"]
        {
            assert!(keys.contains(known), "the reader of keys does not see {known} in {keys:?}");
        }
        assert!(keys.len() > 85, "{}: {keys:?}", keys.len());
        for language in Language::ALL {
            let texts = Texts::new(language);
            let missing: Vec<_> = keys.iter().filter(|key| !texts.has(&format!("quantity-{}", key.replace('_', "-")))).collect();
            assert!(missing.is_empty(), "without a name in {language:?}: {missing:?}");
        }
        // In English each defines itself.
        let chinese = Texts::new(Language::Chinese);
        let missing: Vec<_> = keys.iter().filter(|key| chinese.of("definition", key, "").is_empty()).collect();
        assert!(missing.is_empty(), "without a definition in Chinese: {missing:?}");
        let source = messages(Language::Chinese.sources()[1]);
        let defined = source.keys().filter_map(|key| key.strip_prefix("definition-"));
        let unknown: Vec<_> = defined.filter(|name| !keys.contains(&name.replace('-', "_"))).collect();
        assert!(unknown.is_empty(), "defined in Chinese, but no quantity: {unknown:?}");
    }
}
