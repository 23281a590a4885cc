//! The core, tested without a window. One module a promise to the user.
