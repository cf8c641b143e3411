"""The database itself refuses what must never be: a row for every CHECK, key, foreign key, NOT NULL and trigger."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Delete,
    Insert,
    Table,
    UniqueConstraint,
    Update,
    delete,
    insert,
    null,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

import store  # noqa: F401  (registers every table)

TABLES = {table.name: table for table in SQLModel.metadata.sorted_tables}
D = date(2027, 2, 28)
EARLIER = date(2027, 2, 27)
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
BEFORE = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
NO_SUCH = 999_999
NOT_NULL, FOREIGN_KEY, UNIQUE, CHECK = "23502", "23503", "23505", "23514"  # PostgreSQL's codes
NOBODY_S = {"kind": "visits_late", "lift_id": None, "maintainer_party_id": None}
SHUT_IN = {"kind": "entrapment", "ended_at": NOW}
SEEN = SHUT_IN | {"arrived_at": NOW}
SILENCE = "signed_by_default"
SILENT = {"state": SILENCE, "decided_by": None}
SECOND = {"id": 2, "entry_id": 2, "seq": 2, "key": "tap-7", "external_id": "R-2"}
HERE = {"platform": "city", "source_id": None, "external_id": None, "consent_id": 1}
NO_FAULT = {"dangerous": False}
ABORTED = {"state": "aborted", "reason": "danger", "ended_on": D}
NO_VALIDITY = {"id": 2, "key": "2", "valid_until": None, "cycle": None, "valid_precision": None}

# (table, constraint, what is changed in the legal row, why that must never be)
REFUSED_BY_CHECK: list[tuple[str, str, dict[str, Any], str]] = [
    ("import_run", "ck_import_run_rows_add_up", {"rows": 5}, "a row of a register was lost in silence"),
    ("import_change", "ck_import_change_kind_known", {"kind": "odd"}, "a change that no undoing takes back"),
    ("plan_forecast", "ck_plan_forecast_no_negative_belief", {"believed": -1}, "fewer than no validities believed"),
    ("plan_hold", "ck_plan_hold_reason_not_blank", {"reason": " "}, "a plan that is held and nobody knows why"),
    ("plan_hold", "ck_plan_hold_ended_with_outcome", {"ended_at": NOW}, "a hold that ended nobody knows how"),
    ("plan_hold", "ck_plan_hold_ended_with_outcome", {"outcome": "released"}, "a hold that is over and holds on"),
    ("party", "ck_party_name_not_blank", {"name": ""}, "a party that nobody can name"),
    ("party", "ck_party_name_not_blank", {"name": "  "}, "a party whose name nobody can see"),
    ("push", "ck_push_kind_known", {"kind": "odd"}, "a push of which nobody knows what it says"),
    ("push", "ck_push_state_known", {"state": "odd", "sent_at": None, "sent_key": None}, "a push in no state"),
    ("push", "ck_push_sent_with_moment", {"sent_at": None}, "a push that was sent at no moment"),
    ("push", "ck_push_sent_by_a_tap", {"sent_key": None}, "a push that nobody sent"),
    ("push", "ck_push_order_with_number", {"number": " "}, "an order that nobody finds again"),
    ("push_lift", "ck_push_lift_told_or_left_out", {"left_out": "no_unit"}, "a lift both told of and left out"),
    ("unsubscribed", "ck_unsubscribed_subject_known", {"subject": "list"}, "the list of a clause that is not wanted"),
    ("street_office", "ck_street_office_ends_after_start", {"to_on": EARLIER}, "a street office that ended before"),
    ("lift_case", "ck_lift_case_state_known", {"state": "odd", "street_id": None}, "a case nowhere"),
    ("lift_case", "ck_lift_case_matter_known", {"matter": "odd"}, "a case about nobody knows what"),
    ("lift_case", "ck_lift_case_closed_with_day", {"closed_on": D}, "a case that is closed and goes on"),
    ("lift_case", "ck_lift_case_somebody_holds_it", {"street_id": None}, "a case that was handed to nobody"),
    ("case_step", "ck_case_step_deed_known", {"deed": "odd"}, "a step of which nobody knows what was done"),
    ("case_step", "ck_case_step_state_known", {"state": "odd"}, "a step that leads nowhere"),
    ("first_way", "ck_first_way_first_known", {"first": "call"}, "a way in which nothing is written"),
    ("first_way", "ck_first_way_of_a_person_or_a_kind", {"duty": "self_test"}, "a wish of nobody knows whom"),
    ("contact", "ck_contact_role_known", {"role": "boss"}, "a role that no rung addresses"),
    ("contact", "ck_contact_phone_is_e164", {"phone": "14000000001"}, "a number without its country"),
    ("contact", "ck_contact_ends_after_start", {"to_on": EARLIER}, "a person who left before coming"),
    ("jurisdiction", "ck_jurisdiction_role_known", {"role": "use_unit"}, "a use unit that answers for a district"),
    ("jurisdiction", "ck_jurisdiction_ends_after_start", {"to_on": EARLIER}, "ends before it began"),
    ("lift", "ck_lift_precision_known", {"valid_precision": "year"}, "a validity of a precision without meaning"),
    ("lift", "ck_lift_validity_whole", {"cycle": None}, "a validity whose duty has no identity"),
    ("lift", "ck_lift_validity_whole", {"valid_until": None, "valid_precision": None}, "a cycle without a validity"),
    ("lift", "ck_lift_precision_with_validity", {"valid_precision": None}, "a date of unknown exactness"),
    ("lift", "ck_lift_precision_with_validity", {**NO_VALIDITY, "valid_precision": "day"}, "the exactness of no date"),
    ("lift", "ck_lift_status_known", {"status": "sold"}, "a status of which nobody knows whether duties follow"),
    ("lift", "ck_lift_key_not_blank", {"key": ""}, "a lift that cannot be found again at the next import"),
    ("lift", "ck_lift_key_not_blank", {"key": " "}, "a lift whose identifier nobody can see"),
    ("lift_name", "ck_lift_name_kind_known", {"kind": "nickname"}, "a kind of name that no search knows"),
    ("lift_name", "ck_lift_name_value_not_blank", {"value": ""}, "a name that finds every lift"),
    ("lift_name", "ck_lift_name_value_not_blank", {"value": " "}, "a name that nobody can type"),
    ("responsibility", "ck_responsibility_role_known", {"role": "regulator"}, "nobody answers for a lift so"),
    ("responsibility", "ck_responsibility_ends_after_start", {"to_on": EARLIER}, "ends before it began"),
    ("event", "ck_event_kind_known", {"kind": "forgotten"}, "a fact that no rule reads"),
    ("event", "ck_event_has_subject", {"lift_id": None, "party_id": None}, "a fact about nothing"),
    ("duty", "ck_duty_one_subject", {"party_id": 1}, "a duty about a lift and a party at once"),
    ("duty", "ck_duty_one_subject", {"lift_id": None}, "a duty about nothing"),
    ("duty", "ck_duty_next_whole", {"next_step": None}, "a day on which nobody knows what to tell"),
    ("duty", "ck_duty_next_whole", {"next_on": None}, "a rung that is never found"),
    ("duty", "ck_duty_closed_is_quiet", {"closed_on": D}, "a closed duty that still reminds"),
    ("duty", "ck_duty_withdrawn_is_quiet", {"withdrawn_at": NOW}, "a withdrawn duty that still reminds"),
    ("duty", "ck_duty_no_due_no_rung", {"due": None}, "a reminder of no date"),
    ("duty", "ck_duty_window_whole", {"window_start": D}, "a window without an end"),
    ("duty", "ck_duty_window_forward", {"window_start": D, "window_end": EARLIER}, "closes before it opens"),
    ("duty", "ck_duty_pause_whole", {"booked_on": D}, "a booking that pauses for ever"),
    ("duty", "ck_duty_pause_whole", {"resume_on": D}, "a pause that nobody booked"),
    ("duty", "ck_duty_resumes_after_visit", {"booked_on": D, "resume_on": D}, "a reminder on the day of the visit"),
    ("duty", "ck_duty_no_negative_rung", {"told_seq": -1}, "fewer than no rungs told"),
    ("step_date", "ck_step_date_opens_forward", {"opens_on": date(2027, 3, 1)}, "opens after its latest date"),
    ("step_date", "ck_step_date_practical_in_time", {"practical_on": date(2027, 3, 1)}, "a working day too late"),
    ("step_date", "ck_step_date_tells_forward", {"tell_by": EARLIER}, "a rung to be told before it may be told"),
    ("told", "ck_told_state_known", {"state": "perhaps"}, "a ledger entry that says neither told nor not told"),
    ("told", "ck_told_notice_unless_not_told", {"notice_id": None}, "told without a notice that told it"),
    ("told", "ck_told_notice_unless_not_told", {"state": "superseded"}, "superseded, yet on a notice"),
    ("notice", "ck_notice_status_known", {"status": "maybe"}, "a notice in a state that nobody handles"),
    ("notice", "ck_notice_lease_while_sending", {"status": "sending"}, "claimed by a worker for ever"),
    ("notice", "ck_notice_lease_while_sending", {"lease_until": NOW}, "leased to nobody who sends it"),
    ("notice", "ck_notice_no_negative_tries", {"tries": -1}, "fewer than no attempts"),
    ("notice", "ck_notice_planned_by_step", {"step": ""}, "a notice that cannot say which rung it is"),
    ("notice", "ck_notice_planned_by_step", {"template": ""}, "a notice without words"),
    ("notice", "ck_notice_planned_before_sent", {"send_on": EARLIER}, "sent before anybody planned it"),
    ("delivery", "ck_delivery_status_known", {"status": "planned", "settled_at": NOW}, "an attempt in a plan's state"),
    ("delivery", "ck_delivery_settled_unless_sending", {"status": "sent"}, "settled, but nobody knows when"),
    ("delivery", "ck_delivery_settled_unless_sending", {"settled_at": NOW}, "settled while it is being sent"),
    ("delivery", "ck_delivery_no_negative_segments", {"segments": -1}, "a message that gives money back"),
    ("chat_message", "ck_chat_message_direction_known", {"direction": "up"}, "a line that neither side said"),
    ("web_account", "ck_web_account_phone_is_e164", {"phone": "14000000001"}, "an account that no code can be sent to"),
    ("web_session", "ck_web_session_expires_later", {"expires_at": NOW}, "a session that was never open"),
    ("one_time_code", "ck_one_time_code_expires_later", {"expires_at": NOW}, "a code that was never good"),
    ("one_time_code", "ck_one_time_code_tries_counted", {"tries": 6}, "more tries than a code has"),
    (
        "one_time_code",
        "ck_one_time_code_tries_elsewhere_counted",
        {"tries_elsewhere": 6},
        "more tries of others than a code has",
    ),
    ("one_time_code", "ck_one_time_code_used_if_sent", {"is_sent": False, "used_at": NOW}, "used by who never had it"),
    ("contact_scope", "ck_contact_scope_names_a_place", {"compound": "", "building": " "}, "a place that is nowhere"),
    ("invitation", "ck_invitation_role_known", {"role": "boss"}, "a place at a party that nobody can have"),
    ("invitation", "ck_invitation_phone_is_e164", {"phone": "14000000001"}, "a number without its country"),
    ("invitation", "ck_invitation_expires_later", {"expires_at": NOW}, "an invitation that was never good"),
    ("invitation", "ck_invitation_accepted_as_somebody", {"accepted_at": NOW}, "taken up by nobody"),
    (
        "invitation",
        "ck_invitation_accepted_or_revoked",
        {"accepted_at": NOW, "contact_id": 1, "revoked_at": NOW},
        "taken up and taken back",
    ),
    ("paper_link", "ck_paper_link_phone_is_e164", {"phone": "14000000001"}, "a number without its country"),
    ("paper_link", "ck_paper_link_expires_later", {"expires_at": NOW}, "a link that was never good"),
    ("paper_link", "ck_paper_link_used_or_revoked", {"used_at": NOW, "revoked_at": NOW}, "used and taken back"),
    ("lost_phone", "ck_lost_phone_phone_is_e164", {"phone": "14000000001"}, "a number without its country"),
    ("lost_phone", "ck_lost_phone_ends_later", {"until_at": BEFORE}, "found again before it was lost"),
    ("chat", "ck_chat_phone_is_e164", {"phone": "14000000001"}, "a number without its country"),
    ("stored_file", "ck_stored_file_not_empty", {"size": 0}, "a photo of nothing"),
    ("alert", "ck_alert_kind_known", {"kind": "noise", "lift_id": None}, "an alert that no rung tells"),
    ("alert", "ck_alert_state_known", {"state": "lost"}, "an alert of which nobody knows how far it is"),
    ("alert", "ck_alert_lift_where_reported", {"lift_id": None}, "a fault of no lift"),
    ("alert", "ck_alert_lift_where_reported", {"kind": "visits_late"}, "the late visits of one lift"),
    ("alert", "ck_alert_found_at_a_maintainer", NOBODY_S, "late visits of nobody"),
    ("alert", "ck_alert_ended_with_time", {"state": "done"}, "a fault repaired nobody knows when"),
    ("alert", "ck_alert_ended_with_time", {"ended_at": NOW}, "a fault that is over and goes on"),
    ("alert", "ck_alert_ended_as_its_kind", {"state": "freed", "ended_at": NOW}, "people freed from a fault"),
    ("alert", "ck_alert_ended_as_its_kind", SHUT_IN | {"state": "done"}, "an entrapment done with nobody freed"),
    ("alert", "ck_alert_ended_as_its_kind", SEEN | {"state": "withdrawn"}, "somebody was there, and it is taken back"),
    ("alert", "ck_alert_step_with_time", {"state": "acknowledged"}, "acknowledged nobody knows when"),
    ("alert", "ck_alert_step_with_time", {"state": "on_the_way"}, "on the way nobody knows since when"),
    ("alert", "ck_alert_step_with_time", {"state": "arrived"}, "arrived nobody knows when"),
    ("emergency_phone", "ck_emergency_phone_phone_is_e164", {"phone": "14000000009"}, "a number without its country"),
    ("signing_consent", "ck_signing_consent_text_not_blank", {"text": " "}, "consent to nothing"),
    ("signing_consent", "ck_signing_consent_withdrawn_whole", {"withdrawn_at": NOW}, "withdrawn by nobody"),
    ("signing_consent", "ck_signing_consent_withdrawn_whole", {"withdrawn_by": 1}, "withdrawn nobody knows when"),
    ("signing_consent", "ck_signing_consent_withdrawn_later", {"withdrawn_by": 1, "withdrawn_at": BEFORE}, "too early"),
    ("api_key", "ck_api_key_digest_whole", {"digest": "0"}, "a key that half a secret opens"),
    ("api_key", "ck_api_key_platform_is_another", {"platform_id": 1}, "a platform of somebody else that is one's own"),
    ("api_key", "ck_api_key_expires_later", {"expires_at": NOW}, "a key that was never good"),
    ("api_key_deed", "ck_api_key_deed_deed_known", {"deed": "odd"}, "a key to which nobody knows what was done"),
    ("api_key_deed", "ck_api_key_deed_by_somebody", {"done_by": " "}, "a key that nobody made"),
    ("api_count", "ck_api_count_happened", {"times": 0}, "what never happened"),
    ("webhook_endpoint", "ck_webhook_endpoint_url_not_blank", {"url": " "}, "a platform that is told nowhere"),
    ("webhook_endpoint", "ck_webhook_endpoint_stopped_while_failing", {"stopped_at": NOW}, "stopped for nothing"),
    ("webhook_message", "ck_webhook_message_state_known", {"state": "odd", "next_at": None}, "a message nowhere"),
    ("webhook_message", "ck_webhook_message_waits_for_a_time", {"next_at": None}, "a message that waits for ever"),
    ("webhook_message", "ck_webhook_message_waits_for_a_time", {"state": "delivered"}, "a message sent twice"),
    ("webhook_message", "ck_webhook_message_no_negative_tries", {"tries": -1}, "tried less than never"),
    ("conformance_run", "ck_conformance_run_target_not_blank", {"target": " "}, "a test of nobody"),
    ("conformance_run", "ck_conformance_run_no_negative_figures", {"passed": 0}, "a test in which nothing was tried"),
    ("handover", "ck_handover_state_known", {"state": "lost", "closed_at": NOW}, "a handover that nobody settles"),
    ("handover", "ck_handover_closed_with_time", {"state": "confirmed"}, "confirmed nobody knows when"),
    ("handover", "ck_handover_closed_with_time", {"closed_at": NOW}, "closed, and still put to somebody"),
    ("slot", "ck_slot_half_known", {"half": "night"}, "half a day at which nobody inspects"),
    ("slot", "ck_slot_no_negative_places", {"places": -1}, "a half day with fewer places than none"),
    ("slot", "ck_slot_no_negative_taken", {"taken": -1}, "a place that was given back twice"),
    ("slot", "ck_slot_no_negative_held", {"held": -1}, "a held place that was given back twice"),
    ("round_place", "ck_round_place_holds_something", {"held": 0}, "a hold on nothing"),
    ("year_plan", "ck_year_plan_holds_what_is_published", {"holds_until": D}, "places held of a plan that nobody sees"),
    ("visit", "ck_visit_half_known", {"half": "night"}, "a visit at an hour that no list has"),
    ("visit", "ck_visit_no_negative_sequence", {"sequence": -1}, "a calendar entry before the first one"),
    ("plan_round", "ck_plan_round_state_known", {"state": "maybe", "answered_at": NOW}, "a round answered somehow"),
    ("plan_round", "ck_plan_round_half_known", {"half": "night"}, "a round in no half of the day"),
    ("plan_round", "ck_plan_round_answered_whole", {"state": "agreed"}, "an answer that was given at no moment"),
    ("plan_lift", "ck_plan_lift_why_known", {"round_id": None, "why": "bad"}, "a reason that nobody can read"),
    ("plan_lift", "ck_plan_lift_on_a_round_or_not", {"why": "no_capacity"}, "a lift both planned and not"),
    ("campaign_row", "ck_campaign_row_result_known", {"result": "lost"}, "a listed lift of which nobody knows more"),
    ("campaign_row", "ck_campaign_row_found_is_a_lift", {"lift_id": None}, "a lift found nowhere"),
    ("campaign_row", "ck_campaign_row_counts_once", {"result": "twice"}, "one lift that counts twice"),
    ("report", "ck_report_conclusion_known", {"conclusion": "rectify"}, "a conclusion that no report has"),
    ("report", "ck_report_number_not_blank", {"number": " "}, "a report without a number"),
    ("report", "ck_report_not_before_its_end", {"issued_on": EARLIER}, "issued before the inspection had ended"),
    ("report", "ck_report_pass_is_valid", {"valid_until": None}, "a pass until nobody knows when"),
    ("report", "ck_report_pass_has_mark", {"mark": ""}, "a pass without a mark"),
    ("report", "ck_report_outlasts_its_issue", {"valid_until": D, "corrects": None}, "a validity that is over at once"),
    ("report_answer", "ck_report_answer_answer_known", {"answer": "x"}, "an answer to nothing that was asked"),
    ("report_answer", "ck_report_answer_posted_is_shown", {"photo_id": None}, "a mark that nobody has seen"),
    ("record_entry", "ck_record_entry_kind_known", {"kind": "rumour"}, "an entry that says nothing"),
    ("record_entry", "ck_record_entry_seq_from_one", {"seq": 0}, "an entry before the first"),
    ("record_entry", "ck_record_entry_hash_whole", {"hash": b"1"}, "half a hash"),
    ("record_entry", "ck_record_entry_body_short", {"body": bytes(65_537)}, "an entry without end"),
    ("record_personal", "ck_record_personal_erased_whole", {"value": None, "erased_at": NOW}, "a salt for nothing"),
    ("record_personal", "ck_record_personal_erased_with_time", {"salt": None, "value": None}, "erased at no moment"),
    ("record_photo", "ck_record_photo_numbered_from_one", {"number": 0}, "a photo before the first"),
    ("record_root", "ck_record_root_counts", {"lifts": 2}, "more lifts than entries"),
    ("record_root", "ck_record_root_root_whole", {"root": b"1"}, "half a root"),
    ("record_root", "ck_record_root_signed_whole", {"key": ""}, "signed with no key"),
    ("maintenance_record", "ck_maintenance_record_kind_known", {"kind": "week"}, "a kind that no rule has"),
    ("maintenance_record", "ck_maintenance_record_platform_known", {"platform": "paper"}, "a way that is none"),
    ("maintenance_record", "ck_maintenance_record_state_known", {"state": "lost"}, "a record that stands nowhere"),
    ("maintenance_record", "ck_maintenance_record_uploaded_after", {"completed_at": LATER}, "uploaded before done"),
    ("maintenance_record", "ck_maintenance_record_decided_unless_pending", {"decided_at": None}, "signed at no moment"),
    ("maintenance_record", "ck_maintenance_record_by_default_with_consent", SILENT, "silence without consent"),
    ("maintenance_record", "ck_maintenance_record_silence_counts_here_only", {"consent_id": 1}, "silence elsewhere"),
    ("maintenance_record", "ck_maintenance_record_silence_is_nobody", HERE | {"state": SILENCE}, "silence of somebody"),
    ("maintenance_record", "ck_maintenance_record_source_names_it", {"source_id": None}, "a name that nobody knows"),
    ("maintenance_record", "ck_maintenance_record_source_not_here", {"platform": "city"}, "from elsewhere and here"),
    ("maintenance_record", "ck_maintenance_record_dangerous_is_a_fault", {"faults": 0}, "dangerous without a fault"),
    ("maintenance_record", "ck_maintenance_record_no_negative_faults", NO_FAULT | {"faults": -1}, "fewer than none"),
    ("backup", "ck_backup_ends_after_start", {"finished_at": BEFORE}, "done before it was begun"),
    ("backup", "ck_backup_whole_or_error", {"sha256": ""}, "a backup that is none, and no reason"),
    ("backup", "ck_backup_tried_is_there", {"sha256": "", "error": "x"}, "restored, and never there"),
    ("backup", "ck_backup_no_negative_size", {"size": -1}, "less than nothing"),
    ("campaign_officer", "ck_campaign_officer_named_by_somebody", {"named_by": " "}, "an officer named by nobody"),
    ("campaign_officer", "ck_campaign_officer_ends_after_start", {"until_on": EARLIER}, "ended before it began"),
    ("matter", "ck_matter_kind_known", {"kind": "rumour"}, "a report that nobody follows"),
    ("matter", "ck_matter_state_known", {"state": "lost"}, "a report that stands nowhere"),
    ("matter", "ck_matter_reason_known", {"reason": "lazy"}, "a reason that no list knows"),
    ("matter", "ck_matter_reason_of_its_kind", {"reason": None}, "a special reason without one"),
    ("matter", "ck_matter_state_of_its_kind", {"state": "removed"}, "a reason that is verified like a hazard"),
    ("matter", "ck_matter_closed_with_day", {"closed_on": D}, "closed, and still followed"),
    ("matter_step", "ck_matter_step_deed_known", {"deed": "nothing"}, "a deed that nobody can read"),
    ("matter_step", "ck_matter_step_done_by_somebody", {"contact_id": None}, "reported by nobody"),
    ("summary_line", "ck_summary_line_figure_known", {"figure": "odd"}, "a lift under a figure that none adds up"),
    ("contractor", "ck_contractor_number_not_blank", {"number": " "}, "a filing that nobody finds again"),
    ("contractor", "ck_contractor_registered_once_filed", {"registered_on": EARLIER}, "registered before it was filed"),
    ("contractor", "ck_contractor_administrator_once_registered", {"registered_on": None}, "of nobody"),
    ("contractor", "ck_contractor_phone_is_e164", {"phone": "14000000001"}, "a contact whom nobody can call"),
    ("record_way", "ck_record_way_way_known", {"way": "paper"}, "a way that is none of the two"),
    ("record_way", "ck_record_way_platform_of_its_way", {"platform_id": None}, "a platform that nobody knows"),
    ("record_way", "ck_record_way_ends_after_start", {"to_on": EARLIER}, "a way that ended before it began"),
    ("worker_grade", "ck_worker_grade_level_known", {"level": "boss"}, "a level that nobody leads"),
    ("worker_grade", "ck_worker_grade_certificate_whole", {"valid_until": None}, "a certificate without an end"),
    ("worker_grade", "ck_worker_grade_led_by_another", {"leader_id": 1}, "somebody who leads themselves"),
    ("lift_claim", "ck_lift_claim_state_known", {"state": "odd", "decided_on": D}, "a claim nowhere"),
    ("lift_claim", "ck_lift_claim_decided_with_day", {"decided_on": D}, "a claim that is decided and stands open"),
    ("lift_claim", "ck_lift_claim_matched_by_the_register", {"registered_id": None}, "a match with nothing"),
    ("platform", "ck_platform_way_known", {"way": "city"}, "the city's own platform among the others"),
    ("platform", "ck_platform_state_known", {"state": "odd"}, "a platform neither listed nor not"),
    ("platform", "ck_platform_listed_with_day", {"listed_on": None}, "listed on no day"),
    ("platform", "ck_platform_removed_with_day_and_why", {"reason": "…", "removed_on": D}, "why, of what stays"),
    ("platform", "ck_platform_removed_until", {"until_on": D}, "a last day of what goes on"),
    ("platform_step", "ck_platform_step_deed_known", {"deed": "odd", "passed": None}, "a step nobody knows"),
    ("platform_step", "ck_platform_step_result_where_looked", {"passed": None}, "a test without a result"),
    ("paper_waiver", "ck_paper_waiver_from_the_later_day", {"from_on": EARLIER}, "no paper before the upload worked"),
    ("paper_waiver", "ck_paper_waiver_revoked_with_reason", {"revoked_on": D}, "revoked for no reason"),
    ("record_grant", "ck_record_grant_unit_agreed_whole", {"unit_at": None}, "agreed at no moment"),
    ("record_grant", "ck_record_grant_maintainer_agreed_whole", {"maintainer_at": None}, "agreed at no moment"),
    ("record_grant", "ck_record_grant_withdrawn_whole", {"withdrawn_at": None}, "withdrawn at no moment"),
    ("record_grant", "ck_record_grant_purpose_not_blank", {"purpose": " "}, "read for nothing"),
    ("record_grant", "ck_record_grant_ends_later", {"until_on": EARLIER}, "a right that was over before it was given"),
    ("record_read", "ck_record_read_what_known", {"what": "all"}, "read nobody knows what"),
    ("record_read", "ck_record_read_why_not_blank", {"why": " "}, "read nobody knows why"),
    ("opinion", "ck_opinion_kind_known", {"kind": "praise"}, "an opinion that asks for nothing"),
    ("opinion", "ck_opinion_state_known", {"state": "odd"}, "an opinion nowhere"),
    ("opinion", "ck_opinion_says_something", {"text": " "}, "an opinion that says nothing"),
    ("opinion", "ck_opinion_closed_with_day", {"closed_on": D}, "an opinion that is closed and goes on"),
    ("opinion", "ck_opinion_time_to_answer", {"due_on": EARLIER}, "to be done before it was said"),
    ("opinion_step", "ck_opinion_step_deed_known", {"deed": "odd"}, "a step of which nobody knows what was done"),
    ("summary_line", "ck_summary_line_went_known", {"until_on": date(2027, 3, 1), "went": "lost"}, "gone somehow"),
    ("summary_line", "ck_summary_line_ends_after_start", {"until_on": D, "went": "done"}, "new and cleared at once"),
    ("summary_line", "ck_summary_line_went_when_over", {"went": "done"}, "gone, and still counted"),
    ("summary_line", "ck_summary_line_late_when_over", {"went_late": True}, "a correction of what still stands"),
    ("visit_lift", "ck_visit_lift_gone_known", {"gone": "lost"}, "a lift that left a visit nobody knows why"),
    ("attendance", "ck_attendance_way_known", {"way": "dream"}, "a word given nobody knows how"),
    ("attendance", "ck_attendance_no_negative_sequence", {"sequence": -1}, "who comes to a visit before it was made"),
    ("attendance", "ck_attendance_name_not_blank", {"name": " "}, "nobody who comes"),
    ("attendance", "ck_attendance_phone_is_e164", {"phone": "14000000001"}, "somebody whom nobody can call"),
    ("lift_upkeep", "ck_lift_upkeep_class_known", {"lift_class": "E"}, "an appendix that there is not"),
    ("lift_upkeep", "ck_lift_upkeep_place_whole", {"longitude": None}, "a lift on a line"),
    ("lift_upkeep", "ck_lift_upkeep_place_with_time", {"located_at": None}, "a place known since never"),
    ("lift_upkeep", "ck_lift_upkeep_on_earth", {"latitude": 113.3}, "a lift beyond the pole"),
    ("upkeep_visit", "ck_upkeep_visit_state_known", {"state": "odd", "ended_at": NOW}, "a record nowhere"),
    ("upkeep_visit", "ck_upkeep_visit_kind_known", {"kind": "month"}, "a kind of visit that there is not"),
    ("upkeep_visit", "ck_upkeep_visit_lift_class_known", {"lift_class": "E"}, "by an appendix that there is not"),
    ("upkeep_visit", "ck_upkeep_visit_ended_with_time", {"state": "uploaded"}, "uploaded at no time"),
    ("upkeep_visit", "ck_upkeep_visit_place_whole", {"longitude": None}, "a worker on a line"),
    ("upkeep_visit", "ck_upkeep_visit_place_with_time", {"located_at": None}, "somewhere at no time"),
    ("upkeep_visit", "ck_upkeep_visit_on_earth", {"longitude": 181.0}, "a worker off the map"),
    ("upkeep_visit", "ck_upkeep_visit_distance_from_a_place", {"distance": -1}, "nearer than there"),
    ("upkeep_visit", "ck_upkeep_visit_second_is_another", {"second_id": 1}, "a second worker who is the first"),
    ("upkeep_visit", "ck_upkeep_visit_second_has_confirmed", {"second_confirmed_at": NOW}, "confirmed by nobody"),
    ("delay_statement", "ck_delay_statement_reason_known", {"reason": "lazy"}, "late for no reason that counts"),
    ("delay_statement", "ck_delay_statement_other_in_words", {"reason": "other"}, "another reason, unsaid"),
    ("delay_statement", "ck_delay_statement_made_later", {"until_on": EARLIER}, "to be made before it was stated"),
    ("inspection", "ck_inspection_state_known", {"state": "odd"}, "an inspection nowhere"),
    ("inspection", "ck_inspection_reason_known", ABORTED | {"reason": "odd"}, "broken off nobody knows why"),
    ("inspection", "ck_inspection_by_unit_known", {"by_unit": "odd"}, "a record neither signed nor not"),
    ("inspection", "ck_inspection_by_maintainer_known", {"by_maintainer": "odd"}, "a record neither signed nor not"),
    ("inspection", "ck_inspection_notice_signed_or_not", {"notice_by_unit": "objected"}, "a notice objected to"),
    ("inspection", "ck_inspection_ended_with_day", {"state": "passed"}, "an inspection that ended on no day"),
    ("inspection", "ck_inspection_ends_after_start", ABORTED | {"ended_on": EARLIER}, "one that ends first"),
    ("inspection", "ck_inspection_aborted_with_reason", ABORTED | {"reason": None}, "broken off for no reason"),
    ("inspection", "ck_inspection_objection_is_somebodys", {"objected_on": D}, "an objection that nobody made"),
    ("inspection", "ck_inspection_counts_after_start", {"counts_on": EARLIER}, "a result of a day before its start"),
    ("inspection", "ck_inspection_items_with_deadline", {"state": "with_items"}, "items to rectify some day"),
    ("inspection_item", "ck_inspection_item_numbered_from_one", {"number": 0}, "an item that no notice has"),
    ("inspection_item", "ck_inspection_item_text_not_blank", {"text": " "}, "an item that says nothing"),
    ("inspection_step", "ck_inspection_step_deed_known", {"deed": "odd"}, "a step nobody knows"),
    ("inspection_step", "ck_inspection_step_state_known", {"state": "odd"}, "a step that leads nowhere"),
    ("task", "ck_task_kind_known", {"kind": "chore"}, "a task that no list shows"),
    ("task", "ck_task_status_known", {"status": "later", "closed_on": D}, "a task neither open nor done"),
    ("task", "ck_task_key_not_blank", {"key": ""}, "a task about nothing, which is there only once"),
    ("task", "ck_task_closed_with_date", {"status": "done"}, "done, but nobody knows when"),
    ("task", "ck_task_closed_with_date", {"closed_on": D}, "open and closed"),
    ("turn", "ck_turn_quiet_as_a_whole", {"quiet_until": NOW}, "a provider's rest that is one chat's"),
    ("heartbeat", "ck_heartbeat_kind_known", {"kind": "sleep"}, "a sign of life of which nobody knows what was done"),
    ("heartbeat", "ck_heartbeat_forward", {"last_at": BEFORE}, "done the last time before the first time"),
    ("heartbeat", "ck_heartbeat_no_negative_amount", {"amount": -1}, "fewer than no notices planned"),
    ("incident", "ck_incident_ends_after_start", {"ended_at": BEFORE}, "an incident that ended before it began"),
    ("incident", "ck_incident_end_told_once_ended", {"end_told_at": NOW}, "said to be over while it lasts"),
]  # fmt: skip

# (table, unique key, what is changed in a second copy of the legal row, why there must not be two)
REFUSED_BY_UNIQUE: list[tuple[str, str, dict[str, Any], str]] = [
    ("party", "uq_party_city_id_ref", {"id": 2}, "one unit twice after a second import"),
    ("contact", "uq_contact_current", {"id": 2}, "one person told twice"),
    ("contact", "uq_contact_current_no_phone", {"id": 3}, "one person without a number on the list twice"),
    ("chat", "uq_chat_channel_address_contact_id", {"id": 2}, "one person told twice in one chat"),
    ("web_account", "uq_web_account_phone", {"id": 2}, "one number with two inboxes"),
    ("web_session", "uq_web_session_digest", {"id": 2}, "one cookie that opens two sessions"),
    ("paper_link", "uq_paper_link_digest", {"id": 2}, "one link that is two people's"),
    ("invitation", "uq_invitation_open", {"id": 2}, "invited twice to one place"),
    ("contact_scope", "uq_contact_scope_contact_id_compound_building", {"id": 2}, "the same place twice"),
    ("push", "uq_push_key", {"id": 2, "number": "2号", "sent_key": "tap-9"}, "one tap that drafts two pushes"),
    ("push", "uq_push_sent_key", {"id": 2, "number": "2号", "key": "tap-9"}, "one tap that sends two pushes"),
    ("push", "uq_push_order", {"id": 2, "key": "tap-8", "sent_key": "tap-9"}, "one order sent twice"),
    ("acknowledgement", "uq_acknowledgement_key", {"notice_id": 2}, "one tap that acknowledges two lists"),
    ("street_office", "uq_street_office_current", {"id": 2}, "one street office of two districts"),
    ("case_lift", "uq_case_lift_open", {"id": 2}, "one lift in two open cases"),
    ("case_step", "uq_case_step_key", {"id": 2}, "one tap that acts twice on a case"),
    ("jurisdiction", "uq_jurisdiction_current", {"id": 2}, "two departments for one district"),
    ("lift", "uq_lift_city_id_key", {"id": 2}, "one lift twice in a register"),
    ("responsibility", "uq_responsibility_current", {"id": 2, "from_on": EARLIER}, "two units answer for a lift"),
    ("slot", "uq_slot_party_id_day_half", {"id": 2}, "one half day whose places are given away twice"),
    ("visit", "uq_visit_uid", {"id": 2}, "two visits with one entry in people's calendars"),
    ("visit_lift", "uq_visit_lift_present", {"id": 2}, "one lift on two visits"),
    ("attendance", "uq_attendance_visit_id_sequence_party_id", {"id": 2}, "two who come for one side"),
    ("upkeep_visit", "uq_upkeep_visit_under_way", {"id": 2, "key": "x"}, "one worker writing two records of one lift"),
    ("upkeep_visit", "uq_upkeep_visit_key", {"id": 2, "state": "dropped", "ended_at": NOW}, "a tap that begins two"),
    ("delay_statement", "uq_delay_statement_lift_id_key", {"id": 2}, "a tap that states two delays"),
    ("inspection", "uq_inspection_open", {"id": 2}, "one lift in two inspections"),
    ("inspection_step", "uq_inspection_step_key", {"id": 2}, "one tap that acts twice on an inspection"),
    ("year_plan", "uq_year_plan_current", {"id": 3}, "two plans of one year that units see"),
    ("year_plan", "uq_year_plan_draft", {"id": 2}, "two plans of one year to be published"),
    ("campaign_list", "uq_campaign_list_current", {"id": 2}, "two lists of one year at a time"),
    ("campaign_row", "uq_campaign_row_list_id_line", {"id": 2, "result": "twice", "lift_id": None}, "a row twice"),
    ("campaign_row", "uq_campaign_row_lift", {"id": 2, "line": 3}, "one lift that counts twice"),
    ("report", "uq_report_department_id_number", {"id": 2, "key": "6", "corrects": None}, "one number twice"),
    ("report", "uq_report_corrects", {"id": 2, "number": "2", "key": "2"}, "two in the place of one"),
    ("report", "uq_report_key", {"id": 2, "number": "2", "corrects": None}, "two reports of one tap"),
    ("campaign_officer", "uq_campaign_officer_current", {"id": 2}, "two officers who leave it to each other"),
    ("matter", "uq_matter_reason", {"id": 2}, "two reasons for one lift at a time"),
    ("matter_step", "uq_matter_step_key", {"id": 2}, "one tap that acts twice"),
    ("summary_day", "uq_summary_day_city_id_day", {"id": 2}, "one day closed twice"),
    ("summary_line", "uq_summary_line_open", {"id": 2}, "one lift that counts twice"),
    ("contractor", "uq_contractor_party_id", {"id": 2, "number": "备-2"}, "a contractor filed twice"),
    ("record_way", "uq_record_way_last", {"id": 2, "key": "x"}, "two ways chosen at a time"),
    ("record_way", "uq_record_way_key", {"id": 2, "to_on": D}, "one tap that chooses twice"),
    ("lift_claim", "uq_lift_claim_stands", {"id": 2, "key": "x"}, "one lift claimed twice by one contractor"),
    ("lift_claim", "uq_lift_claim_key", {"id": 2, "state": "refused", "decided_on": D}, "one tap that claims twice"),
    ("platform", "uq_platform_party_id", {"id": 2}, "a platform listed twice"),
    ("platform_step", "uq_platform_step_key", {"id": 2}, "one tap that acts twice"),
    ("paper_waiver", "uq_paper_waiver_now", {"id": 2}, "paper given up twice, and revoked once"),
    ("record_grant", "uq_record_grant_key", {"id": 2}, "one tap that asks twice"),
    ("opinion_step", "uq_opinion_step_key", {"id": 2}, "one tap that acts twice"),
    ("event", "uq_event_idempotency", {"id": 2}, "one button pressed twice acts twice"),
    ("duty", "uq_duty_lift", {"id": 2, "due": EARLIER}, "one duty of a lift twice in a cycle"),
    ("duty", "uq_duty_party", {"id": 3}, "one duty of a party twice in a cycle"),
    ("step_date", "uq_step_date_rule_due_step", {"seq": 2}, "one rung twice in a ladder"),
    ("delivery", "uq_delivery_in_flight", {"id": 2, "provider_id": None}, "one message sent by two workers at once"),
    ("delivery", "uq_delivery_provider_id", {"id": 2, "status": "sent", "settled_at": NOW}, "one receipt for two"),
    ("inbox", "uq_inbox_source_external_id", {"id": 2}, "one update handled twice"),
    ("first_way", "uq_first_way_city_id_duty_phone", {"id": 2, "first": "sms"}, "two ways that are both the first"),
    ("opt_out", "uq_opt_out_channel_address", {"id": 2}, "one number that stops twice and starts once"),
    ("incident", "uq_incident_open", {"id": 2}, "one incident of which the operator is told twice"),
    ("alert", "uq_alert_key", {"id": 2}, "a double tap that reports two faults"),
    ("alert", "uq_alert_of_maintainer", {"id": 3}, "one maintainer's late visits told of twice"),
    ("emergency_phone", "uq_emergency_phone_party_id", {"id": 2}, "one maintainer with two numbers"),
    ("signing_consent", "uq_signing_consent_key", {"id": 2, "withdrawn_by": 1, "withdrawn_at": NOW}, "a double tap"),
    ("signing_consent", "uq_signing_consent_in_force", {"id": 2, "key": "x"}, "one unit that agrees twice"),
    ("api_key", "uq_api_key_prefix", {"id": 2}, "two keys that one prefix finds"),
    ("webhook_endpoint", "uq_webhook_endpoint_current", {"id": 2}, "a platform that is told everything twice"),
    ("webhook_message", "uq_webhook_message_name", {"id": 2}, "two messages that pass for one"),
    ("conformance_run", "uq_conformance_run_source_id_target_at", {"id": 2}, "one test that counts twice"),
    ("handover", "uq_handover_key", {"id": 2}, "a double tap that proposes two handovers"),
    ("handover_claim", "uq_handover_claim_key", {"id": 2}, "a double tap that says it twice"),
    ("record_entry", "uq_record_entry_lift_id_seq", {"id": 2}, "two entries in one place of a chain"),
    ("maintenance_record", "uq_maintenance_record_entry_id", SECOND | {"entry_id": 1}, "one entry that is two records"),
    ("maintenance_record", "uq_maintenance_record_lift_id_seq", SECOND | {"seq": 1}, "two records in one place"),
    ("maintenance_record", "uq_maintenance_record_key", SECOND | {"key": "tap-6"}, "a record that is kept twice"),
    ("maintenance_record", "uq_maintenance_record_external", SECOND | {"external_id": "R-1"}, "uploaded, kept twice"),
    ("task", "uq_task_open", {"id": 2}, "one task on the list twice"),
    ("plan_hold", "uq_plan_hold_open", {"id": 2}, "one plan held twice, and released once"),
]  # fmt: skip
# what two rows have in common where neither is like the legal one
BOTH: dict[str, dict[str, Any]] = {
    "uq_duty_party": {"lift_id": None, "party_id": 1},
    "uq_alert_of_maintainer": {"lift_id": None, "kind": "visits_late", "key": None},
    "uq_year_plan_current": {"published_at": NOW},
    "uq_contact_current_no_phone": {"phone": None, "phone_stated": "see office"},
}
# cannot be broken by itself, because the id alone is unique: a foreign key needs it to point at
IMPLIED = {"uq_notice_id_party_id"}

# (table, what may never be done to a row, what the database says)
REFUSED_BY_TRIGGER: list[tuple[str, str, str]] = [
    ("record_entry", "update", "entries of records are never changed: add a note"),
    ("record_entry", "delete", "entries of records are never changed: add a note"),
    ("record_root", "update", "the root of a day is never changed"),
    ("record_root", "delete", "the root of a day is never changed"),
    ("record_read", "update", "who read personal data is never changed"),
    ("record_read", "delete", "who read personal data is never changed"),
    ("event", "update", "an event is never changed: add another one that says what is right"),
    ("event", "delete", "an event is never removed: add another one that says what is right"),
    ("notice_log", "update", "the history of a notice is never changed: add a line to it"),
    ("notice_log", "delete", "the history of a notice is never removed: add a line to it"),
    ("duty", "delete", "a duty is never removed: withdraw it or close it"),
]
# what else must change where a row is to point at nothing
ALONG: dict[tuple[str, str], dict[str, Any]] = {
    ("duty", "party_id"): {"lift_id": None},
    ("maintenance_record", "consent_id"): HERE,
}
# where no row can be changed to point elsewhere, a further one is tried
ANOTHER: dict[str, dict[str, Any]] = {
    "event": {"id": 2, "idempotency_key": None},
    "notice_log": {"id": 2},
    "record_entry": {"id": 2, "seq": 2},
    "record_read": {"id": 2},
    "signing_consent": {"id": 2, "key": "x", "withdrawn_by": 1, "withdrawn_at": NOW},
}

# (table, what is changed in a second copy of the legal row, why two are right)
ALLOWED: list[tuple[str, dict[str, Any], str]] = [
    ("contact", {"id": 2, "to_on": D}, "a person who left and came back"),
    ("contact", {"id": 2, "phone": None, "phone_stated": "see office"}, "a person with a number that is none"),
    ("jurisdiction", {"id": 2, "to_on": D}, "a department that handed the district over"),
    ("lift", NO_VALIDITY, "a lift without a validity"),
    ("responsibility", {"id": 2, "to_on": D}, "the unit before"),
    ("responsibility", {"id": 2, "role": "maintainer"}, "unit and maintainer of one lift"),
    ("event", {"id": 2, "idempotency_key": None}, "events that came by import carry no key"),
    ("duty", {"id": 2, "cycle": "2028-02-29"}, "the next cycle"),
    ("duty", {"id": 2, "cycle": "x", "next_step": None, "next_on": None, "closed_on": D}, "a closed duty"),
    ("duty", {"id": 2, "lift_id": None, "party_id": 1}, "a duty of a party"),
    ("told", {"due": EARLIER}, "the rung of a due date that was corrected"),
    ("told", {"step": "corrected.2"}, "the second message about a date that moved, which is no rung"),
    ("told", {"step": "call", "state": "superseded", "notice_id": None}, "a rung replaced by a later one"),
    ("notice", {"id": 2}, "a second notice of one day, for another rung"),
    ("notice", {"id": 2, "status": "sending", "lease_until": NOW}, "a notice in a worker's hands"),
    ("delivery", {"id": 2, "provider_id": None, "status": "unknown", "settled_at": NOW}, "no answer came"),
    ("delivery", {"id": 2, "provider_id": None, "address": "+8614000000002"}, "two people told at the same time"),
    ("incident", {"id": 2, "ended_at": NOW}, "the incident before"),
    ("alert", {"id": 2, "key": "x"}, "a second fault of one lift"),
    ("alert", SHUT_IN | {"id": 2, "key": "x", "state": "freed"}, "people who were freed"),
    ("alert", SHUT_IN | {"id": 2, "key": "x", "state": "withdrawn"}, "nobody was inside"),
    ("signing_consent", {"id": 2, "key": "x", "withdrawn_by": 1, "withdrawn_at": NOW}, "the consent before"),
    ("webhook_endpoint", {"id": 2, "removed_at": NOW}, "where they were told before"),
    ("task", {"id": 2, "status": "done", "closed_on": D}, "the same task, done earlier"),
    ("visit_lift", {"id": 2, "gone": "moved"}, "the visit before"),
    ("attendance", {"id": 2, "sequence": 1}, "who comes on the day to which it was moved"),
    ("upkeep_visit", {"id": 2, "key": "x", "state": "uploaded", "ended_at": NOW}, "the record before"),
    ("inspection", ABORTED | {"id": 2}, "an inspection that was broken off before"),
    ("year_plan", {"id": 2, "replaced_at": NOW}, "the plan before"),
    ("year_plan", {"id": 2, "published_at": NOW}, "the plan that holds until the one made anew is published"),
    ("campaign_list", {"id": 2, "replaced_at": NOW}, "the list before"),
    ("campaign_row", {"id": 2, "line": 3, "result": "twice", "lift_id": None}, "a lift that is listed twice"),
    ("campaign_officer", {"id": 2, "until_on": D}, "the officer before"),
    ("matter", {"id": 2, "state": "closed", "closed_on": D}, "the reason before"),
    ("summary_line", {"id": 2, "from_on": EARLIER, "until_on": D, "went": "done"}, "the lift's time before"),
    ("slot", {"id": 2, "half": "pm", "places": 0, "taken": 3}, "a half day that was closed after it was booked"),
]  # fmt: skip


def constraints_of(kind: type[CheckConstraint] | type[UniqueConstraint]) -> set[str]:
    return {str(c.name) for table in TABLES.values() for c in table.constraints if isinstance(c, kind)}


def unique_columns(table: Table, name: str) -> list[str]:
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint) and constraint.name == name:
            return [column.name for column in constraint.columns]
    return next([column.name for column in index.columns] for index in table.indexes if index.name == name)


def required_columns() -> list[Column[Any]]:
    """Without numbers that the database gives itself: the one integer that is a table's key."""
    columns = [column for table in TABLES.values() for column in table.columns if not column.nullable]
    return [column for column in columns if column is not column.table.autoincrement_column]


