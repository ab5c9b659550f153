#include <string.h>

#include "chips/fill_kernels.h"
#include "field/v16.h"

static void to_montgomery(hb_f *out, const uint32_t *in, size_t n)
{
    const v16c r2 = v16c_set1(HB_F_R2);
    size_t i = 0;
    for (; i + 16 <= n; i += 16)
        v16_storeu(out + i, v16_mulc(v16_loadu(in + i), r2));
    if (i == n)
        return;
    hb_f rest[16];
    v16_storeu(rest, v16_mulc(v16_loadu(in + i), r2));
    memcpy(out + i, rest, (n - i) * sizeof *out);
}

const hb_fill_kernels HB_ISA_SYM(hb_fill_kernels_table) = {to_montgomery};
