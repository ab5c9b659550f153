/* The loop with recording. */
#define HB_BODY hb_rv_loop_record
#define HB_RECORD 1
#define HB_FAULT 0
#include "rv/interp_body.h"
