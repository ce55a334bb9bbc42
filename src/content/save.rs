//! Writes a file again with another inner document: every other byte stays, and a reader sees the old file or the new one,
//! never a half.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::package::Limits;
use super::splice::{self, Segment};
use super::{Content, open};

/// Replaces the inner document of `content`, in the file that it was read from, by `text`.
///
/// The new file is written beside the old one, flushed to the disk, read again as a proof, and then takes its name; it
/// keeps its permissions and the byte order mark, and a symbolic link stays one. On an error the old file is untouched.
pub fn replace(content: &Content, text: &str) -> io::Result<()> {
    let path = std::fs::canonicalize(&content.path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut new = NamedTempFile::new_in(folder)?;
    new.as_file()
        .set_permissions(std::fs::metadata(&path)?.permissions())?;
    write(&path, content, text, new.as_file_mut())?;
    new.as_file().sync_all()?;
    prove(new.path(), text)?;
    new.persist(&path).map_err(|e| e.error)?;
    // The name itself is on the disk only with its folder; not every system lets a folder be opened.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn write(path: &Path, content: &Content, text: &str, new: &mut File) -> io::Result<()> {
    let text = content.written(text);
    let Some(package) = &content.package else {
        return new.write_all(text.as_bytes());
    };
    let mut old = File::open(path)?;
    for segment in splice::replace(path, package, &text)? {
        match segment {
            Segment::Bytes(bytes) => new.write_all(&bytes)?,
            Segment::File(range) => {
                old.seek(SeekFrom::Start(range.start))?;
                let wanted = range.end - range.start;
                if io::copy(&mut (&mut old).take(wanted), new)? != wanted {
                    return Err(io::Error::other(
                        "the file became shorter while it was read",
                    ));
                }
            }
        }
    }
    Ok(())
}

fn prove(path: &Path, text: &str) -> io::Result<()> {
    let read = open(path, &Limits::default())
        .map_err(|r| io::Error::other(format!("what was written cannot be read: {}", r.refusal)))?;
    match read.document() {
        Some(document) if document.source().text() == text => Ok(()),
        _ => Err(io::Error::other("what was written is not what was meant")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_document_keeps_its_mark_and_its_permissions() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.twb");
        std::fs::write(&path, "\u{feff}<workbook a='1'/>\r\n").unwrap();
        let content = open(&path, &Limits::default()).unwrap();
        replace(&content, "<workbook a='2'/>\r\n").unwrap();
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            "\u{feff}<workbook a='2'/>\r\n"
        );
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_package_keeps_its_other_members() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.twbx");
        let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
        let options = zip::write::SimpleFileOptions::default();
        for (name, text) in [
            ("Data/a.csv", "a,b"),
            ("x.twb", "<workbook a='1'/>"),
            ("Image/b.png", "png"),
        ] {
            zip.start_file(name, options).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap();
        let content = open(&path, &Limits::default()).unwrap();
        replace(&content, "<workbook a='two'/>").unwrap();
        let mut zip = zip::ZipArchive::new(File::open(&path).unwrap()).unwrap();
        let mut read = |name: &str| {
            let mut text = String::new();
            zip.by_name(name)
                .unwrap()
                .read_to_string(&mut text)
                .unwrap();
            text
        };
        assert_eq!(
            (read("Data/a.csv"), read("x.twb"), read("Image/b.png")),
            (
                "a,b".to_owned(),
                "<workbook a='two'/>".to_owned(),
                "png".to_owned()
            )
        );
    }

    #[test]
    fn what_cannot_be_read_again_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.twb");
        std::fs::write(&path, "<workbook/>").unwrap();
        let content = open(&path, &Limits::default()).unwrap();
        assert!(replace(&content, "<workbook>").is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "<workbook/>");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
