//! The interface in two languages: Fluent bundles from `assets/i18n`.
