#include "base/reject.h"

#include <stddef.h>

#include "base/check.h"

const char *hb_reject_text(uint32_t reason)
{
    switch (reason) {
#define HB_REJECT_CASE(name, text)                                                                                      \
    case HB_R_##name: return text;
        HB_REJECT_REASONS(HB_REJECT_CASE)
#undef HB_REJECT_CASE
    default: return "unknown reason";
    }
}

hb_status hb_reject(hb_error *err, hb_reason reason)
{
    HB_ASSERT(reason > HB_R_NONE && reason < HB_R_COUNT);
    if (!err)
        return HB_REJECTED;
    err->status = HB_REJECTED;
    err->reason = reason;
    const char *text = hb_reject_text(reason);
    size_t i = 0;
    for (; i + 1 < sizeof err->message && text[i]; i++)
        err->message[i] = text[i];
    err->message[i] = 0;
    return HB_REJECTED;
}
