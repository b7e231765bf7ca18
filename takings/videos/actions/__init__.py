"""Everything that changes videos: uploading, receiving, preparing, editing."""

from takings.videos.actions.channels import channel_of
from takings.videos.actions.disclosing import (
    DisclosureNeedsPartner,
    DisclosureStays,
    disclose,
    disclose_nothing,
    force_commission,
    force_disclosure,
    release_commission,
    release_disclosure,
)
from takings.videos.actions.editing import (
    change_details,
    keep_for_members,
    open_to_all,
    remove,
    remove_captions,
    set_captions,
)
from takings.videos.actions.preparing import (
    begin_preparing,
    give_up,
    mark_ready,
    mark_refused,
    note_progress,
    prepare_again,
)
from takings.videos.actions.receiving import BusyUpload, NoRoom, Receiver, receive_bytes
from takings.videos.actions.steps import NoSuchTrack
from takings.videos.actions.uploading import (
    IdTaken,
    NoBrandYet,
    NotAllHere,
    Source,
    TooManyUploads,
    cancel_upload,
    expires_at,
    finish_upload,
    start_upload,
    sweep_uploads,
)
from takings.videos.rules.details import Details

__all__ = [
    "BusyUpload",
    "Details",
    "DisclosureNeedsPartner",
    "DisclosureStays",
    "IdTaken",
    "NoBrandYet",
    "NoRoom",
    "NoSuchTrack",
    "NotAllHere",
    "Receiver",
    "Source",
    "TooManyUploads",
    "begin_preparing",
    "cancel_upload",
    "change_details",
    "channel_of",
    "disclose",
    "disclose_nothing",
    "expires_at",
    "finish_upload",
    "force_commission",
    "force_disclosure",
    "give_up",
    "keep_for_members",
    "mark_ready",
    "mark_refused",
    "note_progress",
    "open_to_all",
    "prepare_again",
    "receive_bytes",
    "release_commission",
    "release_disclosure",
    "remove",
    "remove_captions",
    "set_captions",
    "start_upload",
    "sweep_uploads",
]
