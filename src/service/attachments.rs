//! Attachments of filings in the data folder, behind the pages' port.

use qunlian_lake::{Layout, attachments};
use qunlian_web::{AttachmentError, Attachments};

/// The folder of a data folder.
pub struct AttachmentFolder(pub Layout);

impl Attachments for AttachmentFolder {
    fn keep(&self, bytes: &[u8]) -> Result<String, AttachmentError> {
        attachments::keep(&self.0, bytes).map_err(|error| AttachmentError(error.to_string()))
    }

    fn open(&self, blake3: &str) -> Result<Vec<u8>, AttachmentError> {
        attachments::open(&self.0, blake3).map_err(|error| AttachmentError(error.to_string()))
    }
}