def refusal(connection: Connection, statement: Insert | Update | Delete) -> str:
    """What the database says to a statement that it must refuse, in SQLite's words."""
    with pytest.raises(IntegrityError) as refused, connection.begin_nested():
        connection.execute(statement)
    said: Any = refused.value.orig
    return str(said) if connection.dialect.name == "sqlite" else in_the_words_of_sqlite(said)


def in_the_words_of_sqlite(said: Any) -> str:
    """An error of PostgreSQL, which names the constraint where SQLite names the columns."""
    table, name = said.diag.table_name, said.diag.constraint_name
    if said.sqlstate == NOT_NULL:
        return f"NOT NULL constraint failed: {table}.{said.diag.column_name}"
    if said.sqlstate == FOREIGN_KEY:
        return "FOREIGN KEY constraint failed"
    if said.sqlstate == CHECK:
        return f"CHECK constraint failed: {name}"
    if said.sqlstate == UNIQUE:
        key = [column.name for column in TABLES[table].primary_key]
        columns = key if name == f"pk_{table}" else unique_columns(TABLES[table], name)
        return f"UNIQUE constraint failed: {', '.join(f'{table}.{column}' for column in columns)}"
    return str(said.diag.message_primary)


@pytest.mark.parametrize(
    ("table", "constraint", "change"),
    [pytest.param(*case[:3], id=f"{case[0]}: {case[3]}") for case in REFUSED_BY_CHECK],
)
def test_the_store_refuses(filled: Connection, legal_rows, table, constraint, change):
    assert (
        refusal(filled, insert(TABLES[table]).values(**{**legal_rows[table], **change}))
        == f"CHECK constraint failed: {constraint}"
    )


