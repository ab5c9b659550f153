/* The loop without recording. */
#define HB_BODY hb_rv_loop_plain
#define HB_RECORD 0
#define HB_FAULT 0
#include "rv/interp_body.h"
