//! Where attachments' bytes lie (附件存储): a port, so that the pages know no folder.

/// Keeps bytes by their hash.
pub trait Attachments: Send + Sync {
    /// Keeps bytes and gives their BLAKE3 in 64 hex digits; when this returns they are safe on disk.
    fn keep(&self, bytes: &[u8]) -> Result<String, AttachmentError>;

    /// The bytes of a hash, checked against it.
    fn open(&self, blake3: &str) -> Result<Vec<u8>, AttachmentError>;
}

/// An attachment that could not be kept or read; the text is logged, not shown.
#[derive(Debug, thiserror::Error)]
#[error("attachments: {0}")]
pub struct AttachmentError(pub String);
