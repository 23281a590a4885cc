//! The window, tested without a screen.