@pytest.mark.parametrize(
    ("table", "constraint", "change"),
    [pytest.param(*case[:3], id=f"{case[0]}: {case[3]}") for case in REFUSED_BY_UNIQUE],
)
def test_the_store_refuses_a_second(filled: Connection, legal_rows, table, constraint, change):
    row = {**legal_rows[table], **BOTH.get(constraint, {}), **change}
    if constraint in BOTH:
        filled.execute(insert(TABLES[table]).values(**{**row, "id": 2}))
    columns = ", ".join(f"{table}.{column}" for column in unique_columns(TABLES[table], constraint))
    assert refusal(filled, insert(TABLES[table]).values(**row)) == f"UNIQUE constraint failed: {columns}"


@pytest.mark.parametrize(("table", "change"), [pytest.param(*case[:2], id=f"{case[0]}: {case[2]}") for case in ALLOWED])
def test_the_store_takes(filled: Connection, legal_rows, table, change):
    filled.execute(insert(TABLES[table]).values(**{**legal_rows[table], **change}))


@pytest.mark.parametrize("table", sorted(TABLES))
def test_no_row_has_a_twin(filled: Connection, legal_rows, table):
    key = ", ".join(f"{table}.{column.name}" for column in TABLES[table].primary_key)
    row = legal_rows[table] | ({"step": "call"} if table == "step_date" else {})
    assert refusal(filled, insert(TABLES[table]).values(**row)) == f"UNIQUE constraint failed: {key}"


