//! What people and programs read: tables, maps, pages.
