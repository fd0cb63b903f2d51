//! Typst's view of the outside: the files of one report in memory, our fonts, one date. No disk, network or clock.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_kit::files::{FileLoader, FileStore};

use super::fonts::Fonts;

/// Path of the source that Typst begins with.
pub const MAIN: &str = "main.typ";

/// Files by their path below the root.
struct Files(BTreeMap<String, Bytes>);

impl FileLoader for Files {
    fn load(&self, id: FileId) -> FileResult<Bytes> {
        if let VirtualRoot::Package(_) = id.get().root() {
            return Err(FileError::AccessDenied);
        }
        let path = id.get().vpath().get_without_slash();
        self.0.get(path).cloned().ok_or_else(|| FileError::NotFound(path.into()))
    }
}

/// The world of one report.
pub struct Shelf {
    files: FileStore<Files>,
    main: FileId,
    today: Datetime,
}

impl Shelf {
    /// A world of these files, in which it is always `today`.
    pub fn new(files: &[(String, String)], today: Datetime) -> Self {
        let files = files.iter().map(|(path, text)| (path.clone(), Bytes::from_string(text.clone()))).collect();
        let main = VirtualPath::new(MAIN).expect("the path is written here and is valid");
        Self { files: FileStore::new(Files(files)), main: RootedPath::new(VirtualRoot::Project, main).intern(), today }
    }
}

impl World for Shelf {
    fn library(&self) -> &LazyHash<Library> {
        static LIBRARY: OnceLock<LazyHash<Library>> = OnceLock::new();
        LIBRARY.get_or_init(|| LazyHash::new(Library::default()))
    }

    fn book(&self) -> &LazyHash<FontBook> {
        Fonts::get().store().book()
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.files.source(id)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.file(id)
    }

    fn font(&self, index: usize) -> Option<Font> {
        Fonts::get().store().font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        Some(self.today)
    }
}
