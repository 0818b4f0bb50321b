"""What changes things in after-loan care."""

from care.operations.alerting import look_at, raise_alert, report_event
from care.operations.casework import (
    close_case,
    escalate_case,
    mark_told,
    miss_deadline,
    postpone,
    take_up,
)
from care.operations.checking import complete_task, keep_document, make_check, order_check
from care.operations.daily import begin_run, finish_run
from care.operations.filing import archive, forget, open_file, reassign
from care.operations.messaging import ask_to_write, let_out
from care.operations.planning import (
    add_step,
    decide_plan,
    draft_plan,
    end_plan,
    end_step,
    hand_over,
    propose_plan,
    take_back,
)
from care.operations.promising import judge_promise, log_contact, prefer, promise
from care.operations.securing import (
    add_security,
    known_facts,
    release_security,
    rescore,
    revalue,
)

__all__ = [
    "add_security",
    "add_step",
    "archive",
    "ask_to_write",
    "begin_run",
    "close_case",
    "complete_task",
    "decide_plan",
    "draft_plan",
    "end_plan",
    "end_step",
    "escalate_case",
    "finish_run",
    "forget",
    "hand_over",
    "judge_promise",
    "keep_document",
    "known_facts",
    "let_out",
    "log_contact",
    "look_at",
    "make_check",
    "mark_told",
    "miss_deadline",
    "open_file",
    "order_check",
    "postpone",
    "prefer",
    "promise",
    "propose_plan",
    "raise_alert",
    "reassign",
    "release_security",
    "report_event",
    "rescore",
    "revalue",
    "take_back",
    "take_up",
]
