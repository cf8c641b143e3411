"""What Aliyun says of a message or a call that it took, in our words."""

from notifier.receipts import Receipt

NO_SUCH_NUMBER = frozenset(["200004"])

# SmsReport has no statuses, only whether it arrived: https://help.aliyun.com/zh/sms/developer-reference/smsreport-2
ARRIVED, LOST = "delivered", "failed"
RECEIPTS_OF_SMS = {ARRIVED: Receipt.DELIVERED, LOST: Receipt.FAILED}

# https://help.aliyun.com/zh/vms/developer-reference/operators-receipt-error-code. Whoever took a call may be a mailbox;
# only a key says that it was heard.
RECEIPTS_OF_CALLS = {
    "200000": Receipt.SENT,  # heard to its end
    "200001": Receipt.SENT,  # hung up before its end
    "200002": Receipt.MISSED,  # busy
    "200003": Receipt.MISSED,  # not taken
    "200004": Receipt.FAILED,  # no number
    "200005": Receipt.MISSED,  # not reached, or refused
    "200006": Receipt.FAILED,  # the text could not be read out
    "200007": Receipt.MISSED,  # not in reach
    "200008": Receipt.SENT,  # no key was pressed
    "200010": Receipt.MISSED,  # switched off
    "200011": Receipt.FAILED,  # out of service
    "200117": Receipt.FAILED,  # our own number is not allowed
    "200118": Receipt.MISSED,  # not at this time of day
    "200121": Receipt.MISSED,  # our own number has too many calls
}
