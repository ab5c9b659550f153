/* A profile as pictures: a flame graph as SVG (one file, no scripts: names and shares are titles), and the Firefox profiler's format (https://profiler.firefox.com opens it; Gecko profile,
 * version 24). Both are written whole into a buffer; HB_OUT_OF_MEMORY. */
#pragma once
#include "base/buf.h"
#include "rv/rvprofile.h"

hb_status hb_flame_svg(const hb_rv_profile *p, const char *title, hb_buf *out);
hb_status hb_flame_firefox(const hb_rv_profile *p, const char *title, hb_buf *out);
