/* Accumulators in memory and products with a constant of K, for *_kernel.c only. */
#pragma once
#include <string.h>

#include "field/v16k.h"
#include "zerocheck/skip_kernels.h"

HB_V v16ka acc_load(const hb_kacc *a)
{
    v16ka s;
    _Static_assert(sizeof s == sizeof *a, "an accumulator is five pairs of vectors everywhere");
    memcpy(&s, a, sizeof s);
    return s;
}

HB_V void acc_store(hb_kacc *a, v16ka s)
{
    memcpy(a, &s, sizeof s);
}

/* *acc += x eq. */
HB_V void acc_mac(hb_kacc *acc, v16k x, const v16kp *eq)
{
    v16ka s = acc_load(acc);
    v16ka_mac(&s, x, eq);
    acc_store(acc, s);
}
