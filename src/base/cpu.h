/* Which instruction set the kernels may use. Hosted code; the verifier closure never asks.
 *
 * current = the smallest of: what this processor and system can do, the environment variable HB_ISA (baseline, avx2 or avx512; read
 * once; any other value is reported and counts as baseline, so that a misspelt cap never tests the wrong thing), and hb_isa_cap. */
#pragma once

typedef enum hb_isa {
    HB_ISA_BASELINE, /* what every processor of the architecture has (x86-64: SSE2) */
    HB_ISA_AVX2,     /* AVX2 and BMI2 */
    HB_ISA_AVX512,   /* AVX-512 F, DQ, BW, VL */
    HB_ISA_COUNT
} hb_isa;

/* What kernels use now. Cheap (one atomic load); callers ask at each call and do not keep the answer. Any thread. */
hb_isa hb_isa_current(void);

/* What the machine can do, caps aside. */
hb_isa hb_isa_detected(void);

/* Caps hb_isa_current from now on, for all threads; HB_ISA_AVX512 takes the cap away again. The environment's cap stays. */
void hb_isa_cap(hb_isa cap);

/* "baseline", "avx2", "avx512". */
const char *hb_isa_name(hb_isa isa);
