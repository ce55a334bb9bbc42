//! Packages written byte by byte, so that any of it can be a lie.

use std::io::Write;

use flate2::write::DeflateEncoder;

pub(super) const WORKBOOK: &str = "<workbook version='18.1'><datasources /></workbook>";

/// One member. What is `Some` is written instead of the truth.
#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    pub(super) name: Vec<u8>,
    /// Inflated.
    pub(super) data: Vec<u8>,
    pub(super) deflated: bool,
    pub(super) flags: u16,
    /// Extra fields of both headers.
    pub(super) extra: Vec<u8>,
    /// Sizes and checksum stand behind the data and in the directory only.
    pub(super) descriptor: bool,
    pub(super) comment: Vec<u8>,
    pub(super) size: Option<u32>,
    pub(super) packed: Option<u32>,
    pub(super) crc: Option<u32>,
    pub(super) header: Option<u32>,
    /// In the directory only.
    pub(super) central_extra: Vec<u8>,
}

pub(super) fn part(name: &str, data: impl AsRef<[u8]>) -> Part {
    Part {
        name: name.as_bytes().to_vec(),
        data: data.as_ref().to_vec(),
        ..Part::default()
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Zip {
    pub(super) parts: Vec<Part>,
    pub(super) comment: Vec<u8>,
    /// What the end record says.
    pub(super) count: Option<u16>,
    pub(super) directory: Option<(u32, u32)>,
    /// (count, size, start) of a zip64 end record.
    pub(super) zip64: Option<(u64, u64, u64)>,
}

pub(super) fn zip(parts: Vec<Part>) -> Zip {
    Zip {
        parts,
        ..Zip::default()
    }
}

/// A package with these bytes as its workbook.
pub(super) fn workbook(text: impl AsRef<[u8]>) -> Zip {
    zip(vec![Part {
        deflated: true,
        ..part("a.twb", text)
    }])
}

pub(super) fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

pub(super) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

impl Zip {
    pub(super) fn bytes(&self) -> Vec<u8> {
        let (mut out, mut central) = (Vec::new(), Vec::new());
        for part in &self.parts {
            let header = part.header.unwrap_or(out.len() as u32);
            part.write(&mut out, &mut central, header);
        }
        let (size, start) = self
            .directory
            .unwrap_or((central.len() as u32, out.len() as u32));
        out.extend_from_slice(&central);
        if let Some((count, size, start)) = self.zip64 {
            let record = out.len() as u64;
            out.extend(0x0606_4b50_u32.to_le_bytes());
            out.extend(44_u64.to_le_bytes());
            out.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            for value in [count, count, size, start] {
                out.extend(value.to_le_bytes());
            }
            out.extend(0x0706_4b50_u32.to_le_bytes());
            out.extend(0_u32.to_le_bytes());
            out.extend(record.to_le_bytes());
            out.extend(1_u32.to_le_bytes());
        }
        let count = self.count.unwrap_or(self.parts.len() as u16);
        out.extend(0x0605_4b50_u32.to_le_bytes());
        out.extend([0; 4]);
        out.extend(count.to_le_bytes());
        out.extend(count.to_le_bytes());
        out.extend(size.to_le_bytes());
        out.extend(start.to_le_bytes());
        out.extend((self.comment.len() as u16).to_le_bytes());
        out.extend_from_slice(&self.comment);
        out
    }
}

impl Part {
    fn write(&self, out: &mut Vec<u8>, central: &mut Vec<u8>, header: u32) {
        let packed = if self.deflated {
            deflate(&self.data)
        } else {
            self.data.clone()
        };
        let crc = self.crc.unwrap_or_else(|| crc32(&self.data));
        let sizes = [
            crc,
            self.packed.unwrap_or(packed.len() as u32),
            self.size.unwrap_or(self.data.len() as u32),
        ];
        let flags = self.flags | if self.descriptor { 8 } else { 0 };
        let mut common = Vec::new();
        common.extend([20, 0]);
        common.extend(flags.to_le_bytes());
        common.extend([if self.deflated { 8 } else { 0 }, 0]);
        common.extend([0x11, 0x22, 0x33, 0x44]);
        let name = (self.name.len() as u16).to_le_bytes();

        out.extend(0x0403_4b50_u32.to_le_bytes());
        out.extend_from_slice(&common);
        for value in sizes {
            out.extend(if self.descriptor { 0 } else { value }.to_le_bytes());
        }
        out.extend(name);
        out.extend((self.extra.len() as u16).to_le_bytes());
        out.extend_from_slice(&self.name);
        out.extend_from_slice(&self.extra);
        out.extend_from_slice(&packed);
        if self.descriptor {
            out.extend(0x0807_4b50_u32.to_le_bytes());
            out.extend(sizes.iter().flat_map(|s| s.to_le_bytes()));
        }

        let extra = [self.extra.as_slice(), &self.central_extra].concat();
        central.extend(0x0201_4b50_u32.to_le_bytes());
        central.extend([20, 3]);
        central.extend_from_slice(&common);
        central.extend(sizes.iter().flat_map(|s| s.to_le_bytes()));
        central.extend(name);
        central.extend((extra.len() as u16).to_le_bytes());
        central.extend((self.comment.len() as u16).to_le_bytes());
        central.extend([0; 8]);
        central.extend(header.to_le_bytes());
        central.extend_from_slice(&self.name);
        central.extend_from_slice(&extra);
        central.extend_from_slice(&self.comment);
    }
}