@pytest.mark.parametrize(
    ("table", "column"),
    [(table.name, column.name) for table in TABLES.values() for column in table.columns if column.foreign_keys],
)
def test_no_row_points_at_nothing(filled: Connection, legal_rows, table, column):
    change: dict[str, Any] = ALONG.get((table, column), {}) | {column: NO_SUCH}
    statement: Insert | Update = update(TABLES[table]).values(**change)
    if table in ANOTHER:
        statement = insert(TABLES[table]).values(**{**legal_rows[table], **ANOTHER[table], **change})
    assert refusal(filled, statement) == "FOREIGN KEY constraint failed"


def test_an_entry_of_the_ledger_cannot_point_at_a_notice_to_another_party(filled: Connection, legal_rows):
    for table, change in (("party", {"ref": "another"}), ("notice", {"party_id": 2})):
        filled.execute(insert(TABLES[table]).values(**{**legal_rows[table], "id": 2, **change}))
    told = {**legal_rows["told"], "party_id": 2}
    assert refusal(filled, insert(TABLES["told"]).values(**told)) == "FOREIGN KEY constraint failed"
    filled.execute(insert(TABLES["told"]).values(**{**told, "notice_id": 2}))
    assert refusal(filled, update(TABLES["notice"]).values(party_id=2)) == "FOREIGN KEY constraint failed"


