//! What says itself in English, as every error does, said in other languages too.

use super::{Language, Texts};
use crate::anatomy::Finding;
use std::fmt;

/// Something that says itself in English, and in other languages by their messages.
pub trait Said: fmt::Display {
    /// The sentence in the language of `texts`; `None` where that has none, as English has none of its own.
    fn find(&self, texts: &Texts) -> Option<String>;
}

impl Texts {
    /// What something says in this language; where it has no sentence for it, in English.
    #[must_use]
    pub fn say(&self, said: &impl Said) -> String {
        said.find(self).unwrap_or_else(|| said.to_string())
    }
}

/// The sentence with its numbers, where the document has them.
impl Said for Finding {
    fn find(&self, texts: &Texts) -> Option<String> {
        let values: Vec<_> = self.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        texts.find(&self.key.replacen("finding", "told", 1), &values)
    }
}

/// A finding says itself as it was written.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A sentence in every language: for what is told before it is known which one will be on screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    english: String,
    chinese: String,
}

impl Sentence {
    /// As it is said with the texts of each language.
    #[must_use]
    pub fn new(say: impl Fn(&Texts) -> String) -> Self {
        let [english, chinese] = [Language::English, Language::Chinese].map(|language| say(&Texts::new(language)));
        Self { english, chinese }
    }

    /// What something says.
    #[must_use]
    pub fn of(said: &impl Said) -> Self {
        Self::new(|texts| texts.say(said))
    }

    /// In one language.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::English => &self.english,
            Language::Chinese => &self.chinese,
        }
    }
}

/// English alone, where nothing else is known.
impl From<String> for Sentence {
    fn from(english: String) -> Self {
        Self { chinese: english.clone(), english }
    }
}

impl From<&str> for Sentence {
    fn from(english: &str) -> Self {
        english.to_owned().into()
    }
}

/// In English, as logs and the command line have it.
impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{anatomy::AnatomyError, frames::Side};

    #[test]
    fn an_error_is_said_in_both_languages_with_what_it_found() {
        let error = AnatomyError::HipBoneMissing { side: Side::Left };
        let said = Sentence::of(&error);
        assert_eq!(said.get(Language::English), error.to_string());
        assert!(said.get(Language::Chinese).starts_with("缺少左侧髋骨"), "{}", said.get(Language::Chinese));
        assert_eq!(said.to_string(), error.to_string());
    }

    #[test]
    fn what_has_no_translation_is_said_in_english() {
        struct Dog;
        impl fmt::Display for Dog {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the dog ate it")
            }
        }
        impl Said for Dog {
            fn find(&self, texts: &Texts) -> Option<String> {
                texts.find("error-no-such-message", &[])
            }
        }
        assert_eq!(Sentence::of(&Dog).get(Language::Chinese), "the dog ate it");
        assert_eq!(Sentence::of(&Dog), Sentence::from("the dog ate it"));
    }
}