def _unchanged(table: str) -> Update:
    """Even this is refused."""
    column = next(iter(TABLES[table].primary_key))
    return update(TABLES[table]).values({column: column})


@pytest.mark.parametrize(("table", "verb", "sentence"), REFUSED_BY_TRIGGER)
def test_what_was_written_stays(filled: Connection, table, verb, sentence):
    statement = delete(TABLES[table]) if verb == "delete" else _unchanged(table)
    assert refusal(filled, statement) == sentence


@pytest.mark.sqlite
@pytest.mark.parametrize(("table", "sentence"), [(t, said) for t, verb, said in REFUSED_BY_TRIGGER if verb == "delete"])
def test_what_was_written_is_not_replaced_either(filled: Connection, legal_rows, table, sentence):
    assert refusal(filled, insert(TABLES[table]).prefix_with("OR REPLACE").values(**legal_rows[table])) == sentence


@pytest.mark.parametrize("column", required_columns(), ids=str)
def test_nothing_that_is_needed_is_left_out(filled: Connection, legal_rows, column):
    row = {**legal_rows[column.table.name], column.name: null()}  # not None: JSON would store it as a value
    assert refusal(filled, insert(column.table).values(**row)) == f"NOT NULL constraint failed: {column}"


def test_every_constraint_has_a_row_that_it_refuses():
    unique = constraints_of(UniqueConstraint) | {
        str(index.name) for table in TABLES.values() for index in table.indexes if index.unique
    }
    assert {case[1] for case in REFUSED_BY_CHECK} == constraints_of(CheckConstraint)
    assert {case[1] for case in REFUSED_BY_UNIQUE} | IMPLIED == unique


def test_every_trigger_has_a_change_that_it_refuses(filled: Connection):
    names = {f"tr_{table}_no_{verb}" for table, verb, _ in REFUSED_BY_TRIGGER}
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if filled.dialect.name == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        names |= {f"tr_{table}_no_truncate" for table, verb, _ in REFUSED_BY_TRIGGER if verb == "delete"}
    assert set(filled.execute(text(query)).scalars()) == names


@pytest.mark.postgres
@pytest.mark.parametrize(("table", "sentence"), [(t, said) for t, verb, said in REFUSED_BY_TRIGGER if verb == "delete"])
def test_what_was_written_is_not_emptied_either(filled: Connection, table, sentence):
    with pytest.raises(IntegrityError, match=sentence), filled.begin_nested():
        filled.execute(text(f"TRUNCATE {table} CASCADE"))


def test_every_table_has_a_legal_row(legal_rows):
    assert set(legal_rows) == set(TABLES)
